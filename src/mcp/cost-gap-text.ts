import { BUCKET_WORDS } from "./cost-gap-fixes.ts";
import type { CostGapOutput } from "./cost-gap-output.ts";

type Figure = CostGapOutput["figures"][number];

/** The cost gap for readers of text: amounts, shares and enums; never a tag value or an account's name. */
export function costGapText(answer: CostGapOutput): string {
  return [
    `Period ${answer.period.from} to ${answer.period.to} (excluded).`,
    ...answer.figures.flatMap(figureLines),
    ...answer.not_measured.map(
      ({ cloud, failure, obstacle }) =>
        `${cloud}: not measured (${failure ?? obstacle?.reason ?? "unknown"}); its spend is in no figure.`,
    ),
    ...askingLines(answer),
    `Next: ${nextCall(answer)}`,
  ].join("\n");
}

function figureLines(figure: Figure): readonly string[] {
  const { currency, method, metric, confidence, estimated, total } = figure;
  const about = `${figure.clouds.join(", ")}: ${currency} ${total} ${metric} cost by ${method}, ${confidence} confidence${estimated ? ", still changing" : ""}, data as of ${figure.data_as_of}.`;
  if (figure.unmeasurable !== null)
    return [about, `The gap cannot be measured (${figure.unmeasurable.reason}); it is not 100 %.`];
  return [
    about,
    ...figure.waterfall
      .filter(({ amount }) => amount !== "0.00")
      .map(
        ({ bucket, amount, share_of_total: all, share_of_taggable: taggable }) =>
          `- ${BUCKET_WORDS[bucket]}: ${currency} ${amount}, ${percent(all)} of all, ${percent(taggable)} of taggable spend`,
      ),
    ...(figure.missing.length > 0
      ? ["Parts of the bill are missing and not counted as zero."]
      : []),
    ...(figure.lines_left_out > 0
      ? [`${figure.lines_left_out} lines of the bill could not be read.`]
      : []),
    ...(figure.sees_resources ? [] : ["Charges without a resource count as missing here."]),
    ...pathLine(figure),
  ];
}

function pathLine({ path }: Figure): readonly string[] {
  if (path === null || path.step_count === 0) return [];
  const last = path.steps.at(-1);
  const verb = path.reached ? "reach" : "fall short of";
  return [
    `${path.step_count} steps ${verb} ${percent(path.target_share)} of taggable spend (no fewer than ${path.fewest_possible} can); the ${path.steps.length} listed reach ${percent(last?.share_allocated_after ?? null)}.`,
  ];
}

function askingLines({ asking, dry_run: dryRun }: CostGapOutput): readonly string[] {
  return asking
    .filter(({ calls }) => calls > 0 || dryRun)
    .map(({ cloud, method, calls, usd, kept }) =>
      kept
        ? `${cloud}: a kept answer of ${method} serves, for nothing.`
        : `${cloud}: ${method} ${dryRun ? "would be" : "was"} asked ${calls} times, USD ${usd}${dryRun ? " at least" : ""}.`,
    );
}

function nextCall({ figures, dry_run: dryRun, not_measured: missing }: CostGapOutput): string {
  if (dryRun) return "call again without dry_run to ask.";
  const blocked = figures.find(({ unmeasurable }) => unmeasurable !== null);
  if (blocked !== undefined) return "do the fix of unmeasurable, then call again.";
  if (figures.length === 0 && missing.length > 0)
    return "do the fix of the obstacle, then call again.";
  if (figures.some(({ path }) => (path?.step_count ?? 0) > 0))
    return "take the first step of path, or call check_tag_compliance for the resources behind the gap.";
  return "group_by account or service shows where the rest is.";
}

function percent(share: number | null): string {
  return share === null ? "no share" : `${Math.round(share * 1000) / 10} %`;
}
