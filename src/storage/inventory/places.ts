import type { Kysely, SelectQueryBuilder } from "kysely";
import { ANY, type Cell } from "../../domain/scan/cell.ts";
import type { Scope } from "../../domain/scan/scope.ts";
import type { Database } from "../schema.ts";

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
