import * as z from "zod";
import type { CostFigure } from "../app/cost/cost-figure.ts";
import type { CostGapResult } from "../app/cost/cost-gap.ts";
import { CLOUDS } from "../domain/cloud.ts";
import { COST_BUCKETS } from "../domain/cost/allocation.ts";
import { COST_METHODS, KEY_STATES } from "../domain/cost/cost-line.ts";
import type { SpendFix } from "../domain/cost/fix-points.ts";
import { GAP_GROUPINGS, type GapRow } from "../domain/cost/gap.ts";
import { UNMEASURABLE_REASONS, type Unmeasurable } from "../domain/cost/measurable.ts";
import { denominatorsOf, gapOf, sharesOf, whyNoShare } from "../domain/cost/waterfall.ts";
import { decimalText, shareOf } from "../domain/money.ts";
import { BUCKET_FIX, OBSTACLE_FIX } from "./cost-gap-fixes.ts";
import { cleanText } from "./untrusted-text.ts";

/** Exact decimal text: sums of it are exact, which those of JSON numbers are not. */
const amount = z.string().regex(/^-?\d+\.\d{2,6}$/);
const share = z.number().nullable();
const clouds = z.array(z.enum(CLOUDS));

const obstacle = z.strictObject({
  reason: z.enum(UNMEASURABLE_REASONS),
  tags: z.array(z.string()),
  measurable_from: z.string().nullable(),
  fix: z.string(),
});

const row = z.strictObject({
  value: z.string().nullable(),
  total: amount,
  allocated: amount.nullable(),
  gap: amount.nullable(),
  share_allocated: share,
});

const step = z.strictObject({
  kind: z.enum(["account_default", "parent", "value"]),
  cloud: z.enum(CLOUDS).nullable(),
  account: z.string().nullable(),
  subject: z.string().nullable(),
  value: z.string().nullable(),
  gain: amount,
  share_allocated_after: share,
});

const figure = z.strictObject({
  clouds,
  method: z.enum(COST_METHODS),
  metric: z.enum(["effective", "billed"]),
  currency: z.string(),
  confidence: z.enum(["high", "medium", "low"]),
  data_as_of: z.string(),
  estimated: z.boolean(),
  total: amount,
  taggable: amount,
  no_share_because: z.enum(["no_spend", "negative_spend"]).nullable(),
  unmeasurable: obstacle.nullable(),
  waterfall: z
    .array(
      z.strictObject({
        bucket: z.enum([...COST_BUCKETS, "unmeasurable"]),
        amount,
        share_of_total: share,
        share_of_taggable: share,
        fix: z.string().nullable(),
      }),
    )
    .describe("Adds up to total"),
  rows: z.array(row).nullable(),
  row_count: z.int(),
  months: z.array(row),
  path: z
    .strictObject({
      target_share: z.number(),
      reached: z.boolean(),
      fewest_possible: z.int(),
      step_count: z.int(),
      steps: z.array(step),
    })
    .nullable(),
  missing: z.array(
    z.strictObject({
      cloud: z.enum(CLOUDS),
      account: z.string().nullable(),
      from: z.string(),
      to: z.string(),
      reason: z.string(),
    }),
  ),
  lines_left_out: z.int(),
  sees_resources: z.boolean(),
  exemptions_end: z.string().nullable(),
  keys: z.array(
    z.strictObject({
      cloud: z.enum(CLOUDS),
      tag: z.string(),
      state: z.enum(KEY_STATES),
      active_since: z.string().nullable(),
      merged: z.array(z.string()),
    }),
  ),
});

export const costGapOutput = z.strictObject({
  period: z.strictObject({ from: z.string(), to: z.string() }).describe("UTC days, to excluded"),
  tags: z.array(z.string()),
  group_by: z.enum(GAP_GROUPINGS).nullable(),
  figures: z.array(figure).describe("One per method and currency; never add them"),
  not_measured: z.array(
    z.strictObject({
      cloud: z.enum(CLOUDS),
      failure: z.string().nullable(),
      obstacle: obstacle.nullable(),
    }),
  ),
  asking: z.array(
    z.strictObject({
      cloud: z.enum(CLOUDS),
      method: z.enum(COST_METHODS),
      kept: z.boolean(),
      calls: z.int(),
      usd: amount,
    }),
  ),
  dry_run: z.boolean(),
  policy_hash: z.string(),
});
export type CostGapOutput = z.output<typeof costGapOutput>;

export interface CostGapLimits {
  readonly rows: number;
  readonly steps: number;
  readonly detailed: boolean;
}

const MISSING_LISTED = 5;

export function toCostGapOutput(result: CostGapResult, limits: CostGapLimits): CostGapOutput {
  return {
    period: { from: result.period.from, to: result.period.to },
    tags: result.tags.map(text),
    group_by: result.groupBy,
    figures: result.figures.map((one) => toFigure(one, result, limits)),
    not_measured: result.without.map(({ cloud, failure, obstacle: why }) => ({
      cloud,
      failure,
      obstacle: why === null ? null : toObstacle(why),
    })),
    asking: result.questions.map(({ cloud, method, kept, calls, costMicros }) => ({
      cloud,
      method,
      kept,
      calls,
      usd: decimalText(costMicros),
    })),
    dry_run: result.dryRun,
    policy_hash: result.policyHash,
  };
}

