import { CLOUDS, type Cloud } from "../domain/cloud.ts";
import type { SnapshotKind } from "../ports/history.ts";
import type { ScanRecord } from "../ports/inventory.ts";
import type { EnsureFreshInventory } from "./fresh-inventory.ts";
import type { ScanProgress } from "./scan.ts";

/** What the scheduled scan is about. */
export interface SnapshotScope {
  readonly clouds: readonly Cloud[] | "all";
  readonly resourceTypes: readonly string[] | "all";
  readonly regions: readonly string[] | "all";
}

export interface TakeSnapshotRequest {
  readonly kind: SnapshotKind;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ScanProgress) => void;
}

/** @throws {AppError} as `EnsureFreshInventory`. */
export type TakeSnapshot = (request: TakeSnapshotRequest) => Promise<ScanRecord>;

/** Scans the estate as the operator defined it and keeps the result as a snapshot. */
export function createTakeSnapshot(
  ensureFresh: EnsureFreshInventory,
  { clouds, resourceTypes, regions }: SnapshotScope,
): TakeSnapshot {
  return async ({ kind, signal, onProgress }) => {
    const { scan } = await ensureFresh({
      clouds: clouds === "all" || clouds.length === CLOUDS.length ? [] : clouds,
      accounts: [],
      regions: regions === "all" ? [] : regions,
      resourceTypes: resourceTypes === "all" ? [] : resourceTypes,
      maxAgeMinutes: 0,
      refresh: true,
      storeSnapshot: true,
      snapshotKind: kind,
      priority: kind === "scheduled" ? "background" : "interactive",
      cursor: undefined,
      signal,
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    return scan;
  };
}
