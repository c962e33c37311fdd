import type { Kysely } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sha256 } from "../../src/app/policy/sha256.ts";
import { createDetectTagDrift } from "../../src/app/tag-drift/detect-tag-drift.ts";
import { createGetViolationHistory } from "../../src/app/violation-history.ts";
import { compilePolicy } from "../../src/domain/policy/compile.ts";
import { parsePolicy } from "../../src/domain/policy/parse.ts";
import { createCatalogue } from "../../src/domain/resource-type.ts";
import { EVERYTHING } from "../../src/domain/scan/scope.ts";
import type { InventoryStore, JudgedResource } from "../../src/ports/inventory.ts";
import { createPruneHistory } from "../../src/storage/history/prune.ts";
import { createHistoryStore } from "../../src/storage/history/store.ts";
import { createInventoryStore } from "../../src/storage/inventory.ts";
import type { Database } from "../../src/storage/schema.ts";
import { onEveryDatabase } from "../storage/databases.ts";
import { begin, cell, judged, manualClock, missing, outcome, scanCell } from "../storage/estate.ts";
import type { TestDatabase } from "../storage/inventory-contract.ts";

const DAY = 86_400_000;
const START = Date.UTC(2026, 2, 1, 2);
const catalogue = createCatalogue([
  { cloud: "aws", id: "ec2:instance", category: "other", billable: true, taggable: true },
]);
const text = JSON.stringify({ version: "2.0", required_tags: [{ name: "Team" }] });
const policy = compilePolicy(parsePolicy(text, { catalogue, atMs: 0, sha256 }), catalogue);

