import type { Kysely } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CostGroup } from "../../src/domain/cost/cost-line.ts";
import { EVERYTHING } from "../../src/domain/scan/scope.ts";
import type { BillFacts, CostStore, StoredCostQuestion } from "../../src/ports/cost-store.ts";
import type { InventoryStore } from "../../src/ports/inventory.ts";
import { createCostStore } from "../../src/storage/costs/index.ts";
import { createInventoryStore } from "../../src/storage/inventory.ts";
import { createUntaggedCosts } from "../../src/storage/inventory/untagged-costs.ts";
import type { Database } from "../../src/storage/schema.ts";
import { cell, judged, manualClock, scanCell } from "../storage/estate.ts";
import type { TestDatabase } from "../storage/inventory-contract.ts";
import { activeKey, charge } from "./fixtures.ts";

const FACTS: BillFacts = {
  method: "cur",
  asOfMs: 5,
  linesLeftOut: 0,
  keys: { aws: [activeKey("CostCenter")], azure: [], gcp: [] },
};

const OCTOBER: StoredCostQuestion = {
  cloud: "aws",
  months: ["2026-10"],
  dimensions: [],
  accounts: [],
};

const PLACE = { account: "111111111111", region: "us-east-1" };
const instance = (id: string): string => `arn:aws:ec2:us-east-1:111111111111:instance/${id}`;

