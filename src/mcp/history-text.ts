import type { HistoryOutput } from "./history-output.ts";

const DIRECTION_TEXT: Readonly<Record<HistoryOutput["direction"], string>> = {
  improving: "is improving",
  declining: "is declining",
  stable: "is stable",
  insufficient_data: "has too few comparable snapshots for a trend",
};

/** The answer for readers of text. */
export function historyText(answer: HistoryOutput): string {
  const known = answer.points.filter(({ gap }) => gap !== true);
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined)
    return [
      `No snapshot between ${answer.from} and ${answer.to}. Trends rest on scheduled snapshots alone.`,
      "Next: let scheduled_compliance run daily, or call check_tag_compliance with store_snapshot: true and then this with include_ad_hoc: true.",
    ].join("\n");
  const ofTag = answer.measure === "tag_violations";
  const shown = (one: HistoryOutput["points"][number]): string =>
    ofTag ? `${one.tag_violations ?? 0} violations` : scoreText(one.score ?? null);
  return [
    `${ofTag ? "The number of violations of the tag" : "Compliance"} ${DIRECTION_TEXT[answer.direction]}${rate(answer)}.`,
    `${first.period}: ${shown(first)}. ${last.period}: ${shown(last)}.`,
    restLine(answer),
    ...(answer.beyond_retention === null
      ? []
      : [`Snapshots before ${answer.beyond_retention} are beyond retention.`]),
    "Next: call detect_tag_drift with a baseline date to see which tags changed in between.",
  ].join("\n");
}

function restLine({ rests_on: on, gaps }: HistoryOutput): string {
  const left =
    on.not_comparable === 0
      ? ""
      : ` ${on.not_comparable} earlier points were judged by another policy or scope and are left out.`;
  return `The trend rests on ${on.points} points over ${on.days} days; ${gaps} periods have no snapshot and are not filled in.${left}`;
}

function rate({ measure, change_per_week: change }: HistoryOutput): string {
  if (change === null) return "";
  const unit = measure === "score" ? "percentage points" : "violations";
  return ` (${change > 0 ? "+" : ""}${change} ${unit} a week)`;
}

function scoreText(score: number | null): string {
  return score === null ? "no score" : `${Math.floor(score * 1000 + 1e-9) / 10} %`;
}