function questions(name: string, create: () => Promise<TestDatabase>): void {
  describe(`questions about the past on ${name}`, () => {
    let database: TestDatabase;
    let db: Kysely<Database>;
    let store: InventoryStore;
    let clock: ReturnType<typeof manualClock>;
    beforeEach(async () => {
      database = await create();
      db = await database.connect();
      clock = manualClock(START);
      store = createInventoryStore(db, { clock });
    });
    afterEach(async () => {
      await store.close();
      await database.dispose();
    });

    const snapshot = async (
      page: readonly JudgedResource[],
      as: { readonly kind?: "scheduled" | "ad_hoc"; readonly policyHash?: string } = {},
    ) => {
      const { kind = "scheduled", policyHash = "p" } = as;
      const writer = await begin(store, {
        startedAt: clock.now(),
        snapshot: true,
        snapshotKind: kind,
        policyHash,
      });
      await writer.saveResources(cell(), page);
      await writer.endCell({ ...outcome(cell(), "complete", null), resources: page.length });
      await writer.finish("complete");
    };
    const estate = (bad: number): readonly JudgedResource[] =>
      Array.from({ length: 10 }, (_, at) =>
        judged(`i-${at}`, at < bad ? { violations: [missing("Team")] } : {}),
      );
    const history = (
      request: {
        readonly tag?: string;
        readonly includeAdHoc?: boolean;
        readonly daysBack?: number;
        readonly keptDays?: number;
      } = {},
    ) =>
      createGetViolationHistory({
        history: createHistoryStore(db),
        catalogue,
        clock,
        keptDays: request.keptDays ?? 20,
      })({
        clouds: [],
        accounts: [],
        resourceTypes: [],
        tag: request.tag,
        daysBack: request.daysBack ?? 30,
        grouping: "day",
        includeAdHoc: request.includeAdHoc ?? false,
      });

    test("[P2-SNAPSHOT-14][P2-SNAPSHOT-15][P2-SNAPSHOT-16] trends rest on scheduled snapshots, and a day without one stays a gap", async () => {
      for (const bad of [8, 6, null, 4, 2]) {
        if (bad !== null) await snapshot(estate(bad));
        // Neither of these is part of the trend.
        await snapshot(estate(10), { kind: "ad_hoc" });
        await scanCell(store, estate(10));
        clock.advance(DAY);
      }
      clock.advance(-DAY);
      const result = await history();
      expect(result.points.map(({ snapshot: one }) => one?.score ?? null)).toEqual([
        0.2,
        0.4,
        null,
        0.6,
        0.8,
      ]);
      expect(result).toMatchObject({ gaps: 1, snapshotCount: 4 });
      expect(result.trend).toMatchObject({ direction: "improving", points: 4, days: 4 });
      expect(result.beyondRetention).toBe(clock.now() - 20 * DAY);
      const ofTag = await history({ tag: "Team" });
      expect(ofTag.points.map(({ snapshot: one }) => one?.tagViolations ?? null)).toEqual([
        8,
        6,
        null,
        4,
        2,
      ]);
      expect(ofTag.trend.direction).toBe("improving");
      const all = await history({ includeAdHoc: true });
      expect(all.points.map(({ snapshot: one }) => one?.kind)).toEqual(
        [1, 2, 3, 4, 5].map(() => "ad_hoc"),
      );
    });

    test("another policy starts the trend anew", async () => {
      for (const [day, bad] of [1, 1, 1, 9, 8, 7].entries()) {
        await snapshot(estate(bad), { policyHash: day < 3 ? "old" : "new" });
        clock.advance(DAY);
      }
      const { points, trend } = await history();
      expect(points.map(({ snapshot: one }) => one?.policyChanged ?? false)).toEqual([
        false,
        false,
        false,
        true,
        false,
        false,
        false,
      ]);
      expect(trend).toMatchObject({ direction: "improving", points: 3, notComparable: 3 });
    });

    const detect = (request: {
      readonly baseline: string;
      readonly limit?: number;
      readonly cursor?: string;
    }) =>
      createDetectTagDrift({
        inventory: store,
        history: createHistoryStore(db),
        ensureFresh: async () => {
          const scan = await store.latestScanCovering(EVERYTHING);
          if (scan === undefined) throw new Error("No scan.");
          const narrowed = { scope: EVERYTHING, perCloud: new Map() };
          return { narrowed, scan, scanned: false, refreshing: false };
        },
        narrow: () => ({ scope: EVERYTHING, perCloud: new Map() }),
        policy: () => Promise.resolve(policy),
        changeLog: null,
        clock,
        keptDays: 20,
      })({
        ...EVERYTHING,
        baseline: request.baseline,
        until: undefined,
        severities: [],
        tag: undefined,
        includeActor: true,
        maxAgeMinutes: undefined,
        refresh: false,
        storeSnapshot: false,
        limit: request.limit ?? 100,
        cursor: request.cursor,
        signal: new AbortController().signal,
      });

    test("drift tells what changed where both ends were read, and what cannot be compared", async () => {
      const west = cell({ region: "us-west-2" });
      const scan = async (
        tags: string,
        westStatus: "complete" | "denied",
        ids: readonly string[],
      ) => {
        const writer = await begin(store, { startedAt: clock.now() });
        await writer.saveResources(
          cell(),
          ids.map((id) => judged(id, { tags: { Team: tags } })),
        );
        await writer.saveResources(west, [
          judged("w", { region: west.region, tags: { Team: tags } }),
        ]);
        await writer.endCell(outcome(cell(), "complete", null));
        const reason = westStatus === "complete" ? null : "access_denied";
        await writer.endCell(outcome(west, westStatus, reason));
        await writer.finish(westStatus === "complete" ? "complete" : "partial");
        clock.advance(DAY);
      };
      await scan("a", "denied", ["i-1", "i-2", "i-old"]);
      await scan("b", "complete", ["i-1", "i-2", "i-new"]);
      const result = await detect({ baseline: "last_30_days" });
      expect(result.baseline).toMatchObject({ asOldAsAsked: false, startedAt: START });
      expect(result.resources).toEqual({ gone: 1, returned: 0, appeared: 1, changedElsewhere: 1 });
      expect(result.baseline.coverage).toMatchObject({ complete: false, problemCount: 1 });
      expect(result.tally).toMatchObject({
        total: 2,
        byKind: { changed: 2 },
        bySeverity: { warning: 2 },
      });
      expect(result.changes[0]).toMatchObject({
        resourceId: "i-2",
        drift: { key: "Team", from: "a", to: "b", afterMs: START, seenMs: START + DAY },
        actor: { actor: null, reason: "not_configured" },
      });
      const first = await detect({ baseline: "last_30_days", limit: 1 });
      const second = await detect({
        baseline: "last_30_days",
        limit: 1,
        ...(first.nextCursor === null ? {} : { cursor: first.nextCursor }),
      });
      expect(
        [first, second].flatMap(({ changes }) => changes.map((one) => one.resourceId)),
      ).toEqual(["i-2", "i-1"]);
      expect(second.nextCursor).toBeNull();
    });

    test("a year-old baseline within the limits survives, and what was removed is said to be", async () => {
      for (const [day, bad] of [
        [0, 8],
        [46, 6],
        [410, 2],
      ] as const) {
        clock.advance(START + day * DAY - clock.now());
        await snapshot(
          Array.from({ length: 10 }, (_, at) =>
            judged(
              `i-${at}`,
              at < bad ? { violations: [missing("Team")] } : { tags: { Team: "a" } },
            ),
          ),
        );
      }
      const before = clock.now() - 400 * DAY;
      const limits = {
        scansMs: clock.now() - 90 * DAY,
        snapshotsMs: before,
        tagChangesMs: before,
        goneResourcesMs: before,
      };
      const pruned = await createPruneHistory(db)(limits, new AbortController().signal);
      expect(pruned).toMatchObject({ snapshots: 1, tagChanges: 0 });
      const asked = (daysBack: number) => history({ daysBack, keptDays: 400 });
      const year = await asked(365);
      expect(year.points[0]?.snapshot).toMatchObject({ score: 0.4 });
      expect(year).toMatchObject({ snapshotCount: 2, beyondRetention: null });
      expect(await asked(410)).toMatchObject({ snapshotCount: 2, beyondRetention: before });
      const drift = await detect({ baseline: "2026-04-17" });
      expect(drift.baseline).toMatchObject({ asOldAsAsked: true, snapshot: "scheduled" });
      expect(drift.tally).toMatchObject({ total: 4, byKind: { added: 4 } });
      expect((await detect({ baseline: "2026-03-05" })).baseline.asOldAsAsked).toBe(false);
    });

    test("without a second scan there is nothing to compare with, and that is said", async () => {
      await scanCell(store, estate(0));
      await expect(detect({ baseline: "last_7_days" })).rejects.toMatchObject({
        code: "not_found",
      });
      await expect(detect({ baseline: "scan_unknown" })).rejects.toMatchObject({
        code: "not_found",
      });
    });
  });
}

onEveryDatabase(questions);
