import { EVERYTHING, type Scope } from "../domain/scan/scope.ts";
import type { ChangeAnnouncer } from "../ports/changes.ts";
import type { InventoryStore, ScanWriter } from "../ports/inventory.ts";
import type { Logger } from "../ports/logger.ts";
import type { BegunReJudgement, ReJudgeStore } from "../ports/re-judge.ts";
import type { ScansMeeting } from "../ports/scan-list.ts";

export interface AnnouncedScansDeps {
  readonly changes: ChangeAnnouncer;
  readonly scansMeeting: ScansMeeting;
  readonly logger: Logger;
}

/**
 * The same store; when a scan that this process writes ends, it is announced, and so are those that
 * answered for the same ground until then: they show something else now, or are replaced.
 */
export function announcedScans(
  inventory: InventoryStore,
  deps: AnnouncedScansDeps,
): InventoryStore {
  const announced = (writer: ScanWriter, scope: Scope): ScanWriter => ({
    ...writer,
    finish: async (status) => {
      const before = await scansNow(scope, deps);
      const ended = await writer.finish(status);
      deps.changes.announce({ kind: "scans", scanIds: [...new Set([ended.id, ...before])] });
      return ended;
    },
  });
  return {
    ...inventory,
    beginScan: async (scan) => announced(await inventory.beginScan(scan), scan.scope),
    beginOrShareScan: async (scan, sinceMs) => {
      const begun = await inventory.beginOrShareScan(scan, sinceMs);
      return begun.kind === "begun"
        ? { ...begun, writer: announced(begun.writer, scan.scope) }
        : begun;
    },
  };
}

/** The same store; that everything stored is judged anew is announced for every scan that answers. */
export function announcedVerdicts(store: ReJudgeStore, deps: AnnouncedScansDeps): ReJudgeStore {
  const announced = (begun: BegunReJudgement): BegunReJudgement => {
    if (begun.kind !== "begun") return begun;
    const { judgement } = begun;
    const finish = async (): ReturnType<typeof judgement.finish> => {
      const finished = await judgement.finish();
      const scanIds = await scansNow(EVERYTHING, deps);
      if (scanIds.length > 0) deps.changes.announce({ kind: "scans", scanIds });
      return finished;
    };
    return { kind: "begun", judgement: { ...judgement, finish } };
  };
  return { ...store, begin: async (policyHash) => announced(await store.begin(policyHash)) };
}

/** A scan must not fail because somebody could not be told of it. */
async function scansNow(
  scope: Scope,
  { changes, scansMeeting, logger }: AnnouncedScansDeps,
): Promise<readonly string[]> {
  if (!changes.isHeard()) return [];
  return scansMeeting(scope).catch((error: unknown) => {
    logger.warn("changed scans could not be looked up", { error });
    return [];
  });
}
