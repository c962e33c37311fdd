import type { Transaction } from "kysely";
import type { Database } from "../schema.ts";
import { batches } from "./batches.ts";
import type { DictionaryLookup } from "./dictionary.ts";
import type { SeenRow } from "./seen-row.ts";
import { SizedStatement } from "./sized-statement.ts";

/** Rows of one cloud, and what is known when they are stored. */
export interface RowsWrite {
  readonly rows: readonly SeenRow[];
  readonly scanNo: number;
  readonly nowMs: number;
}

export type StoredRow = Pick<
  Database["resources"],
  "no" | "resource_key" | "place_id" | "verdict" | "state" | "gone_at" | "gap" | "had_tags"
>;

/** What was read of a resource beside what is stored of it. */
export interface Sighting {
  readonly row: SeenRow;
  readonly placeId: number;
  readonly stored: StoredRow | undefined;
}

/** What was read beside what is stored; of a resource that was read twice, the later one. */
export async function sight(
  trx: Transaction<Database>,
  dictionary: DictionaryLookup,
  rows: readonly SeenRow[],
): Promise<readonly Sighting[]> {
  // Clouds repeat a resource across overlapping answers; the last one read is the newest.
  const byKey = new Map<string, SeenRow>();
  for (const row of rows) byKey.set(row.key, row);
  const stored = await findStored(trx, [...byKey.values()]);
  const placeIdOf = await dictionary.placeIds(new Set(rows.map(({ place }) => place)));
  const sightings: Sighting[] = [];
  for (const row of byKey.values())
    sightings.push({ row, placeId: placeIdOf(row.place), stored: stored.get(row.key) });
  return sightings;
}

const findByKey = new SizedStatement();

async function findStored(
  trx: Transaction<Database>,
  rows: readonly SeenRow[],
): Promise<ReadonlyMap<string, StoredRow>> {
  const stored = new Map<string, StoredRow>();
  const cloud = rows[0]?.place.cloud;
  if (cloud === undefined) return stored;
  for (const keys of batches(rows.map(({ key }) => key))) {
    const found = await findByKey.execute<StoredRow>(trx, [...keys, cloud], () =>
      trx
        .selectFrom("resources")
        .select([
          "no",
          "resource_key",
          "place_id",
          "verdict",
          "state",
          "gone_at",
          "gap",
          "had_tags",
        ])
        .where("resource_key", "in", keys)
        .where("cloud", "=", cloud)
        .compile(),
    );
    for (const row of found.rows) stored.set(row.resource_key, row);
  }
  return stored;
}

/** It reads as it did before. */
export function isSame({ row, placeId, stored }: Sighting): boolean {
  return stored?.gone_at === null && stored.place_id === placeId && stored.state === row.state;
}
