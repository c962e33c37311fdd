import type { Kysely } from "kysely";
import type { HistoryStore } from "../../ports/history.ts";
import { placesIn } from "../inventory/places.ts";
import type { Database } from "../schema.ts";
import { baseline, baselines, cellsOf, mark } from "./baselines.ts";
import { changes, countChanges, newResources, resourcesAt } from "./changes.ts";
import { KnownPlaces } from "./known-places.ts";
import { countsOf, findingsOf, snapshots } from "./snapshots.ts";

/** The history over an opened and migrated database, which somebody else closes. */
export function createHistoryStore(db: Kysely<Database>): HistoryStore {
  const known = new KnownPlaces(db);
  return {
    snapshots: (range) => snapshots(db, range),
    countsOf: (numbers, filter) => countsOf(db, numbers, filter),
    findingsOf: (numbers, filter) => findingsOf(db, numbers, filter),
    baseline: (scanId) => baseline(db, scanId),
    baselines: (untilMs) => baselines(db, untilMs),
    cellsOf: (scanId) => cellsOf(db, scanId),
    mark: () => mark(db),
    places: async (scope) => {
      const rows = await placesIn(db, scope)
        .select(["id", "cloud", "account", "region", "resource_type"])
        .execute();
      return rows.map(({ resource_type: resourceType, ...place }) => ({ ...place, resourceType }));
    },
    countChanges: (after, upTo) => countChanges(db, after, upTo),
    changes: (after, upTo, share) => changes(db, { after, upTo }, share),
    resourcesAt: (numbers, upTo) => resourcesAt(db, known, { numbers, upTo }),
    newResources: (after, upTo, untilMs) => newResources(db, { after, upTo }, untilMs),
  };
}
