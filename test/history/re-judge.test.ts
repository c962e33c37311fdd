import fc from "fast-check";
import type { Kysely } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createFreshInventory } from "../../src/app/fresh-inventory.ts";
import { reJudge } from "../../src/app/re-judge.ts";
import type { CompiledPolicy } from "../../src/domain/policy/compile.ts";
import type { Resource } from "../../src/domain/resource.ts";
import { EVERYTHING } from "../../src/domain/scan/scope.ts";
import type { CloudProvider } from "../../src/ports/cloud.ts";
import type { InventoryStore } from "../../src/ports/inventory.ts";
import type { ReJudgeStore } from "../../src/ports/re-judge.ts";
import { createInventoryStore } from "../../src/storage/inventory.ts";
import { createReJudgeStore } from "../../src/storage/re-judge/index.ts";
import type { Database } from "../../src/storage/schema.ts";
import { CATALOGUE, policyOf, resourceOf } from "../policy/fixtures.ts";
import { emptyTables, onEveryDatabase } from "../storage/databases.ts";
import { allViolations, begin, cell, counts, manualClock, outcome } from "../storage/estate.ts";
import type { TestDatabase } from "../storage/inventory-contract.ts";
import { keptCounts, recount } from "../storage/recount.ts";

const text = (...tags: readonly unknown[]): string =>
  JSON.stringify({ version: "2.0", required_tags: tags });
const OLD = policyOf(text({ name: "Team" }));
const NEW = policyOf(
  text({ name: "Team", allowed_values: ["a", "b"] }, { name: "Owner", severity: "warning" }),
);
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const NEVER = new AbortController().signal;

/** Asking it for anything fails the test. */
const AWS: CloudProvider = {
  cloud: "aws",
  resourceTypes: [],
  regions: [],
  locate: () => undefined,
  apiCalls: () => 0,
  close: () => Promise.resolve(),
  inventory: {
    plan: () => {
      throw new Error("A cloud was asked.");
    },
  },
};

const HERE = { account: "111111111111", region: "us-east-1" };
const THERE = { ...HERE, region: "eu-west-1" };
const anyTags = fc.oneof(
  { weight: 1, arbitrary: fc.constant(null) },
  {
    weight: 6,
    arbitrary: fc.record(
      {
        Team: fc.constantFrom("a", "A", "x", ""),
        Owner: fc.constantFrom("me", ""),
        Name: fc.constant("n"),
      },
      { requiredKeys: [] },
    ),
  },
);
/** Resources of two regions, of which the second is read for certain only in the first scan. */
const anyEstate = fc.array(fc.record({ tags: anyTags, there: fc.boolean() }), { maxLength: 12 });