/** What every cost store does, whatever database is under it. */
export function costStoreContract(name: string, create: () => Promise<TestDatabase>): void {
  describe(`cost store on ${name}`, () => {
    let database: TestDatabase;
    let db: Kysely<Database>;
    let costs: CostStore;
    let inventory: InventoryStore;
    let clock: ReturnType<typeof manualClock>;

    beforeEach(async () => {
      database = await create();
      db = await database.connect();
      clock = manualClock();
      costs = createCostStore(db, clock);
      inventory = createInventoryStore(db, { clock });
    });
    afterEach(async () => {
      await inventory.close();
      await database.dispose();
    });

    const store = async (groups: readonly CostGroup[], source = "default") => {
      const writer = await costs.beginBill(source);
      await writer.save(groups);
      return writer.commit(FACTS);
    };
    const read = async (question: Partial<StoredCostQuestion> = {}) =>
      (await Array.fromAsync(costs.groups({ ...OCTOBER, ...question }))).flat();
    const total = async (question: Partial<StoredCostQuestion> = {}) =>
      (await read(question)).reduce((sum, { effectiveMicros }) => sum + effectiveMicros, 0n);

    test("nothing stored is nothing, not zero spend", async () => {
      expect(await costs.bills()).toEqual([]);
      expect(await read()).toEqual([]);
      expect(await costs.match(EVERYTHING, ["2026-10"])).toEqual([]);
    });

    test("what is written is not seen before it is committed, nor when it is discarded", async () => {
      const writer = await costs.beginBill("default");
      await writer.save([charge({})]);
      expect(await read()).toEqual([]);
      await writer.discard();
      expect(await costs.bills()).toEqual([]);
      expect(await db.selectFrom("cost_lines").select("lines").execute()).toEqual([]);
    });

    test("what lacks tags is weighed by one month, dearest first, currency by currency", async () => {
      await scanCell(
        inventory,
        ["i-1", "i-2", "i-3", "i-4"].map((id) => judged(instance(id))),
      );
      const billed = (id: string, currency: string, micros: bigint, month = "2026-10") =>
        charge(
          {},
          { ...PLACE, month, resourceId: instance(id), currency, effectiveMicros: micros },
        );
      await store([
        billed("i-1", "USD", 10n),
        billed("i-1", "USD", 5n),
        billed("i-2", "USD", 40n),
        billed("i-3", "EUR", 7n),
        billed("i-4", "USD", 900n, "2026-09"),
        billed("i-5", "USD", 900n),
      ]);
      const untagged = createUntaggedCosts(db);
      const filter = { scope: EVERYTHING, exceptTypes: [], gaps: ["never_tagged" as const] };
      const month = { month: "2026-10", minMicros: null };
      expect(await untagged.totals(filter, month)).toEqual([
        { gap: "never_tagged", currency: "EUR", resources: 1, effectiveMicros: 7n },
        { gap: "never_tagged", currency: "USD", resources: 2, effectiveMicros: 55n },
      ]);
      const first = await untagged.dearest(filter, { ...month, limit: 2, after: null });
      const second = await untagged.dearest(filter, { ...month, limit: 2, after: first.next });
      const ids = [...first.resources, ...second.resources].map(({ id }) => id);
      expect(ids).toEqual([instance("i-3"), instance("i-2"), instance("i-1")]);
      expect(second.next).toBeNull();
      expect(await untagged.totals(filter, { ...month, minMicros: 15n })).toMatchObject([
        { currency: "USD", resources: 2, effectiveMicros: 55n },
      ]);
      const elsewhere = { ...filter, exceptTypes: ["EC2:instance"] };
      expect(await untagged.totals(elsewhere, month)).toEqual([]);
    });

    test("storing a month again replaces it; other months and other sources stay", async () => {
      await store([charge({}), charge({}, { month: "2026-09" })]);
      await store([charge({})]);
      expect(await total()).toBe(100_000_000n);
      expect(await total({ months: ["2026-09"] })).toBe(100_000_000n);
      await store([charge({})], "other payer");
      expect(await total()).toBe(200_000_000n);
      expect((await costs.bills()).map(({ source, month }) => [source, month])).toEqual([
        ["default", "2026-09"],
        ["default", "2026-10"],
        ["other payer", "2026-10"],
      ]);
    });

    test("groups come back as they went in, tags in any order being equal", async () => {
      const tags = { CostCenter: "Sales", Owner: "" };
      const group = charge(tags, { hasResource: null, billedMicros: null, region: null });
      await store([group, { ...group, tags: group.tags.toReversed() }]);
      const [found, ...others] = await read({
        dimensions: ["account", "region", "service", "resource_type", "resource"],
      });
      expect(others).toEqual([]);
      expect(found).toEqual({
        ...group,
        // Without a region no ARN can be made of a bare id.
        resourceId: `arn:aws:ec2::${group.account}:instance/i-0123456789abcdef0`,
        effectiveMicros: 200_000_000n,
        lines: 2,
      });
    });

    test("amounts beyond what a number holds exactly stay exact", async () => {
      const effectiveMicros = 9_007_199_254_740_993n;
      await store([charge({}, { effectiveMicros }), charge({}, { effectiveMicros })]);
      expect(await total()).toBe(2n * effectiveMicros);
    });

    test("is read per resource in pages that lose and double nothing", async () => {
      const many = Array.from({ length: 4500 }, (_, at) =>
        charge({}, { resourceId: `arn:aws:x:::${at % 4200}`, effectiveMicros: BigInt(at) }),
      );
      await store([...many, charge({}, { resourceId: null, hasResource: false })]);
      const groups = await read({ dimensions: ["resource"] });
      expect(groups).toHaveLength(4201);
      expect(groups.reduce((sum, one) => sum + one.effectiveMicros, 0n)).toBe(await total());
    });

    test("matches bare instance ids with the inventory's ARNs, each resource once", async () => {
      await scanCell(inventory, [
        judged(instance("i-00000001"), { verdict: "non_compliant" }),
        judged(instance("i-00000002")),
        judged(instance("i-00000009"), { verdict: "non_compliant" }), // Stopped: not on the bill.
      ]);
      await store([
        // Two lines of one instance, as on-demand and discounted hours are.
        charge({}, { ...PLACE, resourceId: "i-00000001" }),
        charge(
          {},
          { ...PLACE, resourceId: "i-00000001", charge: "discount", effectiveMicros: -10_000_000n },
        ),
        charge({}, { ...PLACE, resourceId: instance("i-00000002") }),
        charge({}, { ...PLACE, resourceId: "i-00000003" }),
        charge({}, { ...PLACE, resourceId: null, hasResource: false }),
      ]);
      expect(await costs.match(EVERYTHING, ["2026-10"])).toEqual([
        {
          currency: "USD",
          resourcesBilled: 3,
          resourcesMatched: 2,
          billedMicros: 290_000_000n,
          matchedMicros: 190_000_000n,
        },
      ]);
      const verdicts = await costs.verdictCosts(EVERYTHING, ["2026-10"]);
      expect(
        verdicts
          .toSorted((a, b) => (a.verdict < b.verdict ? -1 : 1))
          .map(({ verdict, effectiveMicros, resources }) => [verdict, effectiveMicros, resources]),
      ).toEqual([
        ["compliant", 100_000_000n, 1],
        ["non_compliant", 90_000_000n, 1],
      ]);
      const ids = ["i-00000001", "i-00000009"].map((id) => ({
        cloud: "aws" as const,
        id: instance(id),
      }));
      expect(await costs.resourceCosts(ids, ["2026-10"])).toEqual([
        {
          cloud: "aws",
          resourceId: instance("i-00000001"),
          currency: "USD",
          effectiveMicros: 90_000_000n,
        },
      ]);
    });

    test("matches Azure ids without regard to case", async () => {
      const id =
        "/subscriptions/S/resourceGroups/RG/providers/Microsoft.Compute/virtualMachines/VM";
      await scanCell(inventory, [judged(id, { cloud: "azure" })], { of: cell({ cloud: "azure" }) });
      await store([charge({}, { cloud: "azure", resourceId: id.toUpperCase() })]);
      expect(await costs.match(EVERYTHING, ["2026-10"])).toMatchObject([
        { resourcesBilled: 1, resourcesMatched: 1 },
      ]);
      expect(await costs.resourceCosts([{ cloud: "azure", id }], ["2026-10"])).toMatchObject([
        { resourceId: id, effectiveMicros: 100_000_000n },
      ]);
    });

    test("keeps an answer for as long as is asked", async () => {
      await costs.saveAnswer("question", "first");
      await costs.saveAnswer("question", "second");
      const now = clock.now();
      expect(await costs.findAnswer("question", now)).toEqual({ text: "second", storedAtMs: now });
      expect(await costs.findAnswer("question", now + 1)).toBeUndefined();
      expect(await costs.findAnswer("another", 0)).toBeUndefined();
    });
  });
}
