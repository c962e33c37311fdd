import { type Kysely, type SelectQueryBuilder, sql, type SqlBool } from "kysely";
import { ANY, type Cell } from "../../domain/scan/cell.ts";
import { cellIndex } from "../../domain/scan/cell-index.ts";
import type { Scope } from "../../domain/scan/scope.ts";
import type { Database } from "../schema.ts";
import { batches } from "./batches.ts";

/** Types compare without case, as in `cellHolds`. */
export function typeKey(resourceType: string): string {
  return resourceType.toLowerCase();
}

/** The places of a scope; the start of every question that counts. */
export function placesIn(
  db: Kysely<Database>,
  { clouds, accounts, regions, resourceTypes }: Scope,
): SelectQueryBuilder<Database, "places", object> {
  let query = db.selectFrom("places");
  if (clouds.length > 0) query = query.where("places.cloud", "in", clouds);
  if (accounts.length > 0) query = query.where("places.account", "in", accounts);
  if (regions.length > 0) query = query.where("places.region", "in", regions);
  if (resourceTypes.length > 0)
    query = query.where("places.type_key", "in", resourceTypes.map(typeKey));
  return query;
}

/** The places of a scope that hold any resource now. */
export function occupiedPlacesIn(
  db: Kysely<Database>,
  scope: Scope,
): SelectQueryBuilder<Database, "places", object> {
  return placesIn(db, scope).where((eb) =>
    eb.or([
      eb("compliant", ">", 0),
      eb("non_compliant", ">", 0),
      eb("exempt", ">", 0),
      eb("unknown", ">", 0),
      eb("out_of_scope", ">", 0),
    ]),
  );
}

/** The places that at least one of the cells holds. */
export async function placeIdsOf(
  db: Kysely<Database>,
  cells: readonly Cell[],
): Promise<readonly number[]> {
  const isOpen = ({ account, region }: Cell): boolean => account === ANY || region === ANY;
  const ids = new Set<number>();
  for (const cell of cells.filter(isOpen))
    for (const { id } of await placesIn(db, cellScope(cell)).select("id").execute()) ids.add(id);
  const closed = cells.filter((cell) => !isOpen(cell));
  const isHeld = cellIndex(closed);
  const regions = new Map(
    closed.map((cell) => [`${cell.cloud} ${cell.account} ${cell.region}`, cell]),
  );
  for (const batch of batches([...regions.values()])) {
    const pairs = batch.map(({ cloud, account, region }) => sql`(${cloud}, ${account}, ${region})`);
    const rows = await db
      .selectFrom("places")
      .select(["id", "cloud", "account", "region", "type_key as resourceType"])
      .where(sql<SqlBool>`(cloud, account, region) in (values ${sql.join(pairs)})`)
      .execute();
    for (const { id, ...place } of rows) if (isHeld(place)) ids.add(id);
  }
  return [...ids];
}

/** The scope that a cell is. `*` as account stands for a cloud of which not even that was found out. */
export function cellScope({ cloud, account, region, resourceType }: Cell): Scope {
  const list = (value: string): readonly string[] => (value === ANY ? [] : [value]);
  return {
    clouds: [cloud],
    accounts: list(account),
    regions: list(region),
    resourceTypes: list(resourceType),
  };
}
