import type { DriftOutput } from "./drift-output.ts";

/** The drift answer for readers of text: counts and enums, never a key or a value. */
export function driftText(answer: DriftOutput): string {
  const { resources, baseline, latest } = answer;
  const uncounted = resources.changed_not_comparable;
  return [
    `${number(answer.change_count)} tag changes since ${baseline.at}${baseline.as_old_as_asked ? "" : " (the oldest scan there is)"}, up to ${latest.at}.`,
    `By severity: ${counts(answer.by_severity)}. By kind: ${counts(answer.by_kind)}.`,
    `Resources: ${number(resources.new)} new, ${number(resources.gone)} gone, ${number(resources.returned)} returned.`,
    ...(uncounted > 0
      ? [
          `${number(uncounted)} changed resources are not counted: their cells were not completely read at both ends.`,
        ]
      : []),
    `Cells read completely: ${readOf(baseline)} at the baseline, ${readOf(latest)} at the latest scan.`,
    ...answer.not_comparable.map(
      ({ end, status, reason, where }) => `- ${end}: ${status} (${reason}): ${where}`,
    ),
    `Next: ${nextCall(answer)}`,
  ].join("\n");
}

function readOf({ cells_complete: read, cells_total: total }: DriftOutput["latest"]): string {
  return `${number(read)} of ${number(total)}`;
}

function counts(of: Readonly<Record<string, number>>): string {
  const some = Object.entries(of).filter(([, count]) => count > 0);
  return some.length === 0
    ? "none"
    : some.map(([name, count]) => `${number(count)} ${name}`).join(", ");
}

function nextCall({ next_cursor: next, change_count: all, changes }: DriftOutput): string {
  if (next !== null)
    return "for the next page, call detect_tag_drift with cursor = next_cursor and the same other arguments.";
  if (all === 0) return "nothing changed; for a longer time name an earlier baseline.";
  return changes.some(({ actor_reason: reason }) => reason !== undefined)
    ? "call check_tag_compliance for what breaks the policy now."
    : "call again with include_actor: true to learn who made the changes, where a cloud's log says.";
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
