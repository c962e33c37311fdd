import type { Kysely } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EVERYTHING } from "../../src/domain/scan/scope.ts";
import type { InventoryStore } from "../../src/ports/inventory.ts";
import { createInventoryStore } from "../../src/storage/inventory.ts";
import type { Database } from "../../src/storage/schema.ts";
import { onEveryDatabase } from "./databases.ts";
import { begin, cell, judged, manualClock, outcome } from "./estate.ts";
import type { TestDatabase } from "./inventory-contract.ts";

onEveryDatabase((_, create) => {
  let database: TestDatabase;
  let opened: readonly Kysely<Database>[];
  let one: InventoryStore;
  let other: InventoryStore;
  beforeEach(async () => {
    database = await create();
    // A clock that stands still: nothing but the scans themselves can tell states apart.
    const clock = manualClock();
    opened = [await database.connect(), await database.connect()];
    [one, other] = opened.map((db) => createInventoryStore(db, { clock })) as [
      InventoryStore,
      InventoryStore,
    ];
  });
  afterEach(async () => {
    await one.close();
    await other.close();
    await database.dispose();
  });

  const filter = { scope: EVERYTHING, severities: [] };
  const total = async (store: InventoryStore): Promise<number> =>
    (await store.breakdown(filter)).reduce((sum, { counts }) => sum + counts.compliant, 0);
  async function scan(store: InventoryStore, ids: readonly string[]): Promise<void> {
    const writer = await begin(store);
    await writer.saveResources(
      cell(),
      ids.map((id) => judged(id)),
    );
    await writer.endCell(outcome(cell(), "complete", null));
    await writer.finish("complete");
  }

  test("an inventory that did not change is not asked again", async () => {
    await scan(one, ["i-1"]);
    const before = await one.breakdown(filter);
    expect(await one.breakdown(filter)).toBe(before);
    expect(await one.breakdown({ ...filter, severities: ["error"] })).not.toBe(before);
  });

  test("what another store has scanned is seen at once, and so is what it concluded", async () => {
    await scan(one, ["i-1"]);
    expect([await total(one), await total(other)]).toEqual([1, 1]);
    await scan(other, ["i-1", "i-2", "i-3"]);
    expect([await total(one), await total(other)]).toEqual([3, 3]);
    await scan(one, ["i-2"]);
    expect([await total(one), await total(other)]).toEqual([1, 1]);
  });

  test("while a scan runs, answers are of the moment", async () => {
    await scan(one, ["i-1"]);
    expect(await total(one)).toBe(1);
    const writer = await begin(other);
    await writer.saveResources(cell(), [judged("i-2")]);
    expect(await total(one)).toBe(2);
    await writer.saveResources(cell(), [judged("i-3")]);
    expect(await total(one)).toBe(3);
    await writer.finish("cancelled");
    expect(await total(one)).toBe(3);
  });

  test("a question that failed is asked again", async () => {
    await scan(one, ["i-1"]);
    const page = { limit: 1, after: { afterRow: -1 } };
    await expect(one.violations(filter, page)).rejects.toMatchObject({ code: "cursor_invalid" });
    await expect(one.violations(filter, page)).rejects.toMatchObject({ code: "cursor_invalid" });
  });
});
