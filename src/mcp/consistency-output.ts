import * as z from "zod";
import type { CheckConsistencyResult, SettledFinding } from "../app/check-consistency.ts";
import type { FindingCosts } from "../app/consistency-spend.ts";
import { CLOUDS } from "../domain/cloud.ts";
import { FINDING_KINDS, REASON_TEXT, REASONS } from "../domain/compliance/consistency/finding.ts";
import type { FoundSpend } from "../domain/compliance/consistency/finding-spend.ts";
import { decimalText, shareOf } from "../domain/money.ts";
import { cleanText } from "./untrusted-text.ts";

const count = z.int().min(0);
const share = z.number().min(0).max(1);

const finding = z.object({
  kind: z.enum(FINDING_KINDS),
  tag: z.string().describe("Canonical key"),
  canonical: z.string().nullable().describe("Right spelling or value; null = people must decide"),
  reason: z.enum(REASONS),
  why: z.string().describe("reason in words"),
  subject: z.string().nullable().describe("cost_center_conflict: the application or owner"),
  found: z
    .array(
      z.object({
        cloud: z.string(),
        text: z.string(),
        resources: count,
        spend: z.string().nullable(),
      }),
    )
    .describe("Spellings, values or cost centres, at most 4 (detailed: 8)"),
  found_count: count,
  counts: z.array(z.object({ cloud: z.string(), resources: count })).describe("Per cloud"),
  resources: count,
  spend: z
    .array(
      z.object({
        currency: z.string(),
        amount: z.string(),
        resources: count.describe("Billed ones"),
        method: z.string().optional(),
      }),
    )
    .nullable()
    .describe("In cost.month; null = not known. Never add currencies or methods"),
  confidence: share,
  evidence: z
    .object({ name: z.string(), value_overlap: share, together: share })
    .nullish()
    .describe("detailed only: why a spelling is taken for the key"),
  policy_lines: z.string().nullable().describe("YAML that settles it; null = retag or decide"),
  text_altered: z.boolean().optional().describe("Unprintable or overlong text was removed"),
});

/** What `check_cross_cloud_consistency` answers. */
export const consistencyOutput = z.object({
  finding_count: count.describe("All pages"),
  by_kind: z.array(z.object({ kind: z.string(), findings: count, resources: count })),
  findings: z.array(finding).describe("One page, dearest first, then most resources"),
  next_cursor: z.string().nullable().describe("Pass as cursor; null = last page"),
  policy_lines: z
    .string()
    .nullable()
    .optional()
    .describe("detailed only: of all findings; null = none, or too long"),
  clouds: z
    .array(
      z.object({
        cloud: z.enum(CLOUDS),
        reading: z.enum(["complete", "partial", "not_read"]),
        resources: count,
        unknown: count,
      }),
    )
    .describe("Only a completely read cloud is ever said to lack a key or value"),
  keys_not_compared: count,
  tags_not_compared: count,
  cost: z
    .object({
      month: z.string(),
      bills: z.array(
        z.object({
          cloud: z.string(),
          method: z.string(),
          data_as_of: z.iso.datetime().nullable(),
        }),
      ),
      clouds_without_bill: z.array(z.string()),
      matched: z.array(
        z.object({
          currency: z.string(),
          share: z.number().nullable().describe("Of billed resources' spend"),
        }),
      ),
    })
    .nullable()
    .describe("null = no bill imported, spend not known"),
  coverage: z.object({ cells_total: count, cells_complete: count, problem_count: count }),
  data_as_of: z.iso.datetime().describe("Nothing in the answer is older"),
  scanned: z.boolean().describe("This call read the clouds"),
  refreshing: z.literal(true).optional(),
  scan_id: z.string(),
  policy_hash: z.string(),
});
export type ConsistencyOutput = z.output<typeof consistencyOutput>;

/** Characters of policy lines that an answer carries; the command line prints them all. */
const MAX_LINES_LENGTH = 16_000;
const DIGITS = 100;

type Format = "concise" | "detailed";
/** A page must stay readable, whatever the estate; `found_count` tells how many there are. */
const LISTED_EXAMPLES = { concise: 4, detailed: 8 } as const satisfies Record<Format, number>;

