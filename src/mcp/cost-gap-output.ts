import * as z from "zod";
import type { CostFigure } from "../app/cost/cost-figure.ts";
import type { CostGapResult } from "../app/cost/cost-gap.ts";
import { COST_BUCKETS } from "../domain/cost/allocation.ts";
import type { FirstStep, SpendFix } from "../domain/cost/fix-points.ts";
import { GAP_GROUPINGS, type GapRow } from "../domain/cost/gap.ts";
import { denominatorsOf, gapOf, sharesOf, whyNoShare } from "../domain/cost/waterfall.ts";
import { decimalText, type Micros, shareOf } from "../domain/money.ts";
import { BUCKET_FIX, OBSTACLE_FIX } from "./cost-gap-fixes.ts";
import { costNotes, FILTERED_NOTE } from "./cost-gap-notes.ts";
import { cleanText } from "./untrusted-text.ts";

/** Exact decimal text: sums of it are exact, which those of JSON numbers are not. */
const amount = z.string();
const share = z.number().nullable();

const figure = z.strictObject({
  clouds: z.array(z.string()),
  method: z.string(),
  metric: z.string(),
  currency: z.string(),
  confidence: z.enum(["high", "medium", "low"]),
  data_as_of: z.string().nullable().describe("null = the provider does not say"),
  read_at: z.string().nullable(),
  estimated: z.boolean(),
  total: amount,
  taggable: amount,
  unmeasurable: z.string().nullable().describe("Why allocated and gaps are not known"),
  waterfall: z
    .array(
      z.strictObject({
        bucket: z.string(),
        amount,
        share_of_total: share,
        share_of_taggable: share,
        fix: z.string().nullable(),
      }),
    )
    .describe("Adds up to total"),
  rows: z.array(
    z.strictObject({
      value: z.string().nullable(),
      total: amount,
      allocated: amount.nullable(),
      gap: amount.nullable(),
      share_allocated: share,
    }),
  ),
  row_count: z.int(),
  path_to_allocated: z
    .strictObject({
      target_share: z.number().nullable(),
      reached: z.boolean(),
      step_count: z.int(),
      fewest_possible: z.int(),
      steps: z.array(
        z.strictObject({
          kind: z.string(),
          where: z.string(),
          set_to: z.string().nullable(),
          gain: amount.nullable().describe("null = not known before it is done"),
          share_allocated_after: share,
        }),
      ),
    })
    .nullable(),
  keys_not_read: z.array(z.string()).describe("Aliases whose spend counts as untagged here"),
  notes: z.array(z.string()),
});

export const costGapOutput = z.strictObject({
  from: z.string(),
  to: z.string().describe("Excluded"),
  tags: z.array(z.string()),
  group_by: z.enum(GAP_GROUPINGS).nullable(),
  figures: z.array(figure).describe("One per method and currency; never add them"),
  not_measured: z.array(
    z.strictObject({ cloud: z.string(), reason: z.string(), fix: z.string().nullable() }),
  ),
  asked: z
    .array(z.strictObject({ cloud: z.string(), method: z.string(), calls: z.int(), usd: amount }))
    .describe("0 calls: an answer was kept, or a bill imported"),
  dry_run: z.boolean(),
});
export type CostGapOutput = z.output<typeof costGapOutput>;

export interface CostGapLimits {
  readonly rows: number;
  readonly steps: number;
}

/** The answer as tools and `--json` give it: small, in exact decimal text, with texts made safe to show. */
export function toCostGapOutput(result: CostGapResult, limits: CostGapLimits): CostGapOutput {
  return {
    from: result.period.from,
    to: result.period.to,
    tags: result.tags.map(text),
    group_by: result.groupBy,
    figures: result.figures.map((one) => toFigure(one, result, limits)),
    not_measured: result.without.map(({ cloud, failure, obstacle }) => ({
      cloud,
      reason: failure ?? obstacle?.reason ?? "unknown",
      fix: obstacle === null ? null : OBSTACLE_FIX[obstacle.reason],
    })),
    asked: result.questions.map(({ cloud, method, calls, costMicros }) => ({
      cloud,
      method,
      calls,
      usd: decimalText(costMicros),
    })),
    dry_run: result.dryRun,
  };
}

