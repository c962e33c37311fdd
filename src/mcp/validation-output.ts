import * as z from "zod";
import type { ResourceValidation, ValidateResourcesResult } from "../app/validate-resources.ts";
import type { Resource } from "../domain/resource.ts";
import { PAGE_BUDGET, rowsWithin } from "./page-budget.ts";
import { cleanText } from "./untrusted-text.ts";

const count = z.int().min(0);

const STATUSES = [
  "compliant",
  "non_compliant",
  "exempt",
  "out_of_scope",
  "unknown",
  "not_found",
  "not_an_id",
] as const satisfies readonly ResourceValidation["status"][];

/** What `validate_resource_tags` answers. */
export const validationOutput = z.object({
  counts: z.object(Object.fromEntries(STATUSES.map((status) => [status, count]))),
  results: z
    .array(
      z.object({
        resource_id: z.string(),
        status: z.enum(STATUSES).describe("unknown = could not be read; never untagged"),
        reason: z.string().optional().describe("Why unknown"),
        details_left_out: z.literal(true).optional(),
        resource_type: z.string().optional(),
        account: z.string().optional(),
        region: z.string().optional(),
        tags: z
          .record(z.string(), z.string())
          .optional()
          .describe("Concise: only of resources with violations"),
        inherited_tags: z
          .array(z.object({ key: z.string(), value: z.string(), from: z.string() }))
          .optional()
          .describe("Of the resources above it; shown with tags, never judged"),
        violations: z
          .array(
            z.object({
              kind: z.string(),
              tag: z.string(),
              severity: z.string(),
              expected: z.string(),
              actual: z.string().nullable(),
              suggestion: z.string().nullable(),
            }),
          )
          .optional(),
      }),
    )
    .describe("In the order of resource_ids"),
  data_as_of: z.iso.datetime().nullable(),
  scanned: z.boolean(),
  policy_hash: z.string(),
});
export type ValidationOutput = z.output<typeof validationOutput>;
type Row = ValidationOutput["results"][number];

/** The policy may allow thousands of values; `get_tagging_policy` has them all. */
const EXPECTED_LENGTH = 256;

export function toValidationOutput(
  result: ValidateResourcesResult,
  format: "concise" | "detailed",
): ValidationOutput {
  const rows = result.results.map((one) => toRow(one, format));
  const fit = rowsWithin(rows, PAGE_BUDGET.large);
  return {
    counts: Object.fromEntries(
      STATUSES.map((status) => [status, rows.filter((row) => row.status === status).length]),
    ),
    results: rows.map((row, index) => (index < fit ? row : withoutDetails(row))),
    data_as_of: result.dataAsOf === null ? null : new Date(result.dataAsOf).toISOString(),
    scanned: result.scanned,
    policy_hash: result.policyHash,
  };
}

function toRow(one: ResourceValidation, format: "concise" | "detailed"): Row {
  const row = { resource_id: cleanText(one.id).text, status: one.status };
  if (one.status === "unknown") return { ...row, reason: one.reason };
  if (one.status === "not_found" || one.status === "not_an_id") return row;
  const shown = format === "detailed" || one.violations.length > 0;
  return {
    ...row,
    resource_type: cleanText(one.resource.type).text,
    account: cleanText(one.resource.account).text,
    region: cleanText(one.resource.region).text,
    ...(shown ? { tags: toTags(one.resource), ...toInherited(one.resource) } : {}),
    ...(one.violations.length > 0 ? { violations: one.violations.map(toViolation) } : {}),
  };
}

const SHORT_ID = 120;

/** Of answers with many of the longest ids and tags: which one it is tells its place. */
function withoutDetails({ resource_id: id, status }: Row): Row {
  return { resource_id: cleanText(id, SHORT_ID).text, status, details_left_out: true };
}

function toTags({ tags }: Resource): Record<string, string> {
  return Object.fromEntries(
    (tags ?? []).map(({ key, value }) => [cleanText(key).text, cleanText(value).text]),
  );
}

function toInherited({ inheritedTags = [] }: Resource): Pick<Row, "inherited_tags"> {
  if (inheritedTags.length === 0) return {};
  const clean = (raw: string): string => cleanText(raw).text;
  return {
    inherited_tags: inheritedTags.map(({ key, value, from }) => ({
      key: clean(key),
      value: clean(value),
      from: clean(from),
    })),
  };
}

function toViolation(
  violation: Extract<ResourceValidation, { violations: unknown }>["violations"][number],
): NonNullable<Row["violations"]>[number] {
  const { kind, tag, severity, expected, actual, suggestion } = violation;
  return {
    kind,
    tag: cleanText(tag).text,
    severity,
    expected: cleanText(expected, EXPECTED_LENGTH).text,
    actual: actual === null ? null : cleanText(actual).text,
    suggestion: suggestion === null ? null : cleanText(suggestion).text,
  };
}

/** For readers of text: counts, and what to do next. */
export function validationText({ counts, results, data_as_of: asOf }: ValidationOutput): string {
  const said = STATUSES.filter((status) => (counts[status] ?? 0) > 0)
    .map((status) => `${counts[status]} ${status.replaceAll("_", " ")}`)
    .join(", ");
  return [
    `${results.length} resource(s): ${said}.`,
    ...((counts["unknown"] ?? 0) > 0
      ? ["Unknown means that it could not be read; reason says why. It is not untagged."]
      : []),
    ...(results.some((row) => row.details_left_out === true)
      ? ["Too long for one answer: the last ones have no details; ask for those with fewer ids."]
      : []),
    ...((counts["not_an_id"] ?? 0) > 0
      ? [
          "Ids are ARNs, Azure resource ids (/subscriptions/…) or GCP full names (//service.googleapis.com/…).",
        ]
      : []),
    ...(asOf === null ? [] : [`Data as of ${asOf}; refresh: true reads again.`]),
    (counts["non_compliant"] ?? 0) > 0
      ? "Next: get_tagging_policy for what is allowed."
      : "Next: check_tag_compliance for everything else.",
  ].join("\n");
}
