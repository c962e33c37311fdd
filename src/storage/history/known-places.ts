import type { Kysely } from "kysely";
import type { Place } from "../../ports/history.ts";
import type { Database } from "../schema.ts";

/** Places by number, read once: a place is never changed and never removed. */
export class KnownPlaces {
  readonly #db: Kysely<Database>;
  readonly #places = new Map<number, Place>();

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  async of(ids: readonly number[]): Promise<(id: number) => Place | undefined> {
    const missing = [...new Set(ids)].filter((id) => !this.#places.has(id));
    if (missing.length > 0) {
      const rows = await this.#db
        .selectFrom("places")
        .select(["id", "cloud", "account", "region", "resource_type"])
        .where("id", "in", missing)
        .execute();
      for (const { resource_type: resourceType, ...place } of rows)
        this.#places.set(place.id, { ...place, resourceType });
    }
    return (id) => this.#places.get(id);
  }
}
