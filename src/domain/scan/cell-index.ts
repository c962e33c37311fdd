import type { Cloud } from "../cloud.ts";
import { ANY, type Cell } from "./cell.ts";

/** Where resources are: a cell that leaves nothing open. */
export interface Whereabouts {
  readonly cloud: Cloud;
  readonly account: string;
  readonly region: string;
  readonly resourceType: string;
}

/** Tells which places at least one of `cells` holds, without trying every cell for every place. */
export function cellIndex(cells: readonly Cell[]): (place: Whereabouts) => boolean {
  const name = (...parts: readonly string[]): string => parts.join("\n");
  const names = new Set(
    cells.map(({ cloud, account, region, resourceType }) =>
      name(cloud, account, region, resourceType.toLowerCase()),
    ),
  );
  return ({ cloud, account, region, resourceType }) =>
    [account, ANY].some((a) =>
      [region, ANY].some((r) =>
        [resourceType.toLowerCase(), ANY].some((t) => names.has(name(cloud, a, r, t))),
      ),
    );
}
