import { type Cloud, CLOUDS } from "../domain/cloud.ts";
import { ANY, type Cell } from "../domain/scan/cell.ts";

/** Where cells lie: a Region of an AWS account, an Azure subscription, a GCP project. */
export type Place = Pick<Cell, "cloud" | "account" | "region">;

/** How many places of one cloud are read to the end, of those found so far. */
export interface PlaceCount {
  readonly cloud: Cloud;
  /** What a person counts there. */
  readonly unit: "region" | "account";
  readonly done: number;
  readonly total: number;
  /** Accounts that the places lie in. */
  readonly accounts: number;
}

/** A scan's way through the places of its cells. */
export interface ScanPlaces {
  /** One a cloud that has any. */
  readonly counts: readonly PlaceCount[];
  /** The one read to the end last. */
  readonly finished: Place | null;
}

/** Follows a scan cell by cell. A place whose further cells are found after all is no longer done. */
export interface PlaceCounter {
  found(cell: Cell): void;
  ended(cell: Cell): void;
  places(): ScanPlaces;
}

export function createPlaceCounter(): PlaceCounter {
  const clouds = new Map<Cloud, { readonly regions: Tally; readonly accounts: Tally }>();
  let finished: Place | null = null;
  const talliesOf = (cloud: Cloud): { readonly regions: Tally; readonly accounts: Tally } => {
    const known = clouds.get(cloud) ?? { regions: new Tally(), accounts: new Tally() };
    clouds.set(cloud, known);
    return known;
  };
  return {
    // A cell of an unknown account says that accounts could not be listed: that is no place.
    found({ cloud, account, region }) {
      const { regions, accounts } = talliesOf(cloud);
      if (account !== ANY) accounts.open(account);
      if (account !== ANY && region !== ANY) regions.open(`${account} ${region}`);
    },
    ended({ cloud, account, region }) {
      const { regions, accounts } = talliesOf(cloud);
      const endsAccount = account !== ANY && accounts.close(account);
      const endsRegion = account !== ANY && region !== ANY && regions.close(`${account} ${region}`);
      if (endsRegion) finished = { cloud, account, region };
      else if (endsAccount && regions.total === 0) finished = { cloud, account, region: ANY };
    },
    places: () => ({
      counts: CLOUDS.flatMap((cloud) => {
        const { regions, accounts } = clouds.get(cloud) ?? {};
        if (regions === undefined || accounts === undefined || accounts.total === 0) return [];
        const [unit, tally] =
          regions.total > 0 ? (["region", regions] as const) : (["account", accounts] as const);
        return [{ cloud, unit, done: tally.done, total: tally.total, accounts: accounts.total }];
      }),
      finished,
    }),
  };
}

/** Places by how many of their cells are still to be read. */
class Tally {
  readonly #cellsOpen = new Map<string, number>();
  #done = 0;

  get total(): number {
    return this.#cellsOpen.size;
  }

  get done(): number {
    return this.#done;
  }

  open(place: string): void {
    const before = this.#cellsOpen.get(place);
    if (before === 0) this.#done -= 1;
    this.#cellsOpen.set(place, (before ?? 0) + 1);
  }

  /** @returns whether it was the last one open there */
  close(place: string): boolean {
    const left = (this.#cellsOpen.get(place) ?? 0) - 1;
    this.#cellsOpen.set(place, left);
    if (left === 0) this.#done += 1;
    return left === 0;
  }
}
