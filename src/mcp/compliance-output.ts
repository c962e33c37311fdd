import * as z from "zod";
import type { CheckComplianceResult } from "../app/check-compliance.ts";
import { type ComplianceSpend, spendKey } from "../app/cost/spend.ts";
import { CLOUDS, type Cloud } from "../domain/cloud.ts";
import { SEVERITIES, VIOLATION_KINDS, type VerdictCounts } from "../domain/compliance/violation.ts";
import { decimalText, shareOf } from "../domain/money.ts";
import type { Cell } from "../domain/scan/cell.ts";
import type { StoredViolation, ViolationTally } from "../ports/inventory.ts";
import { coverageOutput, toCoverageOutput } from "./coverage-output.ts";
import { cleanText } from "./untrusted-text.ts";

const count = z.int().min(0);
const share = z.number().min(0).max(1).nullable();
const cloud = z.enum(CLOUDS);
const counts = { compliant: count, non_compliant: count, exempt: count, unknown: count };

const place = {
  cloud: z.string(),
  account: z.string(),
  region: z.string(),
  resource_type: z.string(),
};
/** Spelled out where a reader meets them first; repeated enums would cost a fifth of the listing. */
const problem = { kind: z.string(), severity: z.string() };

const violation = z.object({
  resource_id: z.string().describe("ARN, Azure resource id or GCP full name"),
  ...place,
  kind: z.enum(VIOLATION_KINDS),
  severity: z.enum(SEVERITIES),
  tag: z.string(),
  expected: z.string(),
  actual: z.string().nullable().describe("Value found, or key for key_variant; null = absent"),
  suggestion: z.string().nullable(),
  cost: z.string().optional().describe("Of the resource in spend.month"),
  rule: z.string().describe("Policy path"),
  text_altered: z.boolean().optional().describe("Unprintable or overlong text was removed"),
});

/** What `check_tag_compliance` answers. Shallow and terse: each client pays for it in every listing. */
export const complianceOutput = z.object({
  compliance_score: share.describe("compliant / (compliant + non_compliant); null = none judged"),
  total_resources: count.describe("Of any verdict"),
  compliant_resources: count,
  non_compliant_resources: count,
  exempt_resources: count.describe("Waived by an exemption; not in the score"),
  unknown_resources: count.describe("Tags could not be read; not in the score"),
  out_of_scope_resources: count.describe("No rule applies; not in the score"),
  violation_count: count.describe("Of the chosen severity, all pages"),
  violations: z.array(violation).describe("One page"),
  next_cursor: z.string().nullable().describe("Pass as cursor; null = last page"),
  violations_by_kind: z.array(z.object({ ...problem, count })),
  top_problems: z
    .array(z.object({ ...problem, tag: z.string(), cloud: z.string(), count }))
    .describe("At most 10, most frequent first"),
  by_cloud: z.array(z.object({ cloud, score: share, ...counts })),
  breakdown: z
    .array(z.object({ ...place, ...counts }))
    .optional()
    .describe("detailed only: the 50 with most violations"),
  spend: z
    .object({
      month: z.string(),
      clouds: z.array(z.string()),
      currencies: z.array(
        z.object({
          currency: z.string(),
          compliant: z.string(),
          non_compliant: z.string(),
          score: share,
          matched_share: share.describe("Of billed resources' spend"),
        }),
      ),
    })
    .nullable()
    .describe("null = not known: no bill imported"),
  coverage: coverageOutput,
  data_as_of: z.iso.datetime().describe("Nothing in the answer is older"),
  scanned: z.boolean().describe("This call read the clouds"),
  refreshing: z.literal(true).optional(),
  scan_id: z.string(),
  policy_hash: z.string(),
});
export type ComplianceOutput = z.output<typeof complianceOutput>;

interface Place {
  readonly cloud: Cloud;
  readonly account: string;
  readonly region: string;
  readonly resource_type: string;
}

type JudgedCounts = Pick<VerdictCounts, "compliant" | "non_compliant" | "exempt" | "unknown">;

/** The policy may allow thousands of values; `get_tagging_policy` has them all. */
const EXPECTED_LENGTH = 256;
const TOP_PROBLEMS = 10;
const LISTED_BREAKDOWN = 50;