function toFigure(
  one: CostFigure,
  { tags }: CostGapResult,
  limits: CostGapLimits,
): CostGapOutput["figures"][number] {
  const { total, taggable } = denominatorsOf(one.buckets);
  const unmeasured = one.obstacle !== null;
  return {
    clouds: [...one.clouds],
    method: one.method,
    metric: one.metric,
    currency: text(one.currency),
    confidence: one.confidence,
    data_as_of: new Date(one.asOfMs).toISOString(),
    estimated: one.estimated,
    total: decimalText(total),
    taggable: decimalText(taggable),
    no_share_because: whyNoShare(taggable),
    unmeasurable: one.obstacle === null ? null : toObstacle(one.obstacle),
    waterfall: unmeasured ? unmeasuredWaterfall(one) : waterfall(one),
    rows: one.grouped ? one.rows.slice(0, limits.rows).map((r) => toRow(r, unmeasured)) : null,
    row_count: one.rows.length,
    months: one.months.length > 1 ? one.months.map((r) => toRow(r, unmeasured)) : [],
    path: toPath(one, limits.steps),
    missing: one.missing
      .slice(0, limits.detailed ? undefined : MISSING_LISTED)
      .map(({ cloud, account, period, reason }) => ({ cloud, account, ...period, reason })),
    lines_left_out: one.linesLeftOut,
    sees_resources: one.seesResources,
    exemptions_end:
      one.firstExemptionEndsMs === null ? null : new Date(one.firstExemptionEndsMs).toISOString(),
    keys: one.keys
      .filter(({ tag, state }) => limits.detailed || (tags.includes(tag) && state !== "active"))
      .map(({ cloud, tag, state, activeSince, merged }) => ({
        cloud,
        tag: text(tag),
        state,
        active_since: activeSince,
        merged: merged.map(text),
      })),
  };
}

function waterfall({ buckets, seesResources }: CostFigure) {
  return COST_BUCKETS.filter((bucket) => seesResources || bucket !== "no_resource_id").map(
    (bucket) => {
      const { ofTotal, ofTaggable } = sharesOf(buckets, bucket);
      return {
        bucket,
        amount: decimalText(buckets[bucket]),
        share_of_total: rounded(ofTotal),
        share_of_taggable: rounded(ofTaggable),
        fix: buckets[bucket] === 0n ? null : BUCKET_FIX[bucket],
      };
    },
  );
}

/** What a tag could reach, in one sum: which part of it has an owner is not known. */
function unmeasuredWaterfall({ buckets, obstacle: why }: CostFigure) {
  const { total } = denominatorsOf(buckets);
  const fixed = buckets.not_taggable_charge;
  const entry = (bucket: "unmeasurable" | "not_taggable_charge", micros: bigint) => ({
    bucket,
    amount: decimalText(micros),
    share_of_total: rounded(shareOf(micros, total)),
    share_of_taggable: null,
  });
  return [
    {
      ...entry("unmeasurable", total - fixed),
      fix: why === null ? null : OBSTACLE_FIX[why.reason],
    },
    { ...entry("not_taggable_charge", fixed), fix: BUCKET_FIX.not_taggable_charge },
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

function toPath({ path }: CostFigure, limit: number): CostGapOutput["figures"][number]["path"] {
  if (path === null) return null;
  let allocated = path.allocatedMicros;
  const steps = path.steps.map(({ fix, gainMicros }) => {
    allocated += gainMicros;
    const after = rounded(shareOf(allocated, path.taggableMicros));
    return { ...toStep(fix), gain: decimalText(gainMicros), share_allocated_after: after };
  });
  return {
    target_share: path.target,
    reached: path.reached,
    fewest_possible: path.atLeast,
    step_count: steps.length,
    steps: steps.slice(0, limit),
  };
}

function toStep(fix: SpendFix) {
  if (fix.kind === "value") {
    const subject = `${fix.tag}=${fix.actual}`;
    const place = { cloud: null, account: null };
    return { kind: fix.kind, ...place, subject: text(subject), value: orNull(fix.suggestion) };
  }
  const { kind, cloud, account } = fix;
  return fix.kind === "parent"
    ? { kind, cloud, account, subject: text(fix.parent), value: null }
    : { kind, cloud, account, subject: null, value: orNull(fix.value) };
}

function toObstacle({ reason, tags, measurableFrom }: Unmeasurable) {
  return {
    reason,
    tags: tags.map(text),
    measurable_from: measurableFrom,
    fix: OBSTACLE_FIX[reason],
  };
}

const text = (raw: string): string => cleanText(raw, 200).text;
const orNull = (raw: string | null): string | null => (raw === null ? null : text(raw));
const rounded = (value: number | null): number | null =>
  value === null ? null : Math.round(value * 10_000) / 10_000;
