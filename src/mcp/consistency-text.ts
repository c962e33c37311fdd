import { ageText } from "./age-text.ts";
import { type FindingKind } from "../domain/compliance/consistency/finding.ts";
import type { ConsistencyOutput } from "./consistency-output.ts";

const KIND_TEXT: Readonly<Record<FindingKind, string>> = {
  key_variant: "key spellings that the policy does not know",
  known_alias: "key spellings that the policy reads, still to be retagged",
  value_variant: "values in other spellings",
  value_vocabulary: "vocabularies of one cloud only",
  cost_center_conflict: "applications or owners with different cost centres",
  one_cloud_key: "keys of some clouds only",
};

const isKind = (kind: string): kind is FindingKind => Object.hasOwn(KIND_TEXT, kind);

/** The consistency answer for readers of text: counts and enums, never a key or a value. */
export function consistencyText(answer: ConsistencyOutput): string {
  return [
    headline(answer),
    ...answer.by_kind.map(({ kind, findings, resources }) => {
      const what = isKind(kind) ? `${KIND_TEXT[kind]} (${kind})` : kind;
      return `- ${number(findings)} ${what}, on ${number(resources)} resources`;
    }),
    ...cloudLines(answer),
    ...notComparedLines(answer),
    ...costLines(answer),
    ageText(answer),
    `Next: ${nextCall(answer)}`,
  ].join("\n");
}

function headline({ finding_count: all, findings, clouds }: ConsistencyOutput): string {
  const resources = clouds.reduce((sum, cloud) => sum + cloud.resources, 0);
  if (resources === 0) return "Nothing to compare: no resource with known tags was found in scope.";
  if (all === 0) return `No inconsistency found in ${number(resources)} resources.`;
  return `Inconsistencies: ${number(all)} in ${number(resources)} resources, ${number(findings.length)} on this page.`;
}

function cloudLines({ clouds }: ConsistencyOutput): readonly string[] {
  return clouds
    .filter(({ reading }) => reading !== "complete")
    .map(({ cloud, reading, unknown }) =>
      reading === "not_read"
        ? `${cloud} could not be read: nothing is concluded about it.`
        : `${cloud} was read in part (${number(unknown)} resources with unknown tags): nothing is concluded from what it lacks.`,
    );
}

function notComparedLines(answer: ConsistencyOutput): readonly string[] {
  const { keys_not_compared: keys, tags_not_compared: tags } = answer;
  if (keys + tags === 0) return [];
  return [`Not compared, being too many: ${number(keys)} rare keys, ${number(tags)} tags.`];
}

function costLines({ cost }: ConsistencyOutput): readonly string[] {
  if (cost === null) return ["Spend is not known: no bill of a whole month was imported."];
  const { month, bills, matched, clouds_without_bill: without } = cost;
  const sources = bills.map(
    ({ cloud, method, data_as_of: asOf }) =>
      `${cloud} by ${method}${asOf === null ? "" : ` as of ${asOf}`}`,
  );
  const known = matched.map(
    ({ currency, share }) =>
      `${share === null ? "an unknown share" : `${Math.floor(share * 100)} %`} of ${currency}`,
  );
  return [
    `Spend is that of ${month}, from imported bills: ${sources.join("; ")}. Of billed resources' spend the inventory knows ${known.join(", ")}.`,
    ...(without.length === 0
      ? []
      : [`No bill of ${without.join(", ")}: what its resources cost is not known.`]),
  ];
}

function nextCall(answer: ConsistencyOutput): string {
  const { clouds, findings, next_cursor: cursor } = answer;
  if (cursor !== null)
    return "for the next page, call check_cross_cloud_consistency with cursor = next_cursor and the same other arguments.";
  if (findings.some(({ policy_lines: lines }) => lines !== null))
    return "let a person review policy_lines, add them to the policy file, then call again.";
  if (clouds.some(({ reading }) => reading !== "complete"))
    return "give the missing access, then call again with refresh: true; check_tag_compliance lists what could not be read.";
  if (findings.length > 0) return "call check_tag_compliance for the resources behind a finding.";
  return "nothing to settle in this scope.";
}

function number(count: number): string {
  return count.toLocaleString("en-US");
}
