import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EVERYTHING, type Scope } from "../../src/domain/scan/scope.ts";
import type { InventoryStore } from "../../src/ports/inventory.ts";
import { createInventoryStore } from "../../src/storage/inventory.ts";
import { begin, cell, judged, manualClock, outcome, scanCell } from "./estate.ts";
import { onEveryDatabase } from "./databases.ts";
import type { TestDatabase } from "./inventory-contract.ts";

/** Larger than two pages of the reader. */
const MANY = 9_000;

onEveryDatabase((engine, create) => {
  describe(`tag sets on ${engine}`, () => {
    let database: TestDatabase;
    let store: InventoryStore;
    beforeEach(async () => {
      database = await create();
      store = createInventoryStore(await database.connect(), { clock: manualClock() });
    });
    afterEach(async () => {
      await store.close();
      await database.dispose();
    });

    /** Counts of equal tags over all pages: `cloud type tags` to resources. */
    async function read(scope: Scope = EVERYTHING): Promise<Record<string, number>> {
      const sums: Record<string, number> = {};
      for await (const page of store.tagSets(scope))
        for (const { cloud, resourceType, tags, count } of page) {
          const text = tags?.map(({ key, value }) => `${key}=${value}`).join(",") ?? "not known";
          const name = `${cloud} ${resourceType} ${text}`;
          sums[name] = (sums[name] ?? 0) + count;
        }
      return sums;
    }

    test("an empty inventory has none", async () => {
      expect(await read()).toEqual({});
    });

    test("counts equal tags of a type, and keeps untagged apart from not known", async () => {
      await scanCell(store, [
        judged("i-1", { tags: { Owner: "a", Env: "dev" } }),
        judged("i-2", { tags: { Env: "dev", Owner: "a" } }),
        judged("i-3", { tags: {} }),
        judged("i-4", { tags: null, verdict: "unknown" }),
      ]);
      expect(await read()).toEqual({
        "aws ec2:instance Env=dev,Owner=a": 2,
        "aws ec2:instance ": 1,
        "aws ec2:instance not known": 1,
      });
    });

    test("adds up over pages, whatever the tags", async () => {
      const page = Array.from({ length: MANY }, (_, at) =>
        judged(`i-${at}`, { tags: at % 3 === 0 ? { Team: "x" } : { Name: `n-${at % 1000}` } }),
      );
      await scanCell(store, page);
      const sums = await read();
      expect(sums["aws ec2:instance Team=x"]).toBe(MANY / 3);
      expect(Object.values(sums).reduce((sum, count) => sum + count, 0)).toBe(MANY);
    });

    test("lets other work run between pages", async () => {
      await scanCell(
        store,
        Array.from({ length: MANY }, (_, at) => judged(`i-${at}`, { tags: { Name: `${at}` } })),
      );
      let turns = 0;
      let waiting = setImmediate(function turn() {
        turns += 1;
        waiting = setImmediate(turn);
      });
      let pages = 0;
      for await (const _ of store.tagSets(EVERYTHING)) pages += 1;
      clearImmediate(waiting);
      expect(pages).toBeGreaterThanOrEqual(3);
      expect(turns).toBeGreaterThanOrEqual(2);
    });

    test("answers for the scope and for what exists, and forgets tags that were not seen again", async () => {
      const bucket = cell({ resourceType: "s3:bucket" });
      const old = { type: "s3:bucket", tags: { Owner: "b" } };
      await scanCell(store, [judged("i-1", { tags: { Owner: "a" } })]);
      await scanCell(store, [judged("b-1", old), judged("b-2", old)], { of: bucket });
      expect(await read({ ...EVERYTHING, resourceTypes: ["s3:bucket"] })).toEqual({
        "aws s3:bucket Owner=b": 2,
      });
      expect(await read({ ...EVERYTHING, clouds: ["gcp"] })).toEqual({});
      const writer = await begin(store);
      await writer.endCell(outcome(cell(), "complete", null));
      await writer.saveResources(bucket, [judged("b-1", old)]);
      await writer.endCell(outcome(bucket, "denied", "access_denied"));
      await writer.finish("partial");
      expect(await read()).toEqual({
        "aws s3:bucket Owner=b": 1,
        "aws s3:bucket not known": 1,
      });
    });
  });
});
