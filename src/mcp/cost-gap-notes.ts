import type { CostFigure } from "../app/cost/cost-figure.ts";
import type { GapGrouping } from "../domain/cost/gap.ts";

/** Said of every figure of a question that named regions or types. */
export const FILTERED_NOTE =
  "Only charges that the bill places in the named regions and types: what it places nowhere, such as tax, is left out.";

/** What a reader must know to read a figure right: our own words, dates and counts, never text of a bill. */
export function costNotes(
  figure: CostFigure,
  tags: readonly string[],
  groupBy: GapGrouping | null,
): readonly string[] {
  return [
    ...keyNotes(figure, tags),
    ...missingNotes(figure),
    ...(figure.linesLeftOut > 0
      ? [
          `${figure.linesLeftOut} lines of the bill are in no figure: not of these clouds, or unreadable.`,
        ]
      : []),
    ...(figure.seesResources
      ? []
      : [
          "The source does not see resources: use without one counts as a missing tag, and exemptions of single resources are not seen.",
        ]),
    ...(figure.grouped
      ? []
      : [`The source cannot break its figures down by ${groupBy ?? "this"}.`]),
    ...(figure.firstExemptionEndsMs === null
      ? []
      : [
          `The first exemption ends ${new Date(figure.firstExemptionEndsMs).toISOString().slice(0, 10)}.`,
        ]),
    ...(figure.estimated ? ["The period is still open: amounts will change."] : []),
  ];
}

function keyNotes({ keys, obstacle }: CostFigure, tags: readonly string[]): readonly string[] {
  const judged = keys.filter(({ tag }) => tags.includes(tag));
  const unknown = judged.filter(({ state }) => state === "unknown").map(({ cloud }) => cloud);
  const merged = judged.filter((key) => key.merged.length > 0).map(({ cloud }) => cloud);
  const notRead = judged.flatMap(({ spellingsNotRead }) => spellingsNotRead).length;
  return [
    ...(notRead > 0 && obstacle === null
      ? [
          `${notRead} other spellings of the key were not read: spend under them counts as untagged.`,
        ]
      : []),
    ...(obstacle?.measurableFrom === undefined || obstacle.measurableFrom === null
      ? []
      : [`It can be measured from ${obstacle.measurableFrom}.`]),
    ...(unknown.length > 0
      ? [`Whether the bill of ${unknown.join(", ")} carries the key could not be found out.`]
      : []),
    ...(merged.length > 0
      ? [
          `The bill of ${merged.join(", ")} writes several spellings of the key alike: some spend under an unread key may count as allocated.`,
        ]
      : []),
  ];
}

const LISTED = 3;

function missingNotes({ missing }: CostFigure): readonly string[] {
  if (missing.length === 0) return [];
  const listed = missing
    .slice(0, LISTED)
    .map(({ cloud, period, reason }) => `${cloud} ${period.from}/${period.to} (${reason})`);
  const rest = missing.length - listed.length;
  return [
    `Missing and not counted as zero: ${listed.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}.`,
  ];
}