/** The use case's answer in the words and limits of the wire. */
export function toComplianceOutput(
  result: CheckComplianceResult,
  format: "concise" | "detailed",
): ComplianceOutput {
  return {
    compliance_score: result.score,
    total_resources: result.total,
    compliant_resources: result.counts.compliant,
    non_compliant_resources: result.counts.non_compliant,
    exempt_resources: result.counts.exempt,
    unknown_resources: result.counts.unknown,
    out_of_scope_resources: result.counts.out_of_scope,
    violation_count: result.violationCount,
    violations: result.violations.map((one) => withCost(one, result)),
    next_cursor: result.nextCursor,
    violations_by_kind: sumByKind(result.tally),
    top_problems: result.tally
      .toSorted((a, b) => b.count - a.count)
      .slice(0, TOP_PROBLEMS)
      .map((entry) => ({
        kind: entry.kind,
        severity: entry.severity,
        tag: cleanText(entry.tag).text,
        cloud: entry.cloud,
        count: entry.count,
      })),
    by_cloud: result.byCloud.map((entry) =>
      Object.assign({ cloud: entry.cloud, score: entry.score }, judgedCounts(entry.counts)),
    ),
    ...(format === "detailed" ? { breakdown: toBreakdown(result) } : {}),
    spend: result.spend === null ? null : toSpend(result.spend),
    coverage: toCoverageOutput(result.coverage, format),
    data_as_of: new Date(result.dataAsOf).toISOString(),
    scanned: result.scanned,
    ...(result.refreshing ? { refreshing: true as const } : {}),
    scan_id: result.scanId,
    policy_hash: result.policyHash,
  };
}

function sumByKind(tally: readonly ViolationTally[]): ComplianceOutput["violations_by_kind"] {
  const sums = new Map<string, ComplianceOutput["violations_by_kind"][number]>();
  for (const { kind, severity, count: more } of tally) {
    const key = `${kind} ${severity}`;
    sums.set(key, { kind, severity, count: (sums.get(key)?.count ?? 0) + more });
  }
  return [...sums.values()].toSorted((a, b) => b.count - a.count);
}

function withCost(found: StoredViolation, { costs }: CheckComplianceResult) {
  const cost = costs.get(spendKey(found.cloud, found.resourceId));
  const shown = toViolation(found);
  return cost === undefined
    ? shown
    : { ...shown, cost: `${decimalText(cost.micros)} ${cleanText(cost.currency).text}` };
}

function toSpend({ month, clouds, currencies }: ComplianceSpend): ComplianceOutput["spend"] {
  return {
    month,
    clouds: [...clouds],
    currencies: currencies.map(({ currency, match, ...sums }) => ({
      currency: cleanText(currency).text,
      compliant: decimalText(sums.compliantMicros),
      non_compliant: decimalText(sums.nonCompliantMicros),
      score: sums.score,
      matched_share: inUnit(shareOf(match.matchedMicros, match.billedMicros)),
    })),
  };
}

/** Refunds can push a share beyond its bounds, where it says nothing. */
function inUnit(value: number | null): number | null {
  return value === null || value < 0 || value > 1 ? null : value;
}

/** One violation, its texts safe to show. */
export function toViolation(found: StoredViolation): z.output<typeof violation> {
  let altered = false;
  const clean = (raw: string): string => {
    const cleaned = cleanText(raw);
    altered ||= cleaned.altered;
    return cleaned.text;
  };
  const cleanOrNull = (raw: string | null): string | null => (raw === null ? null : clean(raw));
  const shown = {
    resource_id: clean(found.resourceId),
    cloud: found.cloud,
    account: clean(found.account),
    region: clean(found.region),
    resource_type: clean(found.resourceType),
    kind: found.kind,
    tag: clean(found.tag),
    severity: found.severity,
    expected: cleanText(found.expected, EXPECTED_LENGTH).text,
    actual: cleanOrNull(found.actual),
    suggestion: cleanOrNull(found.suggestion),
    rule: clean(found.rule),
  };
  return altered ? { ...shown, text_altered: true } : shown;
}

function toBreakdown(result: CheckComplianceResult): ComplianceOutput["breakdown"] {
  return result.breakdown
    .toSorted((a, b) => b.counts.non_compliant - a.counts.non_compliant)
    .slice(0, LISTED_BREAKDOWN)
    .map((entry) => Object.assign(toPlace(entry), judgedCounts(entry.counts)));
}

function toPlace({ cloud: of, account, region, resourceType }: Cell): Place {
  return {
    cloud: of,
    account: cleanText(account).text,
    region: cleanText(region).text,
    resource_type: cleanText(resourceType).text,
  };
}

function judgedCounts({ compliant, non_compliant, exempt, unknown }: VerdictCounts): JudgedCounts {
  return { compliant, non_compliant, exempt, unknown };
}