/** The use case's answer in the words and limits of the wire. */
export function toConsistencyOutput(
  result: CheckConsistencyResult,
  format: Format,
): ConsistencyOutput {
  const detailed = format === "detailed";
  return {
    finding_count: result.findingCount,
    by_kind: result.byKind.map((one) => Object.assign({}, one)),
    findings: result.findings.map((one) => toFinding(one, { format, costs: result.costs })),
    next_cursor: result.nextCursor,
    ...(detailed ? { policy_lines: shortLines(result.policyLines) } : {}),
    clouds: result.clouds.map((one) => Object.assign({}, one)),
    keys_not_compared: result.notCompared.keys,
    tags_not_compared: result.notCompared.tags,
    cost: result.costs === null ? null : toCost(result.costs),
    coverage: {
      cells_total: result.coverage.cellsTotal,
      cells_complete: result.coverage.cellsComplete,
      problem_count: result.coverage.problemCount,
    },
    data_as_of: new Date(result.dataAsOf).toISOString(),
    scanned: result.scanned,
    ...(result.refreshing ? { refreshing: true as const } : {}),
    scan_id: result.scanId,
    policy_hash: result.policyHash,
  };
}

function toCost({ month, bills, cloudsWithout, matches }: FindingCosts): ConsistencyOutput["cost"] {
  return {
    month,
    bills: bills.map(({ cloud, method, asOfMs }) => ({
      cloud,
      method,
      data_as_of: asOfMs === null ? null : new Date(asOfMs).toISOString(),
    })),
    clouds_without_bill: [...cloudsWithout],
    matched: matches.map(({ currency, matchedMicros, billedMicros }) => {
      const matched = shareOf(matchedMicros, billedMicros);
      return {
        currency: cleanText(currency).text,
        share: matched === null ? null : rounded(matched),
      };
    }),
  };
}

/** The method is told where there are several: amounts of different methods are not to be added. */
function toSpend(
  { method, currency, micros, resources }: FoundSpend,
  costs: FindingCosts | null,
): NonNullable<z.output<typeof finding>["spend"]>[number] {
  const isOneOfSeveral = costs?.bills.some((bill) => bill.method !== method) ?? false;
  return {
    currency: cleanText(currency).text,
    amount: decimalText(micros),
    resources,
    ...(isOneOfSeveral ? { method } : {}),
  };
}

/** Of one cloud: most often one amount. */
function amountsText(spend: readonly FoundSpend[] | null): string | null {
  if (spend === null) return null;
  const amounts = spend.map(
    ({ micros, currency }) => `${decimalText(micros)} ${cleanText(currency).text}`,
  );
  return amounts.join(", ");
}

function toFinding(
  found: SettledFinding,
  { format, costs }: { readonly format: Format; readonly costs: FindingCosts | null },
): z.output<typeof finding> {
  let altered = false;
  const clean = (raw: string): string => {
    const cleaned = cleanText(raw);
    altered ||= cleaned.altered;
    return cleaned.text;
  };
  const cleanOrNull = (raw: string | null): string | null => (raw === null ? null : clean(raw));
  const shown = {
    kind: found.kind,
    tag: clean(found.tag),
    canonical: cleanOrNull(found.canonical),
    reason: found.reason,
    why: REASON_TEXT[found.reason],
    subject: cleanOrNull(found.subject),
    found: found.examples
      .slice(0, LISTED_EXAMPLES[format])
      .map(({ cloud, text, resources, spend }) => ({
        cloud,
        text: clean(text),
        resources,
        spend: amountsText(spend),
      })),
    found_count: found.exampleCount,
    counts: found.counts.map((one) => Object.assign({}, one)),
    resources: found.resources,
    spend: found.spend?.map((one) => toSpend(one, costs)) ?? null,
    confidence: rounded(found.confidence),
    ...(format === "detailed" ? { evidence: toEvidence(found) } : {}),
    policy_lines: shortLines(found.policyLines),
  };
  return altered ? { ...shown, text_altered: true } : shown;
}

function toEvidence({ evidence }: SettledFinding): z.output<typeof finding>["evidence"] {
  if (evidence === null) return null;
  const { relation, valueOverlap, together } = evidence;
  return { name: relation, value_overlap: rounded(valueOverlap), together: rounded(together) };
}

/** The lines hold no invisible character: `proposable` sees to it. Cut they would be no YAML. */
function shortLines(lines: string | null): string | null {
  return lines === null || lines === "" || lines.length > MAX_LINES_LENGTH ? null : lines;
}

/** Down, so that nothing uncertain reads as certain. */
function rounded(value: number): number {
  return Math.floor(value * DIGITS) / DIGITS;
}
