import * as z from "zod";
import type {
  FindUntaggedResult,
  UntaggedCostState,
  UntaggedFinding,
  UntaggedSpend,
} from "../app/find-untagged.ts";
import { TAG_GAPS, type TagGap } from "../domain/compliance/tag-gap.ts";
import { decimalText, type Money } from "../domain/money.ts";
import { coverageOutput, toCoverageOutput } from "./coverage-output.ts";
import { cleanText } from "./untrusted-text.ts";

const count = z.int().min(0);
const counts = {
  never_tagged: count,
  emptied: count,
  only_provider_tags: count,
  missing_required: count,
  unknown: count,
} satisfies Record<TagGap, typeof count>;

const spend = z.array(z.object({ currency: z.string(), amount: z.string(), resources: count }));

/** What `find_untagged_resources` answers. */
export const untaggedOutput = z.object({
  total: count.describe("Lack tags for certain: all categories but unknown"),
  by_category: z.object(counts).describe("unknown = tags could not be read"),
  by_type: z
    .array(z.object({ cloud: z.string(), resource_type: z.string(), ...counts }))
    .describe("Most first; 10, detailed 50"),
  resources: z
    .array(
      z.object({
        resource_id: z.string().describe("ARN, Azure resource id or GCP full name"),
        cloud: z.string(),
        account: z.string(),
        region: z.string(),
        resource_type: z.string(),
        category: z.enum(TAG_GAPS),
        missing_tags: z.array(z.string()),
        age_days: count,
        age_since: z.enum(["created", "first_seen"]).describe("first_seen: may be older"),
        monthly_cost: z.string().nullable().describe("In cost.month; null = not on the bill"),
      }),
    )
    .describe("One page"),
  next_cursor: z.string().nullable(),
  cost: z.object({
    month: z.string().nullable().describe("null = not known: no bill imported"),
    clouds_without_bill: z.array(z.string()),
    untagged: spend,
    at_threshold: spend.nullable().describe("null = min_cost_threshold was not applied"),
  }),
  coverage: coverageOutput,
  data_as_of: z.iso.datetime(),
  scanned: z.boolean(),
  refreshing: z.literal(true).optional(),
  scan_id: z.string(),
  policy_hash: z.string(),
});
export type UntaggedOutput = z.output<typeof untaggedOutput>;

const LISTED_TYPES = { concise: 10, detailed: 50 } as const;

export function toUntaggedOutput(
  result: FindUntaggedResult,
  format: "concise" | "detailed",
): UntaggedOutput {
  return {
    total: result.total,
    by_category: result.counts,
    by_type: result.byType.slice(0, LISTED_TYPES[format]).map((one) => ({
      cloud: one.cloud,
      resource_type: cleanText(one.resourceType).text,
      ...one.counts,
    })),
    resources: result.resources.map(toResource),
    next_cursor: result.nextCursor,
    cost: toCost(result.cost),
    coverage: toCoverageOutput(result.coverage, format),
    data_as_of: new Date(result.dataAsOf).toISOString(),
    scanned: result.scanned,
    ...(result.refreshing ? { refreshing: true as const } : {}),
    scan_id: result.scanId,
    policy_hash: result.policyHash,
  };
}

function toResource(found: UntaggedFinding): UntaggedOutput["resources"][number] {
  return {
    resource_id: cleanText(found.id).text,
    cloud: found.cloud,
    account: cleanText(found.account).text,
    region: cleanText(found.region).text,
    resource_type: cleanText(found.resourceType).text,
    category: found.gap,
    missing_tags: found.missingTags.map((tag) => cleanText(tag).text),
    age_days: found.ageDays,
    age_since: found.ageSince,
    monthly_cost: found.cost === null ? null : amountText(found.cost),
  };
}

function toCost(cost: UntaggedCostState): UntaggedOutput["cost"] {
  if (!cost.known)
    return { month: null, clouds_without_bill: [], untagged: [], at_threshold: null };
  const { month, cloudsWithout, totals, atLeast } = cost;
  return {
    month,
    clouds_without_bill: [...cloudsWithout],
    untagged: totals.map(toSpend),
    at_threshold: atLeast === null ? null : atLeast.map(toSpend),
  };
}

function toSpend({ currency, micros, resources }: UntaggedSpend) {
  return { currency: cleanText(currency).text, amount: decimalText(micros), resources };
}

function amountText({ micros, currency }: Money): string {
  return `${decimalText(micros)} ${cleanText(currency).text}`;
}
