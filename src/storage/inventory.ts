import type { Kysely } from "kysely";
import { AppError } from "../domain/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { BegunScan, InventoryStore, NewScan, ScanWriter } from "../ports/inventory.ts";
import { coverageOf } from "./inventory/cells.ts";
import { Dictionary } from "./inventory/dictionary.ts";
import { KeptReads } from "./inventory/kept-reads.ts";
import { breakdown, tally, violations } from "./inventory/questions.ts";
import {
  beat,
  closeScan,
  failAbandonedScans,
  findScan,
  latestScanCovering,
} from "./inventory/scan-rows.ts";
import { resources } from "./inventory/resources.ts";
import { createScanWriter, type RunningScans } from "./inventory/scan-writer.ts";
import { claimScan, scanProgress } from "./inventory/shared-scan.ts";
import { tagSets } from "./inventory/tag-sets.ts";
import { noteChange } from "./one-moment.ts";
import { ownerName } from "./process-identity.ts";
import type { Database } from "./schema.ts";
import { signingKey } from "./signing-key.ts";

export interface InventoryStoreOptions {
  readonly clock: Clock;
  /** Milliseconds between signs of life of a running scan; default 10 s. */
  readonly heartbeatMs?: number;
  /**
   * Milliseconds of silence after which a scan counts as dead when its process cannot be seen from here;
   * default 60 s. One of this machine that has ended is dead at once.
   */
  readonly abandonedAfterMs?: number;
}

/**
 * The inventory over an opened and migrated database, which it closes. Several stores, in one or
 * several processes, may use the same database: each running scan belongs to the store that began it
 * and is kept alive by its heartbeat.
 */
export function createInventoryStore(
  db: Kysely<Database>,
  { clock, heartbeatMs = 10_000, abandonedAfterMs = 60_000 }: InventoryStoreOptions,
): InventoryStore {
  const owner = ownerName();
  const dictionary = new Dictionary();
  const running = keepAlive(db, clock, heartbeatMs);

  const failAbandoned = (nowMs: number): Promise<number> =>
    failAbandonedScans(db, { owner, nowMs, silentSinceMs: nowMs - abandonedAfterMs });

  /** @param sinceMs null: begins whatever runs. */
  async function begin(scan: NewScan, sinceMs: number | null): Promise<BegunScan> {
    const beganAtMs = clock.now();
    noteChange(db);
    await failAbandoned(beganAtMs);
    const claim = await claimScan(db, scan, { owner, nowMs: beganAtMs, sinceMs });
    if (claim === "re_judging") return { kind: "re_judging" };
    const { no, equal } = claim;
    if (equal !== undefined) return { kind: "shared", scan: equal };
    running.add(no);
    const writer = createScanWriter(
      { db, clock, dictionary, running },
      {
        no,
        beganAtMs,
        owner,
        id: scan.id,
        scope: scan.scope,
        snapshot: scan.snapshot ? (scan.snapshotKind ?? "ad_hoc") : null,
      },
    );
    return { kind: "begun", writer };
  }

  async function beginScan(scan: NewScan): Promise<ScanWriter> {
    const begun = await begin(scan, null);
    if (begun.kind === "begun") return begun.writer;
    if (begun.kind === "re_judging")
      throw new AppError("storage_unavailable", "The inventory is being judged by a new policy.", {
        hint: "Try again in a few seconds.",
      });
    throw new AppError("internal", "A scan that shares with none was shared.");
  }

  return {
    beginScan,
    beginOrShareScan: (scan, sinceMs) => begin(scan, sinceMs),
    scanProgress: (id) => scanProgress(db, id),
    failAbandonedScans: () => failAbandoned(clock.now()),
    findScan: (id) => findScan(db, id),
    ...answers(db, clock),
    close: async () => {
      await cancelScans(db, running.stop(), clock.now());
      await db.destroy();
    },
  };
}

type Answers = Pick<
  InventoryStore,
  | "latestScanCovering"
  | "coverage"
  | "breakdown"
  | "tally"
  | "violations"
  | "tagSets"
  | "resources"
  | "signingKey"
>;

/** What is asked of an inventory; counts and pages are kept until it changes. */
function answers(db: Kysely<Database>, clock: Clock): Answers {
  const kept = new KeptReads(db);
  let key: Uint8Array | undefined;
  return {
    latestScanCovering: (scope) => kept.of("latest", scope, () => latestScanCovering(db, scope)),
    coverage: (scope) => kept.of("coverage", scope, () => coverageOf(db, scope)),
    breakdown: (filter) => kept.of("breakdown", filter, () => breakdown(db, filter)),
    tally: (filter) => kept.of("tally", filter, () => tally(db, filter)),
    violations: (filter, page) =>
      kept.of("violations", [filter, page], () => violations(db, filter, page)),
    tagSets: (scope) => tagSets(db, scope),
    resources: (scope) => resources(db, scope),
    // The key of a database never changes.
    signingKey: async () => (key ??= await signingKey(db, clock.now())),
  };
}

async function cancelScans(
  db: Kysely<Database>,
  numbers: readonly number[],
  nowMs: number,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    for (const no of numbers) await closeScan(trx, no, { status: "cancelled", nowMs });
  });
}

interface KeptAlive extends RunningScans {
  add(scanNo: number): void;
  /** Ends the heartbeat; returns what still ran. */
  stop(): readonly number[];
}

/** The heartbeat of the scans of this store. It does not keep the process alive. */
function keepAlive(db: Kysely<Database>, clock: Clock, heartbeatMs: number): KeptAlive {
  const numbers = new Set<number>();
  const timer = setInterval(() => {
    if (numbers.size === 0) return;
    // A beat that fails needs no report: the next write of the scan meets the same trouble and throws.
    beat(db, [...numbers], clock.now()).catch(() => undefined);
  }, heartbeatMs);
  timer.unref();
  return {
    add: (no) => void numbers.add(no),
    has: (no) => numbers.has(no),
    delete: (no) => void numbers.delete(no),
    stop: () => {
      clearInterval(timer);
      const open = [...numbers];
      numbers.clear();
      return open;
    },
  };
}