function tests(name: string, create: () => Promise<TestDatabase>): void {
  describe(`judging what is stored anew, on ${name}`, () => {
    let database: TestDatabase;
    let db: Kysely<Database>;
    let store: InventoryStore;
    let judging: ReJudgeStore;
    const clock = manualClock();
    beforeAll(async () => {
      database = await create();
      db = await database.connect();
    });
    afterAll(async () => {
      await store.close();
      await database.dispose();
    });
    /** A connection remembers what was numbered through it, so an empty database has a new one. */
    const startEmpty = async () => {
      await emptyTables(db);
      await db.destroy();
      db = await database.connect();
      store = createInventoryStore(db, { clock });
      judging = createReJudgeStore(db, clock);
    };
    beforeEach(startEmpty);

    const deps = () => ({ reJudge: judging, inventory: store, clock, logger: SILENT });
    const scan = async (
      policy: CompiledPolicy,
      resources: readonly Resource[],
      thereIsDenied = false,
    ) => {
      clock.advance(10);
      const writer = await begin(store, { policyHash: policy.policyHash, startedAt: clock.now() });
      for (const at of [HERE, THERE]) {
        const of = cell(at);
        const denied = thereIsDenied && at === THERE;
        const page = denied ? [] : resources.filter(({ region }) => region === at.region);
        await writer.saveResources(
          of,
          page.map((resource) => ({ resource, judgement: policy.judge(resource, clock.now()) })),
        );
        await writer.endCell(
          denied ? outcome(of, "denied", "access_denied") : outcome(of, "complete", null),
        );
      }
      return writer.finish(thereIsDenied ? "partial" : "complete");
    };
    const estateOf = (
      rows: readonly { readonly tags: Record<string, string> | null; readonly there: boolean }[],
    ) =>
      rows.map(({ tags, there }, at) =>
        resourceOf("aws", tags, { id: `i-${at}`, ...(there ? THERE : HERE) }),
      );
    const stored = async () => ({
      counts: await keptCounts(db),
      rows: await db
        .selectFrom("resources")
        .select(["no", "verdict", "state", "gap"])
        .orderBy("no")
        .execute(),
      violations: await db.selectFrom("violations").selectAll().orderBy("id").execute(),
    });

    test("equals a fresh scan under the new policy, which then finds nothing to rewrite", {
      timeout: 120_000,
    }, async () => {
      await fc.assert(
        fc.asyncProperty(anyEstate, fc.boolean(), async (rows, denied) => {
          // What an earlier run left is found to be gone, or changed, by the first scan.
          const estate = estateOf(rows);
          await scan(OLD, estate);
          await scan(OLD, estate, denied);
          expect(await reJudge(deps(), NEW, NEVER)).toBe(true);
          const judged = await stored();
          expect(judged.counts).toEqual(await recount(db));
          await scan(NEW, estate, denied);
          expect(await stored()).toEqual(judged);
          expect(await db.selectFrom("staged_verdicts").selectAll().execute()).toEqual([]);
        }),
        { numRuns: 25 },
      );
    });

    test("nothing shows before the end, and one that dies leaves nothing behind", async () => {
      await scan(
        OLD,
        estateOf([
          { tags: { Team: "x" }, there: false },
          { tags: {}, there: true },
        ]),
      );
      const before = await stored();
      const dying = await judging.begin(NEW.policyHash);
      if (dying.kind !== "begun") throw new Error("Nothing hinders it.");
      for await (const page of dying.judgement.resources())
        await dying.judgement.stage(
          page.map((one) => ({
            stored: one,
            resource: one.resource,
            judgement: NEW.judge(one.resource, 0),
          })),
        );
      expect(await stored()).toEqual(before);
      expect(await store.latestScanCovering(EVERYTHING)).toMatchObject({
        policyHash: OLD.policyHash,
      });
      // Its process is gone; after a minute of silence another may begin.
      expect(await judging.begin(NEW.policyHash)).toEqual({ kind: "judging" });
      clock.advance(61_000);
      expect(await reJudge(deps(), NEW, NEVER)).toBe(true);
      expect(await counts(store)).toEqual({ non_compliant: 2 });
      expect(await keptCounts(db)).toEqual(await recount(db));
      await expect(dying.judgement.finish()).rejects.toMatchObject({ code: "storage_unavailable" });
      expect(await allViolations(store)).toHaveLength(4);
    });

    test("a scan and a judging exclude each other", async () => {
      await scan(OLD, estateOf([{ tags: { Team: "x" }, there: false }]));
      const running = await begin(store, { id: "running" });
      expect(await judging.begin(NEW.policyHash)).toEqual({ kind: "scanning", scanId: "running" });
      await running.finish("cancelled");
      const begun = await judging.begin(NEW.policyHash);
      if (begun.kind !== "begun") throw new Error("Nothing hinders it.");
      await expect(begin(store)).rejects.toMatchObject({ code: "storage_unavailable" });
      await begun.judgement.abandon();
      await (await begin(store)).finish("cancelled");
    });

    const fresh = (answersMeanwhile: boolean, policy: CompiledPolicy) =>
      createFreshInventory({
        providers: [AWS],
        inventory: store,
        catalogue: CATALOGUE,
        judge: () => Promise.resolve(policy),
        reJudge: judging,
        answersMeanwhile,
        clock,
        ids: { next: (prefix) => `${prefix}_${Math.random()}` },
        logger: SILENT,
        cellConcurrency: 1,
      });
    const question = {
      ...EVERYTHING,
      maxAgeMinutes: 60,
      refresh: false,
      storeSnapshot: false,
      cursor: undefined,
      signal: NEVER,
    };

    test("after a change of policy a question is answered without a scan, and a mixture is mended", async () => {
      const first = await scan(OLD, estateOf([{ tags: { Team: "x" }, there: false }]));
      const other = await begin(store, { policyHash: "another", startedAt: clock.now() });
      await other.finish("failed");
      expect(await store.latestScanCovering(EVERYTHING)).toBeUndefined();
      const { ensureFresh, close } = fresh(true, NEW);
      const [one, two] = await Promise.all([ensureFresh(question), ensureFresh(question)]);
      for (const answer of [one, two])
        expect(answer).toMatchObject({
          scanned: false,
          refreshing: false,
          scan: { id: first.id, policyHash: NEW.policyHash },
        });
      expect(await counts(store)).toEqual({ non_compliant: 1 });
      await close();
    });

    test("while another process judges, one that goes on answers by the old policy and says so", {
      timeout: 60_000,
    }, async () => {
      await scan(OLD, estateOf([{ tags: { Team: "x" }, there: false }]));
      const elsewhere = await judging.begin(NEW.policyHash);
      if (elsewhere.kind !== "begun") throw new Error("Nothing hinders it.");
      const { ensureFresh, close } = fresh(true, NEW);
      expect(await ensureFresh(question)).toMatchObject({
        scanned: false,
        refreshing: true,
        scan: { policyHash: OLD.policyHash },
      });
      await elsewhere.judgement.abandon();
      await expect
        .poll(async () => (await ensureFresh(question)).scan.policyHash, { timeout: 30_000 })
        .toBe(NEW.policyHash);
      await close();
    });
  });
}

onEveryDatabase(tests);
