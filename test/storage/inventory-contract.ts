import type { Kysely } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CELL_STATUSES } from "../../src/domain/scan/cell.ts";
import { EVERYTHING } from "../../src/domain/scan/scope.ts";
import type { InventoryStore } from "../../src/ports/inventory.ts";
import { createInventoryStore } from "../../src/storage/inventory.ts";
import type { Database } from "../../src/storage/schema.ts";
import {
  ACCOUNT,
  allViolations,
  begin,
  cell,
  counts,
  judged,
  manualClock,
  missing,
  outcome,
  scanCell,
} from "./estate.ts";
import { keptCounts, recount } from "./recount.ts";

/** One empty database that several connections can be opened to. */
export interface TestDatabase {
  connect(): Promise<Kysely<Database>>;
  dispose(): Promise<void>;
}

/** What every inventory store does, whatever database is under it. */
export function inventoryContract(name: string, create: () => Promise<TestDatabase>): void {
  describe(`inventory store on ${name}`, () => {
    let database: TestDatabase;
    let db: Kysely<Database>;
    let store: InventoryStore;
    let clock: ReturnType<typeof manualClock>;

    beforeEach(async () => {
      database = await create();
      db = await database.connect();
      clock = manualClock();
      store = createInventoryStore(db, { clock });
    });
    afterEach(async () => {
      expect(await keptCounts(db)).toEqual(await recount(db));
      await store.close();
      await database.dispose();
    });

    test("an empty inventory has no counts, no violations, no coverage and no scan", async () => {
      expect(await store.breakdown({ scope: EVERYTHING, severities: [] })).toEqual([]);
      expect(await store.tally({ scope: EVERYTHING, severities: [] })).toEqual([]);
      expect(await allViolations(store)).toEqual([]);
      expect(await store.coverage(EVERYTHING)).toEqual([]);
      expect(await store.latestScanCovering(EVERYTHING)).toBeUndefined();
      expect(await store.findScan("scan_none")).toBeUndefined();
    });

    test("counts and violations answer by place, in a stable order", async () => {
      const other = cell({ account: "000000000002", region: "eu-west-1" });
      const writer = await begin(store);
      await writer.saveResources(cell(), [
        judged("i-1", { violations: [missing("Team", "warning"), missing("CostCenter")] }),
        judged("i-2", { verdict: "exempt" }),
        judged("i-3", { verdict: "unknown", tags: null }),
      ]);
      await writer.saveResources(other, [
        judged("i-9", {
          account: other.account,
          region: other.region,
          violations: [missing("CostCenter")],
        }),
      ]);
      expect(await store.breakdown({ scope: EVERYTHING, severities: ["warning"] })).toEqual([
        {
          cloud: "aws",
          account: "000000000002",
          region: "eu-west-1",
          resourceType: "ec2:instance",
          counts: { compliant: 0, non_compliant: 1, exempt: 0, unknown: 0, out_of_scope: 0 },
        },
        {
          cloud: "aws",
          account: ACCOUNT,
          region: "us-east-1",
          resourceType: "ec2:instance",
          counts: { compliant: 0, non_compliant: 1, exempt: 1, unknown: 1, out_of_scope: 0 },
        },
      ]);
      expect(await store.tally({ scope: EVERYTHING, severities: [] })).toEqual([
        tallied("CostCenter", "error", 2),
        tallied("Team", "warning", 1),
      ]);
      expect(await store.tally({ scope: EVERYTHING, severities: ["warning"] })).toEqual([
        tallied("Team", "warning", 1),
      ]);
      const listed = (await allViolations(store, { limit: 1 })).map((v) => [v.resourceId, v.tag]);
      expect(listed).toEqual([
        ["i-9", "CostCenter"],
        ["i-1", "CostCenter"],
        ["i-1", "Team"],
      ]);
      const narrow = { ...EVERYTHING, regions: ["us-east-1"], accounts: [ACCOUNT] };
      expect(await allViolations(store, { scope: narrow, severities: ["error"] })).toEqual([
        {
          resourceId: "i-1",
          resourceType: "ec2:instance",
          cloud: "aws",
          account: ACCOUNT,
          region: "us-east-1",
          ...missing("CostCenter"),
        },
      ]);
      expect(await counts(store, { ...EVERYTHING, clouds: ["gcp"] })).toEqual({});
    });

    test("seen again: tags, verdict and violations are replaced, nothing is counted twice", async () => {
      await scanCell(store, [judged("i-1", { violations: [missing("Team"), missing("Owner")] })]);
      await scanCell(store, [judged("i-1", { violations: [missing("Owner")] })]);
      expect(await counts(store)).toEqual({ non_compliant: 1 });
      expect((await allViolations(store)).map((v) => v.tag)).toEqual(["Owner"]);
      await scanCell(store, [judged("i-1")]);
      expect(await counts(store)).toEqual({ compliant: 1 });
      expect(await store.tally({ scope: EVERYTHING, severities: [] })).toEqual([]);
    });

    test("tags are stored as last read, in any order, unreadable apart from none", async () => {
      const stored = async () =>
        (await db.selectFrom("resources").select("tags").execute()).map((row) => row.tags);
      for (const [tags, expected] of [
        [{ Team: "b", Owner: "a" }, '[["Owner","a"],["Team","b"]]'],
        [{ Owner: "a", Team: "c" }, '[["Owner","a"],["Team","c"]]'],
        [{}, "[]"],
        [null, null],
      ] as const) {
        await scanCell(store, [judged("i-1", { tags })]);
        expect(await stored()).toEqual([expected]);
      }
    });

    test("a resource that is twice in a page counts once, as last read", async () => {
      await scanCell(store, [judged("i-1", { violations: [missing("Team")] }), judged("i-1")]);
      expect(await counts(store)).toEqual({ compliant: 1 });
    });

    test("Azure ids and types are one thing in any spelling and keep the spelling of the cloud", async () => {
      const azure = { cloud: "azure", region: "westeurope" } as const;
      const of = cell({ ...azure, resourceType: "*" });
      const type = "Microsoft.Compute/virtualMachines";
      const violations = [missing("Team")];
      await scanCell(store, [judged("/subscriptions/S/vm", { ...azure, type, violations })], {
        of,
      });
      await scanCell(
        store,
        [judged("/SUBSCRIPTIONS/s/VM", { ...azure, type: type.toLowerCase(), violations })],
        { of },
      );
      expect(await counts(store, { ...EVERYTHING, resourceTypes: [type.toUpperCase()] })).toEqual({
        non_compliant: 1,
      });
      const [violation] = await allViolations(store);
      expect(violation).toMatchObject({ resourceId: "/SUBSCRIPTIONS/s/VM", resourceType: type });
    });

    test("a page outside its cell is refused whole", async () => {
      const writer = await begin(store);
      const page = [judged("i-1"), judged("i-2", { region: "eu-west-1" })];
      await expect(writer.saveResources(cell(), page)).rejects.toMatchObject({ code: "internal" });
      expect(await counts(store)).toEqual({});
    });

    test.each(CELL_STATUSES.filter((status) => status !== "complete"))(
      "what a cell that ends %s did not see again is unknown, not its old verdict",
      async (status) => {
        await scanCell(store, [judged("i-1"), judged("i-2", { violations: [missing("Team")] })]);
        await scanCell(store, [judged("i-1")], { status, reason: "throttled" });
        expect(await counts(store)).toEqual({ compliant: 1, unknown: 1 });
        expect(await allViolations(store)).toEqual([]);
        expect(await store.coverage(EVERYTHING)).toEqual([
          { ...outcome(cell(), status, "throttled"), resources: 1 },
        ]);
        // The next complete read knows again.
        await scanCell(store, [judged("i-1"), judged("i-2", { violations: [missing("Team")] })]);
        expect(await counts(store)).toEqual({ compliant: 1, non_compliant: 1 });
        expect(await allViolations(store)).toHaveLength(1);
      },
    );

    test("only a complete cell concludes that a resource is gone; it may come back", async () => {
      await scanCell(store, [judged("i-1"), judged("i-2", { violations: [missing("Team")] })]);
      await scanCell(store, [judged("i-1")]);
      await scanCell(store, [judged("i-1")]);
      expect(await counts(store)).toEqual({ compliant: 1 });
      expect(await store.tally({ scope: EVERYTHING, severities: [] })).toEqual([]);
      await scanCell(store, [judged("i-1"), judged("i-2", { violations: [missing("Team")] })]);
      expect(await counts(store)).toEqual({ compliant: 1, non_compliant: 1 });
    });

    test("a cell with * concludes over every region and type of its account and no other", async () => {
      const writer = await begin(store);
      const places = [
        { region: "us-east-1", type: "ec2:instance" },
        { region: "eu-west-1", type: "s3:bucket" },
        { account: "999999999999" },
      ];
      for (const [index, place] of places.entries()) {
        const resource = judged(`r-${index}`, place);
        const of = cell({ ...resource.resource, resourceType: resource.resource.type });
        await writer.saveResources(of, [resource]);
        await writer.endCell(outcome(of, "complete", null));
      }
      await writer.finish("complete");
      const again = await begin(store);
      await again.endCell(outcome(cell({ region: "*", resourceType: "*" }), "complete", null));
      expect(await store.breakdown({ scope: EVERYTHING, severities: [] })).toMatchObject([
        { account: "999999999999" },
      ]);
    });

    test("a resource that moved to another cell in the same scan is not gone", async () => {
      const [east, west] = [cell(), cell({ region: "us-west-2" })];
      for (const moveFirst of [true, false]) {
        await scanCell(store, [judged("i-1", { violations: [missing("Team")] })], { of: east });
        const writer = await begin(store);
        const move = () =>
          writer.saveResources(west, [
            judged("i-1", { region: "us-west-2", violations: [missing("Team")] }),
          ]);
        if (moveFirst) await move();
        await writer.endCell(outcome(east, "complete", null));
        if (!moveFirst) await move();
        await writer.endCell(outcome(west, "complete", null));
        await writer.finish("complete");
        expect(await store.breakdown({ scope: EVERYTHING, severities: [] })).toMatchObject([
          { region: "us-west-2", counts: { non_compliant: 1 } },
        ]);
        expect(await allViolations(store)).toMatchObject([{ region: "us-west-2" }]);
      }
    });

    test("what another scan saw since this one began is neither gone nor unknown", async () => {
      const slow = await begin(store);
      clock.advance(1);
      await scanCell(store, [judged("i-new")]);
      await slow.endCell(outcome(cell(), "complete", null));
      await slow.finish("complete");
      expect(await counts(store)).toEqual({ compliant: 1 });
    });

    test("a cancelled scan makes nothing unknown that it did not read", async () => {
      await scanCell(store, [judged("i-1"), judged("i-2")]);
      const writer = await begin(store);
      await writer.saveResources(cell(), [judged("i-1", { violations: [missing("Team")] })]);
      await writer.endCell(outcome(cell(), "partial", "cancelled"));
      await writer.finish("cancelled");
      expect(await counts(store)).toEqual({ compliant: 1, non_compliant: 1 });
      expect(await store.coverage(EVERYTHING)).toMatchObject([{ status: "complete" }]);
    });

    test("a finished scan answers for its whole scope: what it never read is unknown", async () => {
      const removed = cell({ account: "999999999999" });
      await scanCell(store, [judged("i-1", { account: removed.account })], { of: removed });
      await scanCell(store, [judged("i-2")], { scope: { ...EVERYTHING, accounts: [ACCOUNT] } });
      expect(await counts(store)).toEqual({ compliant: 2 });
      await scanCell(store, [judged("i-2")]);
      expect(await counts(store)).toEqual({ compliant: 1, unknown: 1 });
    });

    test("coverage forgets a gap once the ground was scanned anew in other cells", async () => {
      const whole = cell({ account: "*", region: "*", resourceType: "*" });
      const failed = await begin(store);
      await failed.endCell(outcome(whole, "failed", "credentials_missing"));
      await failed.finish("failed");
      expect(await store.coverage(EVERYTHING)).toEqual([
        outcome(whole, "failed", "credentials_missing"),
      ]);
      await scanCell(store, [], { scope: { ...EVERYTHING, accounts: [ACCOUNT] } });
      expect(await store.coverage(EVERYTHING)).toHaveLength(2);
      expect(await store.coverage({ ...EVERYTHING, accounts: [ACCOUNT] })).toEqual([
        outcome(cell(), "complete", null),
      ]);
      await scanCell(store, []);
      expect(await store.coverage(EVERYTHING)).toEqual([outcome(cell(), "complete", null)]);
      expect(await store.coverage({ ...EVERYTHING, regions: ["eu-west-1"] })).toEqual([]);
    });

    test("an outcome of a scan that began earlier does not replace a later one", async () => {
      const early = await begin(store);
      await scanCell(store, [], { scope: { ...EVERYTHING, accounts: [ACCOUNT] } });
      await early.endCell(outcome(cell(), "denied", "access_denied"));
      await early.finish("failed");
      expect(await store.coverage(EVERYTHING)).toMatchObject([{ status: "complete" }]);
    });

    test("an unreadable cell is known at once, a complete one when its scan has ended", async () => {
      await scanCell(store, [], { status: "partial", reason: "tagged_only" });
      const writer = await begin(store);
      const west = cell({ region: "us-west-2" });
      await writer.endCell(outcome(cell(), "complete", null));
      await writer.endCell(outcome(west, "denied", "access_denied"));
      const statuses = async () => (await store.coverage(EVERYTHING)).map((one) => one.status);
      expect(await statuses()).toEqual(["partial", "denied"]);
      await writer.finish("partial");
      expect(await statuses()).toEqual(["complete", "denied"]);
    });

    test("a gap of a whole cloud makes everything of that cloud unknown", async () => {
      await scanCell(store, [judged("i-1"), judged("i-2", { verdict: "exempt" })]);
      const writer = await begin(store);
      const whole = cell({ account: "*", region: "*", resourceType: "*" });
      await writer.endCell(outcome(whole, "failed", "credentials_expired"));
      expect(await counts(store)).toEqual({ unknown: 2 });
    });

    test("the latest scan that covers a scope is the one begun last, whatever finished later", async () => {
      const ofAccount = { ...EVERYTHING, accounts: [ACCOUNT] };
      const wide = await begin(store, { id: "wide" });
      const narrow = await begin(store, { id: "narrow", scope: ofAccount, snapshot: true });
      expect(await store.findScan("wide")).toMatchObject({ status: "running", finishedAt: null });
      expect(await store.latestScanCovering(ofAccount)).toBeUndefined();
      const finished = await narrow.finish("partial");
      expect(finished).toMatchObject({ id: "narrow", status: "partial", snapshot: true });
      expect(await store.findScan("narrow")).toEqual(finished);
      await wide.finish("complete");
      expect((await store.latestScanCovering(ofAccount))?.id).toBe("narrow");
      expect((await store.latestScanCovering(EVERYTHING))?.id).toBe("wide");
      const cancelled = await begin(store, { id: "cancelled" });
      await cancelled.finish("cancelled");
      expect((await store.latestScanCovering(EVERYTHING))?.id).toBe("wide");
    });

    test("no scan covers ground on which the verdicts of two policies are mixed", async () => {
      const ofAccount = { ...EVERYTHING, accounts: [ACCOUNT] };
      const elsewhere = { ...EVERYTHING, accounts: ["999999999999"] };
      const finish = async (id: string, policyHash: string, scope = EVERYTHING) => {
        await (await begin(store, { id, policyHash, scope })).finish("complete");
      };
      await finish("old", "policy-1");
      await finish("new", "policy-2", ofAccount);
      expect(await store.latestScanCovering(EVERYTHING)).toBeUndefined();
      expect((await store.latestScanCovering(ofAccount))?.id).toBe("new");
      expect((await store.latestScanCovering(elsewhere))?.id).toBe("old");
      const slow = await begin(store, { policyHash: "policy-0", scope: elsewhere });
      await finish("newer", "policy-1", elsewhere);
      expect(await store.latestScanCovering(elsewhere)).toBeUndefined();
      await slow.finish("cancelled");
      const reader = await begin(store, { policyHash: "policy-3" });
      expect(await store.latestScanCovering(ofAccount)).toBeUndefined();
      await reader.finish("cancelled");
      await finish("newest", "policy-2");
      expect((await store.latestScanCovering(EVERYTHING))?.id).toBe("newest");
    });

    test("pages walk on where a page ends with the last violation of a place", async () => {
      const writer = await begin(store);
      const regions = ["a-1", "b-2", "c-3", "d-4"];
      for (const region of regions)
        await writer.saveResources(cell({ region }), [
          judged(`i-${region}`, { region, violations: [missing("Team")] }),
        ]);
      for (const limit of [1, 2, 3, 4]) {
        const listed = await allViolations(store, { limit });
        expect(listed.map((violation) => violation.region)).toEqual(regions);
      }
    });

    test("a position outlives its violation: no violation is given out twice or lost", async () => {
      const page = ["i-1", "i-2", "i-3"].map((id) => judged(id, { violations: [missing("Team")] }));
      await scanCell(store, page);
      const filter = { scope: EVERYTHING, severities: [] };
      const first = await store.violations(filter, { limit: 2, after: null });
      await scanCell(store, [judged("i-1"), judged("i-2"), ...page.slice(2)]);
      const second = await store.violations(filter, { limit: 2, after: first.next });
      expect(second.violations.map((v) => v.resourceId)).toEqual(["i-3"]);
      expect(second.next).toBeNull();
    });

    test.each([-1, 2 ** 53, 1.5, 2 ** 45])("position %d was never given out", async (afterRow) => {
      const asked = store.violations(
        { scope: EVERYTHING, severities: [] },
        { limit: 1, after: { afterRow } },
      );
      await expect(asked).rejects.toMatchObject({ code: "cursor_invalid" });
    });

    test("a closed scan takes no more writes", async () => {
      const writer = await begin(store);
      await writer.finish("complete");
      const refused = { code: "storage_unavailable" };
      await expect(writer.saveResources(cell(), [judged("i-1")])).rejects.toMatchObject(refused);
      await expect(writer.endCell(outcome(cell(), "complete", null))).rejects.toMatchObject(
        refused,
      );
      await expect(writer.finish("failed")).rejects.toMatchObject(refused);
    });

    test("an abandoned scan is failed by its silence alone, and its complete cells are not believed", async () => {
      const other = createInventoryStore(await database.connect(), { clock });
      const dead = await begin(store, { id: "dead" });
      await dead.saveResources(cell(), [judged("i-1")]);
      await dead.endCell(outcome(cell(), "complete", null));
      clock.advance(59_000);
      expect(await other.failAbandonedScans()).toBe(0);
      await dead.saveResources(cell(), [judged("i-2")]);
      clock.advance(59_000);
      expect(await other.failAbandonedScans()).toBe(0);
      clock.advance(2_000);
      expect(await store.failAbandonedScans()).toBe(0);
      expect(await other.failAbandonedScans()).toBe(1);
      expect(await other.findScan("dead")).toMatchObject({ status: "failed" });
      expect(await other.coverage(EVERYTHING)).toEqual([]);
      expect(await counts(other)).toEqual({ compliant: 2 });
      await expect(dead.finish("complete")).rejects.toMatchObject({ code: "storage_unavailable" });
      await other.close();
    });

    test("the heartbeat keeps a scan alive that waits for its cloud", async () => {
      const waiting = createInventoryStore(await database.connect(), { clock, heartbeatMs: 5 });
      await begin(waiting);
      clock.advance(120_000);
      await expect
        .poll(async () => (await db.selectFrom("scans").select("heartbeat_at").execute())[0])
        .toEqual({ heartbeat_at: clock.now() });
      expect(await store.failAbandonedScans()).toBe(0);
      await waiting.close();
    });

    test("closing the store cancels its running scans", async () => {
      const other = createInventoryStore(await database.connect(), { clock });
      const writer = await begin(other, { id: "open" });
      await other.close();
      const refused = { code: "storage_unavailable" };
      await expect(writer.saveResources(cell(), [])).rejects.toMatchObject(refused);
      expect(await store.findScan("open")).toMatchObject({ status: "cancelled" });
    });

    test("the signing key is 32 bytes, and one per database", async () => {
      const other = createInventoryStore(await database.connect(), { clock });
      const [one, two] = await Promise.all([store.signingKey(), other.signingKey()]);
      expect(one).toHaveLength(32);
      expect(Buffer.from(one)).toEqual(Buffer.from(two));
      expect(new Set(one).size).toBeGreaterThan(8);
      await other.close();
    });
  });
}

function tallied(tag: string, severity: "error" | "warning", count: number) {
  return { kind: "missing_required_tag", tag, severity, cloud: "aws", count };
}
