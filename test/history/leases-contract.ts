import type { Kysely } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runSlotOnce } from "../../src/scheduler/run-once.ts";
import { startScheduler } from "../../src/scheduler/scheduler.ts";
import { createPruneHistory } from "../../src/storage/history/prune.ts";
import { createInventoryStore } from "../../src/storage/inventory.ts";
import { createJobRuns, createLeases } from "../../src/storage/leases.ts";
import type { Database } from "../../src/storage/schema.ts";
import { begin, judged, manualClock, scanCell } from "../storage/estate.ts";
import type { TestDatabase } from "../storage/inventory-contract.ts";

const LIMITS = { silentAfterMs: 60, retryAfterMs: 300, maxAttempts: 3 };
const SLOT = 500_000;
/** Polls end as soon as they can; the limit is for a busy machine. */
const BUSY = { timeout: 30_000 };

/** What one process may do at a time, and what is removed with time, whatever database is under it. */
export function leasesContract(name: string, create: () => Promise<TestDatabase>): void {
  describe(`leases, job runs and retention on ${name}`, () => {
    let database: TestDatabase;
    let db: Kysely<Database>;
    let clock: ReturnType<typeof manualClock>;
    beforeEach(async () => {
      database = await create();
      db = await database.connect();
      clock = manualClock();
    });
    afterEach(async () => {
      await db.destroy();
      await database.dispose();
    });

    test("a lease has one holder until it is released or silent for too long", async () => {
      const [one, other] = [createLeases(db, clock), createLeases(db, clock)];
      const held = await one.acquire("x", 60);
      expect(held?.token).toBe(1);
      expect(await other.acquire("x", 60)).toBeNull();
      expect((await other.acquire("y", 60))?.token).toBe(1);
      clock.advance(50);
      expect(await held?.renew()).toBe(true);
      clock.advance(50);
      expect(await other.acquire("x", 60)).toBeNull();
      clock.advance(50);
      const taken = await other.acquire("x", 60);
      expect(taken?.token).toBe(2);
      expect(await held?.renew()).toBe(false);
      await held?.release();
      expect(await taken?.renew()).toBe(true);
      await taken?.release();
      expect((await one.acquire("x", 60))?.token).toBe(3);
    });

    test("of many who ask at once one gets the lease", async () => {
      const asked = await Promise.all(
        Array.from({ length: 20 }, () => createLeases(db, clock).acquire("x", 60)),
      );
      expect(asked.filter((lease) => lease !== null)).toHaveLength(1);
    });

    test("a slot is completed once: claimed by one, taken over when silent, retried when failed", async () => {
      const [one, other] = [createJobRuns(db, clock), createJobRuns(db, clock)];
      const first = await one.claim("job", SLOT, LIMITS);
      expect(first?.attempt).toBe(1);
      expect(await other.claim("job", SLOT, LIMITS)).toBeNull();
      clock.advance(61);
      const second = await other.claim("job", SLOT, LIMITS);
      expect(second?.attempt).toBe(2);
      expect(await first?.renew()).toBe(false);
      const done = { state: "done", scanId: "scan_1", error: null } as const;
      expect(await first?.finish(done)).toBe(false);
      expect(await second?.finish({ state: "failed", scanId: null, error: "internal" })).toBe(true);
      expect(await one.claim("job", SLOT, LIMITS)).toBeNull();
      clock.advance(300);
      const third = await one.claim("job", SLOT, LIMITS);
      expect(await third?.finish(done)).toBe(true);
      expect(await third?.finish(done)).toBe(false);
      clock.advance(1000);
      expect(await one.claim("job", SLOT, LIMITS)).toBeNull();
      expect(await other.last("job", ["done"])).toMatchObject({ attempt: 3, scanId: "scan_1" });
    });

    test("a slot that failed too often is left", async () => {
      const runs = createJobRuns(db, clock);
      for (let attempt = 1; attempt <= 3; attempt += 1) {
        const slot = await runs.claim("job", SLOT, LIMITS);
        expect(slot?.attempt).toBe(attempt);
        await slot?.finish({ state: "failed", scanId: null, error: "internal" });
        clock.advance(300);
      }
      expect(await runs.claim("job", SLOT, LIMITS)).toBeNull();
    });

    test("[P2-SNAPSHOT-2][P2-SNAPSHOT-7][P2-SNAPSHOT-12] two schedulers over one database run a slot once, and record what was missed", {
      timeout: 90_000,
    }, async () => {
      const day = 86_400_000;
      clock.advance(20_000 * day);
      const runs = createJobRuns(db, clock);
      const ran: string[] = [];
      const measured: Record<string, number> = {};
      const errors: string[] = [];
      const schedulers = ["a", "b"].map((owner) => {
        const own = createJobRuns(db, clock);
        return startScheduler({
          jobs: async () => [
            {
              name: "job",
              schedule: { cron: "0 2 * * *", timezone: "UTC" },
              alarms: true,
              run: async () => {
                ran.push(owner);
                return { scanId: "scan_1" };
              },
            },
          ],
          runs: async () => own,
          clock: async () => clock,
          logger: {
            debug() {},
            info() {},
            warn() {},
            error: (message) => void errors.push(message),
          },
          metrics: {
            record: (metric, value, labels) => {
              const series = [metric, ...Object.values(labels)].join(" ");
              measured[series] = (measured[series] ?? 0) + value;
            },
          },
          everyMs: 5,
        });
      });
      try {
        // A first start runs nothing: it only notes the slot that has passed.
        await expect.poll(() => runs.last("job", ["missed"]), BUSY).not.toBeNull();
        expect(ran).toEqual([]);
        clock.advance(3 * day);
        await expect.poll(() => runs.last("job", ["done"]), BUSY).not.toBeNull();
        expect(ran).toHaveLength(1);
        const states = await db.selectFrom("job_runs").select("state").orderBy("slot_at").execute();
        expect(states.map(({ state }) => state)).toEqual(["missed", "missed", "missed", "done"]);
        // Counted and told once, by whichever of the two recorded them; not the one before the first start.
        await expect
          .poll(() => measured, BUSY)
          .toEqual({ "scheduledRun job missed": 2, "scheduledRun job done": 1 });
        expect(errors.length).toBeGreaterThan(0);
      } finally {
        for (const scheduler of schedulers) await scheduler.stop();
      }
    });

    test("where no scheduler runs a job is done once a slot, and the next call goes on where one broke off", async () => {
      clock.advance(20_000 * 86_400_000);
      const runs = createJobRuns(db, clock);
      const outcomes = [new Error("broken off"), null];
      const job = {
        name: "retention",
        schedule: { cron: "40 4 * * *", timezone: "UTC" },
        run: () => {
          const failure = outcomes.shift();
          return failure instanceof Error
            ? Promise.reject(failure)
            : Promise.resolve({ scanId: null });
        },
      };
      const once = () => runSlotOnce(job, { runs, clock });
      expect([await once(), await once(), await once()]).toEqual([false, true, false]);
      clock.advance(86_400_000);
      expect(await once()).toBe(true);
    });

    test("retention removes what is older than its limit, and keeps what answers and baselines need", async () => {
      const store = createInventoryStore(db, { clock });
      const at: number[] = [];
      for (const [round, value] of ["a", "b", "c"].entries()) {
        at.push(clock.now());
        const writer = await begin(store, {
          id: `kept-${round}`,
          snapshot: round < 2,
          startedAt: clock.now(),
        });
        await writer.finish("complete");
        await scanCell(store, [
          judged("i-1", { tags: { Team: value } }),
          ...(round === 0 ? [judged("i-2")] : []),
        ]);
        clock.advance(100);
      }
      const prune = createPruneHistory(db);
      const never = new AbortController().signal;
      const nothing = { scansMs: 0, snapshotsMs: 0, tagChangesMs: 0, goneResourcesMs: 0 };
      const none = { scans: 0, snapshots: 0, tagChanges: 0, goneResources: 0 };
      expect(await prune(nothing, never)).toEqual(none);
      const second = at[1] ?? 0;
      const marks = () => db.selectFrom("scan_marks").select("at").orderBy("at").execute();
      expect(await prune({ ...nothing, tagChangesMs: second + 50 }, never)).toMatchObject({
        // i-1 changed and i-2 went in the second round.
        tagChanges: 2,
      });
      expect(await marks()).toHaveLength(2);
      expect(await prune({ ...nothing, snapshotsMs: second }, never)).toMatchObject({
        snapshots: 1,
      });
      expect(
        await db.selectFrom("snapshot_counts").select("scan_no").distinct().execute(),
      ).toHaveLength(1);
      const gone = await prune({ ...nothing, goneResourcesMs: clock.now() }, never);
      expect(gone).toMatchObject({ goneResources: 1 });
      const resources = await db.selectFrom("resources").select("resource_key").execute();
      expect(resources).toEqual([{ resource_key: "i-1" }]);
      const { id: latest } = (await store.latestScanCovering({
        clouds: [],
        accounts: [],
        regions: [],
        resourceTypes: [],
      })) ?? { id: "" };
      await prune({ ...nothing, scansMs: clock.now() + 1 }, never);
      const left = await db.selectFrom("scans").select("id").orderBy("no").execute();
      expect(left.map(({ id }) => id)).toEqual(["kept-1", latest]);
      expect(await store.findScan(latest)).toBeDefined();
      await store.close();
      db = await database.connect();
    });
  });
}
