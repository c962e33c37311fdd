import type { Transaction } from "kysely";
import type { CostGroup } from "../../domain/cost/cost-line.ts";
import type { TagSet } from "../../domain/resource.ts";
import { AppError } from "../../domain/errors.ts";
import { batches } from "../inventory/batches.ts";
import { takeNumbers } from "../inventory/counters.ts";
import type { Database } from "../schema.ts";

/** Tag sets can be as many as resources, so what is remembered of them has a bound. */
const MAX_REMEMBERED = 200_000;

interface Numbers {
  readonly placeId: number;
  readonly tagsId: number;
}

type PlaceRow = Omit<Database["cost_places"], "id">;

/**
 * Row numbers of places and tag sets, looked up once and remembered; neither is ever deleted. One
 * writer's: numbers made in a transaction that fails are wrong, and so is the import, which then ends.
 */
export class CostDictionary {
  readonly #places = new Map<string, number>();
  readonly #tagSets = new Map<string, number>();

  /** Finds or makes the numbers that these groups need. */
  async numbers(
    trx: Transaction<Database>,
    groups: readonly CostGroup[],
  ): Promise<(group: CostGroup) => Numbers> {
    if (this.#tagSets.size > MAX_REMEMBERED) this.#tagSets.clear();
    await this.#learnPlaces(trx, groups);
    await this.#learnTagSets(trx, groups);
    return (group) => {
      const placeId = this.#places.get(placeKey(placeOf(group)));
      const tagsId = this.#tagSets.get(tagsText(group.tags));
      if (placeId === undefined || tagsId === undefined)
        throw new AppError("internal", "A place or tag set of a bill has no number.");
      return { placeId, tagsId };
    };
  }

  async #learnPlaces(trx: Transaction<Database>, groups: readonly CostGroup[]): Promise<void> {
    for (const group of groups) {
      const place = placeOf(group);
      const key = placeKey(place);
      if (this.#places.has(key)) continue;
      const stored = await trx
        .selectFrom("cost_places")
        .select("id")
        .where("cloud", "=", place.cloud)
        .where("account", "=", place.account)
        .where("region", "=", place.region)
        .where("service", "=", place.service)
        .where("resource_type", "=", place.resource_type)
        .executeTakeFirst();
      const id = stored?.id ?? (await takeNumbers(trx, "cost_place", 1));
      if (stored === undefined)
        await trx
          .insertInto("cost_places")
          .values({ ...place, id })
          .execute();
      this.#places.set(key, id);
    }
  }

  async #learnTagSets(trx: Transaction<Database>, groups: readonly CostGroup[]): Promise<void> {
    const missing = new Set(
      groups.map(({ tags }) => tagsText(tags)).filter((text) => !this.#tagSets.has(text)),
    );
    for (const texts of batches([...missing])) {
      const stored = await trx
        .selectFrom("cost_tag_sets")
        .select(["id", "tags"])
        .where("tags", "in", texts)
        .execute();
      for (const { id, tags } of stored) this.#tagSets.set(tags, id);
    }
    const made = [...missing].filter((text) => !this.#tagSets.has(text));
    if (made.length === 0) return;
    const first = await takeNumbers(trx, "cost_tag_set", made.length);
    const rows = made.map((tags, at) => ({ id: first + at, tags }));
    for (const batch of batches(rows))
      await trx.insertInto("cost_tag_sets").values(batch).execute();
    for (const { id, tags } of rows) this.#tagSets.set(tags, id);
  }
}

function placeOf({ cloud, account, region, service, resourceType }: CostGroup): PlaceRow {
  return {
    cloud,
    account: account ?? "",
    region: region ?? "",
    service: service ?? "",
    resource_type: resourceType ?? "",
  };
}

function placeKey(place: PlaceRow): string {
  return [place.cloud, place.account, place.region, place.service, place.resource_type].join("\n");
}

/** Equal text for equal tags, whatever their order. */
function tagsText(tags: TagSet): string {
  const pairs = tags.map(({ key, value }) => [key, value] as const);
  return JSON.stringify(
    pairs.toSorted(([a, b], [c, d]) => (a === c ? (b < d ? -1 : 1) : a < c ? -1 : 1)),
  );
}
