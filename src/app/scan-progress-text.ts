import type { Cloud } from "../domain/cloud.ts";
import { ANY } from "../domain/scan/cell.ts";
import type { ScanProgress } from "./scan.ts";
import type { Place, PlaceCount } from "./scan-places.ts";

const UNITS: Readonly<Record<PlaceCount["unit"], Readonly<Record<Cloud, string>>>> = {
  region: { aws: "regions", azure: "regions", gcp: "regions" },
  account: { aws: "accounts", azure: "subscriptions", gcp: "projects" },
};

/**
 * One line on how far a scan is: the place read to the end last, and what a person counts.
 * `eu-west-1 12/17 regions, 3,456 resources`
 * @param shown makes a name fit to be shown where the line goes
 */
export function scanProgressText(
  progress: ScanProgress,
  shown = (name: string): string => name,
): string {
  const resources = `${progress.resources.toLocaleString("en-US")} resources`;
  const { counts = [], finished = null } = progress.places ?? {};
  if (counts.length === 0)
    return `${progress.cellsDone}/${progress.cellsTotal} cells, ${resources}`;
  const where = placeText(finished ?? progress, counts, shown);
  const finishedText = counts.length > 1 ? `${where}:` : where;
  const lead = finished === null ? `reading ${where}:` : finishedText;
  return [`${lead} ${counts.map(countText).join(", ")}`, resources].join(", ");
}

/** No more of a place's name than tells it from the others. */
function placeText(
  { cloud, account, region }: Place,
  counts: readonly PlaceCount[],
  shown: (name: string) => string,
): string {
  const oneAccount = counts.find((one) => one.cloud === cloud)?.accounts === 1;
  return [
    ...(counts.length > 1 ? [cloud] : []),
    ...(oneAccount && region !== ANY ? [] : [shown(account)]),
    ...(region === ANY ? [] : [shown(region)]),
  ].join(" ");
}

function countText({ cloud, unit, done, total, accounts }: PlaceCount): string {
  const places = `${done}/${total} ${UNITS[unit][cloud]}`;
  return unit === "region" && accounts > 1 ? `${places} of ${accounts} accounts` : places;
}
