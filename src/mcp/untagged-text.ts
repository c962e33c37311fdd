import { ageText } from "./age-text.ts";
import { coverageLines } from "./coverage-output.ts";
import type { UntaggedOutput } from "./untagged-output.ts";
import { plainName } from "./untrusted-text.ts";

const LISTED = 5;
const MEANING = {
  never_tagged: "never had a tag",
  emptied: "have no tags any more",
  only_provider_tags: "have only tags of the cloud's own",
  missing_required: "have tags, but lack required ones",
} as const;

/** What lacks tags for readers of text: counts, types and enums; no ids and no text of a tag. */
export function untaggedText(
  answer: UntaggedOutput,
  { min_cost_threshold: threshold }: { readonly min_cost_threshold?: number | undefined },
): string {
  const { by_category: counts, total, resources, by_type: types } = answer;
  return [
    total === 0
      ? "No resource was found to lack tags."
      : `${number(total)} resources lack tags, of which ${number(resources.length)} on this page:`,
    ...(["never_tagged", "emptied", "only_provider_tags", "missing_required"] as const)
      .filter((gap) => counts[gap] > 0)
      .map((gap) => `- ${gap}: ${number(counts[gap])} ${MEANING[gap]}`),
    ...(counts.unknown > 0
      ? [
          `Not counted: ${number(counts.unknown)} resources whose tags could not be read (categories: ["unknown"] lists them).`,
        ]
      : []),
    ...types.slice(0, LISTED).map(typeLine),
    ...costLines(answer.cost, threshold),
    ...coverageLines(answer.coverage),
    ageText(answer),
    `Next: ${nextCall(answer)}`,
  ].join("\n");
}

function typeLine({
  cloud,
  resource_type: type,
  ...counts
}: UntaggedOutput["by_type"][number]): string {
  const bare = counts.never_tagged + counts.emptied + counts.only_provider_tags;
  return `- ${cloud} ${plainName(type)}: ${number(bare)} without tags of their own, ${number(counts.missing_required)} incomplete`;
}

function costLines(
  { month, untagged, at_threshold: listed, clouds_without_bill: without }: UntaggedOutput["cost"],
  threshold: number | undefined,
): readonly string[] {
  if (month === null)
    return [
      `Cost is not known: no bill of a whole month was imported.${threshold === undefined ? "" : " min_cost_threshold was not applied; nothing was left out for its cost."}`,
    ];
  const sums = (all: typeof untagged): string =>
    all.length === 0
      ? "nothing"
      : all
          .map(
            ({ currency, amount, resources }) =>
              `${plainName(currency)} ${amount} (${number(resources)} resources on the bill)`,
          )
          .join(", ");
  return [
    `What lacks tags cost in ${month}: ${sums(untagged)}.`,
    ...(listed === null
      ? []
      : [`Listed, dearest first, is what cost at least ${threshold ?? 0} each: ${sums(listed)}.`]),
    ...(without.length === 0
      ? []
      : [
          `No bill of ${without.join(", ")}: what its resources cost is not known${listed === null ? "" : ", so none is listed"}.`,
        ]),
  ];
}

function nextCall(answer: UntaggedOutput): string {
  if (answer.next_cursor !== null)
    return "for the next page, call find_untagged_resources with cursor = next_cursor and the same other arguments.";
  if (answer.total > 0)
    return "call get_tagging_policy for the values that the missing tags may have.";
  if (answer.coverage.problem_count > 0)
    return "give the missing access, then call again with refresh: true.";
  return "nothing to fix in this scope.";
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
