import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Link, linksTo } from "../../src/domain/links.ts";
import { EVERYTHING } from "../../src/domain/scan/scope.ts";
import type { InventoryStore } from "../../src/ports/inventory.ts";
import { createInventoryStore } from "../../src/storage/inventory.ts";
import { createResourceLookup } from "../../src/storage/inventory/resource-lookup.ts";
import { createResourceSample } from "../../src/storage/inventory/resource-sample.ts";
import { stateOf } from "../../src/storage/inventory/seen-row.ts";
import { onEveryDatabase } from "./databases.ts";
import { judged, manualClock, scanCell } from "./estate.ts";
import type { TestDatabase } from "./inventory-contract.ts";

const PLAIN = judged("i-1", { tags: { Owner: "web" } });

const linked = (told: Parameters<typeof linksTo>[0]) => ({
  ...PLAIN,
  resource: { ...PLAIN.resource, ...linksTo(told) },
});

test("a resource without links has the digest it had before there were any", () => {
  // Another digest would rewrite every row of an inventory on the first scan by a new release.
  expect(stateOf(PLAIN)).toBe("0ceXrTn8-opjedDRxrLwCs");
  expect(stateOf(linked({ network: "vpc-1" }))).not.toBe(stateOf(PLAIN));
});

onEveryDatabase((engine, create) => {
  describe(`links on ${engine}`, () => {
    let database: TestDatabase;
    let store: InventoryStore;
    /** What a sample and a look-up by id give. */
    let stored: () => Promise<readonly (readonly Link[] | undefined)[]>;
    beforeEach(async () => {
      database = await create();
      const db = await database.connect();
      store = createInventoryStore(db, { clock: manualClock() });
      stored = async () => {
        const [sampled] = await createResourceSample(db).sample(EVERYTHING, 10);
        const [found] = await createResourceLookup(db).find("aws", ["i-1"]);
        return [sampled?.links, found?.resource.links];
      };
    });
    afterEach(async () => {
      await store.close();
      await database.dispose();
    });

    test("are what the last read told, and nothing where it told of none", async () => {
      await scanCell(store, [PLAIN]);
      expect(await stored()).toEqual([undefined, undefined]);
      const first = linked({ network: "vpc-1", security_group: ["sg-1", "sg-2"] });
      await scanCell(store, [first]);
      expect(await stored()).toEqual([first.resource.links, first.resource.links]);
      const moved = linked({ network: "vpc-2" });
      await scanCell(store, [moved]);
      expect(await stored()).toEqual([moved.resource.links, moved.resource.links]);
      await scanCell(store, [PLAIN]);
      expect(await stored()).toEqual([undefined, undefined]);
    });
  });
});
