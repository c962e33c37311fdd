import {
  driftOf,
  type DriftPolicy,
  type DriftSeverity,
} from "../../domain/compliance/drift/drift.ts";
import { NetChanges, type NetResource } from "../../domain/compliance/drift/net-changes.ts";
import type { Resource } from "../../domain/resource.ts";
import type { HistoryStore, Mark, Place } from "../../ports/history.ts";
import type { DriftCollector } from "./tally.ts";

export interface Comparison {
  readonly history: HistoryStore;
  readonly after: Mark;
  readonly upTo: Mark;
  /** The later end in time: what was gone by then does not count as new. */
  readonly untilMs: number;
  /** Places of the scope by number. */
  readonly places: ReadonlyMap<number, Place>;
  /** Was the place read completely at both ends? */
  readonly isComparable: (placeId: number) => boolean;
  readonly policy: DriftPolicy;
  readonly atMs: number;
  /** Empty: all. */
  readonly severities: readonly DriftSeverity[];
  /** The policy's name of a tag, or a key; null: all. */
  readonly tag: string | null;
  readonly signal: AbortSignal;
}

export interface ComparedResources {
  readonly gone: number;
  readonly returned: number;
  /** First seen after the baseline. */
  readonly appeared: number;
  /** Resources whose tags changed in places that were not read completely at both ends; not counted. */
  readonly changedElsewhere: number;
}

/** Changes added up at once: what bounds the memory of a comparison. */
const CHANGES_AT_ONCE = 100_000;
const RESOURCES_AT_ONCE = 2048;

/** Compares the inventory at two marks; drifts go to the collector, resources are counted. */
export async function compare(
  comparison: Comparison,
  collector: DriftCollector,
): Promise<ComparedResources> {
  const { history, after, upTo } = comparison;
  const counts = { gone: 0, returned: 0, appeared: 0, changedElsewhere: 0 };
  const shares = Math.max(
    1,
    Math.ceil((await history.countChanges(after, upTo)) / CHANGES_AT_ONCE),
  );
  for (let at = 0; at < shares; at += 1) {
    const kept = await foldShare(comparison, { at, of: shares }, counts);
    await judgeAll(comparison, kept, collector);
  }
  for (const [placeId, count] of await history.newResources(after, upTo, comparison.untilMs))
    if (comparison.isComparable(placeId)) counts.appeared += count;
  return counts;
}

type Counts = { -readonly [Name in keyof ComparedResources]: number };

/** @returns resources that exist at both ends and have other tags. */
async function foldShare(
  { history, after, upTo, places, isComparable, signal }: Comparison,
  share: { readonly at: number; readonly of: number },
  counts: Counts,
): Promise<readonly NetResource[]> {
  const net = new NetChanges();
  for await (const page of history.changes(after, upTo, share)) {
    signal.throwIfAborted();
    // What was first seen later has no state at the baseline to differ from.
    for (const change of page)
      if (change.resourceNo <= after.resourceNo && places.has(change.placeId)) net.add(change);
  }
  const kept: NetResource[] = [];
  for (const resource of net.resources()) {
    if (!isComparable(resource.placeId)) counts.changedElsewhere += 1;
    else if (resource.presence === "gone") counts.gone += 1;
    else if (resource.presence === "returned") counts.returned += 1;
    else if (resource.presence === "kept") kept.push(resource);
  }
  return kept;
}

/** The next resources are read while those before them are judged. */
async function judgeAll(
  comparison: Comparison,
  kept: readonly NetResource[],
  collector: DriftCollector,
): Promise<void> {
  const { history, upTo, signal } = comparison;
  const read = (from: number): ReturnType<HistoryStore["resourcesAt"]> => {
    const some = kept.slice(from, from + RESOURCES_AT_ONCE);
    return history.resourcesAt(
      some.map(({ resourceNo }) => resourceNo),
      upTo,
    );
  };
  if (kept.length === 0) return;
  let next = read(0);
  for (let from = 0; from < kept.length; from += RESOURCES_AT_ONCE) {
    signal.throwIfAborted();
    const resources = await next;
    if (from + RESOURCES_AT_ONCE < kept.length) next = read(from + RESOURCES_AT_ONCE);
    judge(comparison, { kept: kept.slice(from, from + RESOURCES_AT_ONCE), resources }, collector);
  }
}

function judge(
  { places, policy, atMs, severities, tag }: Comparison,
  {
    kept,
    resources,
  }: {
    readonly kept: readonly NetResource[];
    readonly resources: ReadonlyMap<number, Resource>;
  },
  collector: DriftCollector,
): void {
  for (const { resourceNo, placeId, tags } of kept) {
    const [resource, place] = [resources.get(resourceNo), places.get(placeId)];
    if (resource === undefined || place === undefined) continue; // Removed meanwhile by retention.
    for (const drift of driftOf(resource, tags, policy, atMs)) {
      const wanted =
        (severities.length === 0 || severities.includes(drift.severity)) &&
        (tag === null || [drift.tag, drift.key, drift.oldKey].includes(tag));
      if (wanted) collector.add({ drift, resourceId: resource.id, place });
    }
  }
}
