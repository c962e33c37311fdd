import { ANY } from "./cell.ts";
import type { ProblemGroup } from "./coverage.ts";

export interface WhereOptions {
  /** Makes an account id, region or type fit to be printed. */
  readonly name: (raw: string) => string;
  /** The most names of a kind that are spelled out; more are counted. Default 2. */
  readonly spelledOut?: number;
}

/** A group in one line: `aws unsupported (api_not_available): 8 types × 17 regions × 111122223333`. */
export function problemText(group: ProblemGroup, options: WhereOptions): string {
  return `${group.cloud} ${group.status} (${group.reason}): ${whereText(group, options)}`;
}

/** Where the cells of a group are. Sizes are multiplied only where that is the number of cells. */
export function whereText(
  { accounts, regions, resourceTypes, cells }: ProblemGroup,
  options: WhereOptions,
): string {
  const parts = [
    sizeText(resourceTypes, { many: "types", any: "all types" }, options),
    sizeText(regions, { many: "regions", any: "all regions" }, options),
    sizeText(accounts, { many: "accounts", any: "every account" }, options),
  ];
  const isGrid = cells === accounts.length * regions.length * resourceTypes.length;
  return isGrid ? parts.join(" × ") : `${cells} cells of ${parts.join(", ")}`;
}

function sizeText(
  names: readonly string[],
  as: { readonly many: string; readonly any: string },
  { name, spelledOut = 2 }: WhereOptions,
): string {
  if (names.length > spelledOut) return `${names.length} ${as.many}`;
  return names.map((raw) => (raw === ANY ? as.any : name(raw))).join(" and ");
}
