import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EVERYTHING } from "../../src/domain/scan/scope.ts";
import type { InheritedTag } from "../../src/domain/resource.ts";
import type { InventoryStore } from "../../src/ports/inventory.ts";
import type { ResourceLookup } from "../../src/ports/resource-lookup.ts";
import { createInventoryStore } from "../../src/storage/inventory.ts";
import { createResourceLookup } from "../../src/storage/inventory/resource-lookup.ts";
import { judged, manualClock, scanCell } from "./estate.ts";
import { onEveryDatabase } from "./databases.ts";
import type { TestDatabase } from "./inventory-contract.ts";

onEveryDatabase((engine, create) => {
  describe(`inherited tags on ${engine}`, () => {
    let database: TestDatabase;
    let store: InventoryStore;
    let lookup: ResourceLookup;
    beforeEach(async () => {
      database = await create();
      const db = await database.connect();
      store = createInventoryStore(db, { clock: manualClock() });
      lookup = createResourceLookup(db);
    });
    afterEach(async () => {
      await store.close();
      await database.dispose();
    });

    const scan = async (inheritedTags: readonly InheritedTag[] | undefined): Promise<unknown> => {
      const one = judged("i-1", { tags: { Owner: "web" } });
      const told = inheritedTags === undefined ? {} : { inheritedTags };
      await scanCell(store, [{ ...one, resource: { ...one.resource, ...told } }]);
      const pages = await Array.fromAsync(store.resources(EVERYTHING));
      const shown = pages.flat().map(({ resource }) => [resource.tags, resource.inheritedTags]);
      const found = await lookup.find("aws", ["i-1"]);
      expect(found.map(({ resource }) => [resource.tags, resource.inheritedTags])).toEqual(shown);
      return shown;
    };
    const own = [{ key: "Owner", value: "web" }];
    const group = [{ key: "Owner", value: "it", from: "/subscriptions/1/resourceGroups/shop" }];

    test("are kept apart from the resource's own, and follow what the cloud tells", async () => {
      expect(await scan(undefined)).toEqual([[own, undefined]]);
      expect(await scan(group)).toEqual([[own, group]]);
      expect(await scan([])).toEqual([[own, []]]);
    });

    test("stay as they were told where a later read does not tell", async () => {
      await scan(group);
      expect(await scan(undefined)).toEqual([[own, group]]);
    });
  });
});
