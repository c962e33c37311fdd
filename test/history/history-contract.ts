import type { Kysely } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CELL_STATUSES } from "../../src/domain/scan/cell.ts";
import { EVERYTHING } from "../../src/domain/scan/scope.ts";
import type { HistoryStore, StoredChange } from "../../src/ports/history.ts";
import type { InventoryStore } from "../../src/ports/inventory.ts";
import { createHistoryStore } from "../../src/storage/history/store.ts";
import { createInventoryStore } from "../../src/storage/inventory.ts";
import type { Database } from "../../src/storage/schema.ts";
import {
  ACCOUNT,
  begin,
  cell,
  judged,
  manualClock,
  missing,
  outcome,
  scanCell,
} from "../storage/estate.ts";
import type { TestDatabase } from "../storage/inventory-contract.ts";

const START = { changeNo: 0, resourceNo: 0 };

/** What every history store does, whatever database is under it. */
export function historyContract(name: string, create: () => Promise<TestDatabase>): void {
  describe(`history store on ${name}`, () => {
    let database: TestDatabase;
    let db: Kysely<Database>;
    let store: InventoryStore;
    let history: HistoryStore;
    let clock: ReturnType<typeof manualClock>;

    beforeEach(async () => {
      database = await create();
      db = await database.connect();
      clock = manualClock();
      store = createInventoryStore(db, { clock });
      history = createHistoryStore(db);
    });
    afterEach(async () => {
      await store.close();
      await database.dispose();
    });

    const recorded = async (): Promise<readonly StoredChange[]> =>
      (await Array.fromAsync(history.changes(START, await history.mark()))).flat();
    const said = async () =>
      (await recorded()).map(({ kind, key, from, to, afterMs, seenMs }) => [
        kind,
        key,
        from,
        to,
        afterMs - 1_000_000,
        seenMs - 1_000_000,
      ]);
    const scan = async (tags: Readonly<Record<string, string>> | null) => {
      await scanCell(store, [
        judged("i-1", { tags, verdict: tags === null ? "unknown" : "compliant" }),
      ]);
      clock.advance(10);
    };

    test("a first sight is no change; each key that differs later is one, with its window", async () => {
      await scan({ Team: "a", Env: "prod", Gone: "x" });
      await scan({ Team: "a", Env: "prod", Gone: "x" });
      await scan({ Team: "b", Env: "prod", New: "" });
      expect(await said()).toEqual([
        ["tag_removed", "Gone", "x", null, 10, 20],
        ["tag_added", "New", null, "", 10, 20],
        ["tag_changed", "Team", "a", "b", 10, 20],
      ]);
    });

    test("tags that could not be read make no change; what is read next is held against what was known", async () => {
      await scan({ Team: "a" });
      await scan(null);
      await scan(null);
      await scan({ Team: "a" });
      expect(await said()).toEqual([]);
      await scan(null);
      await scan({ Team: "b" });
      // Known last at 30; the two reads between could not tell.
      expect(await said()).toEqual([["tag_changed", "Team", "a", "b", 30, 50]]);
    });

    test("tags that were never read before are no change", async () => {
      await scan(null);
      await scan({ Team: "a" });
      expect(await said()).toEqual([]);
    });

    test("another verdict alone is no change", async () => {
      await scanCell(store, [judged("i-1", { tags: { Team: "a" } })]);
      await scanCell(store, [
        judged("i-1", { tags: { Team: "a" }, violations: [missing("Owner")] }),
      ]);
      expect(await said()).toEqual([]);
    });

    test.each(CELL_STATUSES)("a resource that a cell ending %s did not see", async (status) => {
      await scanCell(store, [judged("i-1"), judged("i-2")]);
      clock.advance(10);
      const reason = status === "complete" ? null : "throttled";
      await scanCell(store, [judged("i-1")], { status, reason });
      expect(await said()).toEqual(
        status === "complete" ? [["resource_gone", null, null, null, 0, 10]] : [],
      );
    });

    test("a resource that comes back is said to, and what its tags became meanwhile", async () => {
      await scan({ Team: "a" });
      await scanCell(store, []);
      clock.advance(10);
      await scan({ Team: "b" });
      expect(await said()).toEqual([
        ["resource_gone", null, null, null, 0, 10],
        ["resource_returned", null, null, null, 10, 20],
        ["tag_changed", "Team", "a", "b", 0, 20],
      ]);
    });

    test("resources are told as they were at a mark, also when their tags cannot be read now", async () => {
      const marks = [];
      const states = [{ Team: "a" }, { Team: "b", New: "1" }, { New: "2" }] as const;
      for (const tags of states) {
        await scan(tags);
        marks.push(await history.mark());
      }
      await scan(null);
      for (const [at, mark] of marks.entries()) {
        const [resource] = [...(await history.resourcesAt([1], mark)).values()];
        const tags = Object.fromEntries(
          (resource?.tags ?? []).map(({ key, value }) => [key, value]),
        );
        expect(tags).toEqual(states[at]);
      }
    });

    test("shares of the changes hold each change once and all changes of a resource together", async () => {
      const page = (value: string) =>
        Array.from({ length: 20 }, (_, at) => judged(`i-${at}`, { tags: { A: value, B: value } }));
      for (const value of ["1", "2", "3"]) await scanCell(store, page(value));
      const mark = await history.mark();
      expect(await history.countChanges(START, mark)).toBe(80);
      const numbers: number[] = [];
      const owners = new Map<number, number>();
      for (const at of [0, 1, 2]) {
        for await (const some of history.changes(START, mark, { at, of: 3 }))
          for (const change of some) {
            numbers.push(change.no);
            expect(owners.get(change.resourceNo) ?? at).toBe(at);
            owners.set(change.resourceNo, at);
          }
      }
      expect(numbers.toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: 80 }, (_, i) => i + 1),
      );
    });

    test("resources first seen between two marks are new, those of before and the gone are not", async () => {
      await scanCell(store, [judged("i-1")]);
      const before = await history.mark();
      await scanCell(store, [judged("i-1"), judged("i-2"), judged("i-3")]);
      await scanCell(store, [judged("i-1"), judged("i-2")]);
      expect([
        ...(await history.newResources(before, await history.mark(), clock.now())).values(),
      ]).toEqual([1]);
    });

    test("every finished scan can be compared with, a failed one cannot", async () => {
      const writer = await begin(store, { id: "failed" });
      await writer.finish("failed");
      const kept = await scanCell(store, []);
      clock.advance(10);
      const later = await scanCell(store, [], { status: "partial", reason: "tagged_only" });
      const ids = async (untilMs?: number) =>
        (await Array.fromAsync(history.baselines(untilMs))).map(({ scanId }) => scanId);
      expect(await ids()).toEqual([later.id, kept.id]);
      expect(await ids(clock.now() - 1)).toEqual([kept.id]);
      expect(await history.baseline("failed")).toBeUndefined();
      expect(await history.baseline(kept.id)).toMatchObject({ scanId: kept.id, snapshot: null });
      expect(await history.cellsOf(later.id)).toMatchObject([{ status: "partial" }]);
    });

    test("[P2-SNAPSHOT-10] a snapshot keeps its kind, coverage and counts for every filter", async () => {
      const other = cell({ account: "000000000002", resourceType: "s3:bucket" });
      const writer = await begin(store, { id: "daily", snapshot: true, snapshotKind: "scheduled" });
      await writer.saveResources(cell(), [
        judged("i-1", { violations: [missing("Team"), missing("Owner", "warning")] }),
        judged("i-2", { verdict: "exempt" }),
      ]);
      await writer.saveResources(other, [
        judged("b", { account: other.account, type: "S3:Bucket", violations: [missing("Team")] }),
        judged("c", { account: other.account, type: "s3:bucket" }),
      ]);
      await writer.endCell(outcome(cell(), "complete", null));
      await writer.endCell(outcome(other, "partial", "tagged_only"));
      await writer.finish("partial");
      await scanCell(store, [], { of: cell({ region: "eu-west-1" }) });
      const [snapshot, ...rest] = await history.snapshots({ fromMs: 0, toMs: 2_000_000 });
      expect(rest).toEqual([]);
      expect(snapshot).toMatchObject({
        scanId: "daily",
        kind: "scheduled",
        policyHash: "policy",
        cellsTotal: 2,
        cellsComplete: 1,
      });
      const no = snapshot?.no ?? 0;
      const none = { clouds: [], accounts: [], resourceTypes: [] };
      const all = { compliant: 1, non_compliant: 2, exempt: 1, unknown: 0, out_of_scope: 0 };
      const first = { ...all, compliant: 0, non_compliant: 1, errors: 1, warnings: 1 };
      const second = { ...all, compliant: 1, non_compliant: 1, exempt: 0, errors: 1, warnings: 0 };
      const cases = [
        [none, { ...all, errors: 2, warnings: 1 }],
        [
          { ...none, clouds: ["aws"] },
          { ...all, errors: 2, warnings: 1 },
        ],
        [{ ...none, clouds: ["gcp"] }, undefined],
        [{ ...none, accounts: [ACCOUNT] }, first],
        [
          { ...none, accounts: [ACCOUNT, other.account] },
          { ...all, errors: 2, warnings: 1 },
        ],
        [{ ...none, resourceTypes: ["S3:BUCKET"] }, second],
        [{ ...none, clouds: ["azure"], resourceTypes: ["s3:bucket"] }, undefined],
      ] as const;
      for (const [filter, counts] of cases)
        expect((await history.countsOf({ from: no, to: no }, filter)).get(no)).toEqual(counts);
      expect(await history.findingsOf({ from: no, to: no }, { tag: "Team", clouds: [] })).toEqual([
        { no, kind: "missing_required_tag", severity: "error", count: 2 },
      ]);
    });

    test("only scans that were asked to be kept are snapshots, and failed ones are none", async () => {
      await scanCell(store, [judged("i-1")]);
      const failing = await begin(store, { snapshot: true });
      await failing.finish("failed");
      const asked = await begin(store, { id: "asked", snapshot: true });
      await asked.finish("complete");
      expect(await history.snapshots({ fromMs: 0, toMs: 2_000_000 })).toMatchObject([
        { scanId: "asked", kind: "ad_hoc" },
      ]);
    });

    test("places are those of the scope", async () => {
      await scanCell(store, [judged("i-1")]);
      expect(await history.places({ ...EVERYTHING, accounts: [ACCOUNT] })).toMatchObject([
        { cloud: "aws", account: ACCOUNT, region: "us-east-1", resourceType: "ec2:instance" },
      ]);
      expect(await history.places({ ...EVERYTHING, clouds: ["gcp"] })).toEqual([]);
    });
  });
}
