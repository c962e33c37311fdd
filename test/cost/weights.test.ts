import type { Kysely } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSpend } from "../../src/app/cost/spend.ts";
import type { CostGroup } from "../../src/domain/cost/cost-line.ts";
import { EVERYTHING } from "../../src/domain/scan/scope.ts";
import type { CostStore } from "../../src/ports/cost-store.ts";
import type { InventoryStore } from "../../src/ports/inventory.ts";
import { createCostStore } from "../../src/storage/costs/index.ts";
import { createInventoryStore } from "../../src/storage/inventory.ts";
import { createUntaggedCosts } from "../../src/storage/inventory/untagged-costs.ts";
import type { Database } from "../../src/storage/schema.ts";
import { AT_MS } from "../policy/fixtures.ts";
import { onEveryDatabase } from "../storage/databases.ts";
import { judged, manualClock, missing, scanCell } from "../storage/estate.ts";
import type { TestDatabase } from "../storage/inventory-contract.ts";
import { activeKey, charge } from "./fixtures.ts";

const PLACE = { account: "111111111111", region: "us-east-1" };
const arn = (id: string): string => `arn:aws:ec2:us-east-1:111111111111:instance/${id}`;
const billed = (id: string, micros: bigint, more: Partial<CostGroup> = {}) =>
  charge({}, { ...PLACE, resourceId: arn(id), effectiveMicros: micros, ...more });
const OCTOBER = { month: "2026-10", minMicros: null };
const FILTER = { scope: EVERYTHING, exceptTypes: [], gaps: ["never_tagged" as const] };

onEveryDatabase((engine, create) => {
  describe(`what resources cost in a month, added up once, on ${engine}`, () => {
    let database: TestDatabase;
    let db: Kysely<Database>;
    let costs: CostStore;
    let inventory: InventoryStore;
    let clock: ReturnType<typeof manualClock>;
    beforeEach(async () => {
      database = await create();
      db = await database.connect();
      clock = manualClock(AT_MS);
      costs = createCostStore(db, clock);
      inventory = createInventoryStore(db, { clock });
    });
    afterEach(async () => {
      await inventory.close();
      await database.dispose();
    });

    const keep = async (
      groups: readonly CostGroup[],
      source = "default",
      method = "cur" as const,
    ) => {
      const writer = await costs.beginBill(source);
      await writer.save(groups);
      const keys = { aws: [activeKey("CostCenter")], azure: [], gcp: [] };
      await writer.commit({ method, asOfMs: AT_MS, linesLeftOut: 0, keys });
      clock.advance(1);
    };
    const untagged = async () =>
      (await createUntaggedCosts(db).totals(FILTER, OCTOBER)).map((one) => one.effectiveMicros);

    test("follows every bill that is stored: another payer's, and one that replaces another", async () => {
      await scanCell(inventory, [judged(arn("i-1"))]);
      await keep([billed("i-1", 10n)]);
      expect(await untagged()).toEqual([10n]);
      await keep([billed("i-1", 7n)], "other payer");
      expect(await untagged()).toEqual([17n]);
      await keep([billed("i-1", 1n), billed("i-1", 2n)]);
      expect(await untagged()).toEqual([10n]);
    });

    test("follows bills that a program stored which knows of no such sums", async () => {
      await scanCell(inventory, [judged(arn("i-1"))]);
      await keep([billed("i-1", 10n)]);
      await db.deleteFrom("resource_costs").execute();
      await db.deleteFrom("cost_weights").execute();
      expect(await untagged()).toEqual([10n]);
    });

    test("keeps the month before beside the newest, and no older one", async () => {
      const months = ["2026-08", "2026-09", "2026-10"];
      for (const month of months) {
        await keep([billed("i-1", 10n, { month })]);
        await createUntaggedCosts(db).totals(FILTER, { month, minMicros: null });
        await scanCell(inventory, [judged(arn("i-1"))]);
        await createUntaggedCosts(db).totals(FILTER, { month, minMicros: null });
      }
      const rows = await db.selectFrom("cost_weights").select("month").orderBy("month").execute();
      expect(rows).toEqual([{ month: "2026-09" }, { month: "2026-10" }]);
    });

    test("is read with the tags that are known, each resource once per method and currency", async () => {
      await scanCell(inventory, [
        judged(arn("i-1"), { tags: { Owner: "web" } }),
        judged(arn("i-2"), { tags: null, verdict: "unknown" }),
        judged(arn("i-3"), { tags: { Owner: "api" } }),
      ]);
      await keep([
        billed("i-1", 3n),
        billed("i-1", 4n),
        billed("i-1", 5n, { currency: "EUR" }),
        billed("i-2", 100n),
        billed("i-9", 100n),
      ]);
      const pages = await Array.fromAsync(costs.taggedCosts(EVERYTHING, "2026-10"));
      expect(pages.flat().toSorted((a, b) => (a.currency < b.currency ? -1 : 1))).toMatchObject([
        {
          tags: [{ key: "Owner", value: "web" }],
          method: "cur",
          currency: "EUR",
          effectiveMicros: 5n,
        },
        {
          tags: [{ key: "Owner", value: "web" }],
          method: "cur",
          currency: "USD",
          effectiveMicros: 7n,
        },
      ]);
      const elsewhere = { ...EVERYTHING, accounts: ["999999999999"] };
      expect((await Array.fromAsync(costs.taggedCosts(elsewhere, "2026-10"))).flat()).toEqual([]);
    });

    test("gives the same list whether it looks costs up or walks down them", async () => {
      const ids = Array.from({ length: 60 }, (_, at) => `i-${at}`);
      await scanCell(
        inventory,
        ids.map((id, at) =>
          judged(arn(id), at % 3 === 0 ? { violations: [missing("Owner")] } : {}),
        ),
      );
      await keep(ids.map((id, at) => billed(id, BigInt((at * 37) % 50))));
      const source = createUntaggedCosts(db);
      const page = { ...OCTOBER, minMicros: 10n, limit: 100, after: null };
      const lookedUp = await source.dearest(FILTER, page);
      // What is counted decides how it is read.
      await db.updateTable("place_gaps").set({ count: 1_000_000 }).execute();
      expect(await source.dearest(FILTER, page)).toEqual(lookedUp);
      expect(lookedUp.resources.length).toBeGreaterThan(20);
    });

    test("a kept answer serves the next process, until a scan, a policy or a bill is new", async () => {
      await scanCell(inventory, [judged(arn("i-1"))]);
      await keep([billed("i-1", 10n)]);
      const judgedBy = (policyHash: string) => ({ id: "scan", policyHash });
      const process = () => {
        let asked = 0;
        const counting: CostStore = {
          ...costs,
          match: (scope, months) => {
            asked += 1;
            return costs.match(scope, months);
          },
        };
        const spend = createSpend(counting, clock);
        return async (policyHash = "p") => {
          asked = 0;
          const found = await spend.ofScope(EVERYTHING, judgedBy(policyHash));
          return [asked, found?.currencies[0]?.match.matchedMicros];
        };
      };
      expect(await process()()).toEqual([1, 10n]);
      const second = process();
      expect(await second()).toEqual([0, 10n]);
      expect(await second("another")).toEqual([1, 10n]);
      clock.advance(1);
      await scanCell(inventory, [judged(arn("i-1")), judged(arn("i-2"))]);
      expect(await second()).toEqual([1, 10n]);
      await keep([billed("i-1", 10n), billed("i-2", 1n)]);
      expect(await second()).toEqual([1, 11n]);
    });
  });
});