function toFigure(
  one: CostFigure,
  { tags, groupBy, filtered }: CostGapResult,
  limits: CostGapLimits,
): CostGapOutput["figures"][number] {
  const { total, taggable } = denominatorsOf(one.buckets);
  const unmeasured = one.obstacle !== null;
  const asOf = new Date(one.asOfMs).toISOString();
  const rows = groupBy === "month" ? one.months : one.rows;
  return {
    clouds: [...one.clouds],
    method: one.method,
    metric: one.metric,
    currency: text(one.currency),
    confidence: one.confidence,
    data_as_of: one.ageTold ? asOf : null,
    read_at: one.ageTold ? null : asOf,
    estimated: one.estimated,
    total: decimalText(total),
    taggable: decimalText(taggable),
    unmeasurable: one.obstacle?.reason ?? whyNoShare(taggable),
    waterfall: unmeasured ? unmeasuredWaterfall(one) : waterfall(one),
    rows: rows.slice(0, limits.rows).map((row) => toRow(row, unmeasured)),
    row_count: rows.length,
    path_to_allocated: toPath(one, limits.steps),
    keys_not_read: one.keys
      .filter(({ tag }) => tags.includes(tag))
      .flatMap(({ cloud, spellingsNotRead }) =>
        spellingsNotRead.map((key) => text(`${cloud} ${key}`)),
      ),
    notes: [...costNotes(one, tags, groupBy), ...(filtered ? [FILTERED_NOTE] : [])],
  };
}

function waterfall({ buckets, seesResources }: CostFigure) {
  const shown = COST_BUCKETS.filter((bucket) => seesResources || bucket !== "no_resource_id");
  return shown.map((bucket) => {
    const { ofTotal, ofTaggable } = sharesOf(buckets, bucket);
    return {
      bucket,
      amount: decimalText(buckets[bucket]),
      share_of_total: rounded(ofTotal),
      share_of_taggable: rounded(ofTaggable),
      fix: buckets[bucket] === 0n ? null : BUCKET_FIX[bucket],
    };
  });
}

/** What a tag could reach, in one sum: which part of it has an owner is not known. */
function unmeasuredWaterfall({ buckets, obstacle: why }: CostFigure) {
  const { total } = denominatorsOf(buckets);
  const fixed = buckets.not_taggable_charge;
  const entry = (bucket: string, micros: Micros, fix: string | null) => ({
    bucket,
    amount: decimalText(micros),
    share_of_total: rounded(shareOf(micros, total)),
    share_of_taggable: null,
    fix,
  });
  return [
    entry("unmeasurable", total - fixed, why === null ? null : OBSTACLE_FIX[why.reason]),
    entry("not_taggable_charge", fixed, BUCKET_FIX.not_taggable_charge),
  ];
}

function toRow({ value, buckets }: GapRow, unmeasured: boolean) {
  const { total, taggable } = denominatorsOf(buckets);
  return {
    value: value === null ? null : text(value),
    total: decimalText(total),
    allocated: unmeasured ? null : decimalText(buckets.allocated),
    gap: unmeasured ? null : decimalText(gapOf(buckets)),
    share_allocated: unmeasured ? null : rounded(shareOf(buckets.allocated, taggable)),
  };
}

function toPath(
  { path, first }: CostFigure,
  limit: number,
): CostGapOutput["figures"][number]["path_to_allocated"] {
  if (path === null) return first.length === 0 ? null : toFirst(first);
  let allocated = path.allocatedMicros;
  const steps = path.steps.map(({ fix, gainMicros }) => {
    allocated += gainMicros;
    const after = rounded(shareOf(allocated, path.taggableMicros));
    return { ...toStep(fix), gain: decimalText(gainMicros), share_allocated_after: after };
  });
  return {
    target_share: path.target,
    reached: path.reached,
    step_count: steps.length,
    fewest_possible: path.atLeast,
    steps: steps.slice(0, limit),
  };
}

/** Steps before which no path can be found. */
function toFirst(first: readonly FirstStep[]) {
  return {
    target_share: null,
    reached: false,
    step_count: first.length,
    fewest_possible: first.length,
    steps: first.map(({ kind, cloud, tag }) => ({
      kind,
      where: text(`${cloud} ${tag}`),
      set_to: null,
      gain: null,
      share_allocated_after: null,
    })),
  };
}

function toStep(fix: SpendFix): {
  readonly kind: string;
  readonly where: string;
  readonly set_to: string | null;
} {
  const { kind } = fix;
  if (fix.kind === "value")
    return { kind, where: text(`${fix.tag}=${fix.actual}`), set_to: orNull(fix.suggestion) };
  if (fix.kind === "ignore_case")
    return { kind, where: text(fix.tag), set_to: "case_sensitive: false" };
  const account = `${fix.cloud} ${fix.account ?? ""}`.trim();
  return fix.kind === "parent"
    ? { kind, where: text(`${account} ${fix.parent}`), set_to: null }
    : { kind, where: text(account), set_to: orNull(fix.value) };
}

const text = (raw: string): string => cleanText(raw, 200).text;
const orNull = (raw: string | null): string | null => (raw === null ? null : text(raw));
const rounded = (value: number | null): number | null =>
  value === null ? null : Math.round(value * 10_000) / 10_000;
