import { BUCKET_WORDS } from "./cost-gap-fixes.ts";
import type { CostGapOutput } from "./cost-gap-output.ts";

type Figure = CostGapOutput["figures"][number];

/** The cost gap for readers of text: amounts, shares and enums; never a tag value or an account's name. */
export function costGapText(answer: CostGapOutput): string {
  return [
    `Period ${answer.from} to ${answer.to} (excluded).`,
    ...answer.figures.flatMap(figureLines),
    ...answer.not_measured.map(
      ({ cloud, reason }) => `${cloud}: not measured (${reason}); its spend is in no figure.`,
    ),
    ...askedLines(answer),
    `Next: ${nextCall(answer)}`,
  ].join("\n");
}

function figureLines(figure: Figure): readonly string[] {
  const { currency, method, metric, confidence, total, unmeasurable } = figure;
  const about = `${figure.clouds.join(", ")}: ${currency} ${total} ${metric} cost by ${method}, ${confidence} confidence, ${ageOf(figure)}.`;
  const notKnown =
    unmeasurable === null ? [] : [`There are no shares (${unmeasurable}): the gap is not 100 %.`];
  return [
    about,
    ...notKnown,
    ...figure.waterfall.filter(({ amount }) => amount !== "0.00").map(bucketLine(currency)),
    ...pathLine(figure),
    ...figure.notes,
  ];
}

function ageOf({ data_as_of: asOf, read_at: readAt }: Figure): string {
  return asOf === null
    ? `asked at ${readAt ?? ""}, age of its data not told`
    : `data as of ${asOf}`;
}

type Bucket = Figure["waterfall"][number];

function bucketLine(currency: string): (bucket: Bucket) => string {
  return ({ bucket, amount, share_of_total: all, share_of_taggable: taggable }) => {
    const shares = [
      ...(all === null ? [] : [`${percent(all)} of all`]),
      ...(taggable === null ? [] : [`${percent(taggable)} of taggable spend`]),
    ];
    const name = isBucket(bucket) ? BUCKET_WORDS[bucket] : bucket;
    return `- ${[`${name}: ${currency} ${amount}`, ...shares].join(", ")}`;
  };
}

const isBucket = (name: string): name is keyof typeof BUCKET_WORDS => name in BUCKET_WORDS;

function pathLine({ path_to_allocated: path }: Figure): readonly string[] {
  if (path === null || path.target_share === null || path.step_count === 0) return [];
  const last = path.steps.at(-1)?.share_allocated_after ?? null;
  if (!path.reached)
    return [
      `${path.step_count} steps are known; they fall short of ${percent(path.target_share)} of taggable spend.`,
    ];
  const listed = last === null ? "" : `; the ${path.steps.length} listed reach ${percent(last)}`;
  return [
    `${path.step_count} steps reach ${percent(path.target_share)} of taggable spend, at least ${path.fewest_possible} are needed${listed}.`,
  ];
}

function askedLines({ asked, dry_run: dryRun }: CostGapOutput): readonly string[] {
  return asked
    .filter(({ calls }) => calls > 0 || dryRun)
    .map(({ cloud, method, calls, usd }) =>
      dryRun
        ? `${cloud}: ${method} would be asked at least ${calls} times, USD ${usd}.`
        : `${cloud}: ${method} was asked ${calls} times, USD ${usd}.`,
    );
}

function nextCall({ figures, dry_run: dryRun, not_measured: missing }: CostGapOutput): string {
  if (dryRun) return "call again without dry_run to ask.";
  if (figures.some(({ waterfall }) => waterfall.some(({ bucket }) => bucket === "unmeasurable")))
    return "do the fix of unmeasurable, then call again.";
  if (figures.length === 0 && missing.length > 0)
    return "do the fix of not_measured, then call again.";
  if (figures.some(({ path_to_allocated: path }) => (path?.step_count ?? 0) > 0))
    return "take the first step of path_to_allocated, or call check_tag_compliance for the resources behind the gap.";
  return "group_by account or service shows where the rest is.";
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
