import { policyKeys } from "../../domain/compliance/consistency/policy-keys.ts";
import type { DriftSeverity } from "../../domain/compliance/drift/drift.ts";
import type { CompiledPolicy } from "../../domain/policy/compile.ts";
import type { CellOutcome } from "../../domain/scan/cell.ts";
import { cellIndex } from "../../domain/scan/cell-index.ts";
import { type Coverage, summarizeCoverage } from "../../domain/scan/coverage.ts";
import type { NarrowedScope, ScopeRequest } from "../../domain/scan/narrow.ts";
import { type Scope, scopeKey } from "../../domain/scan/scope.ts";
import type { ChangeActor, ChangeLog } from "../../ports/change-log.ts";
import type { Clock } from "../../ports/clock.ts";
import type { HistoryStore, Mark, Place, SnapshotKind } from "../../ports/history.ts";
import type { InventoryStore } from "../../ports/inventory.ts";
import type { EnsureFreshInventory, FreshnessRequest } from "../fresh-inventory.ts";
import { openPage, sealPage } from "./drift-cursor.ts";
import { compare, type ComparedResources } from "./compare.ts";
import { toBaselineChoice } from "./baseline-text.ts";
import { cellsIn, findBaseline } from "./ends.ts";
import { DriftCollector, type DriftTally, type FoundDrift } from "./tally.ts";

export interface DetectTagDriftDeps {
  readonly inventory: InventoryStore;
  readonly history: HistoryStore;
  readonly ensureFresh: EnsureFreshInventory;
  /** @throws {AppError} `invalid_input`. */
  readonly narrow: (request: ScopeRequest) => NarrowedScope;
  readonly policy: () => Promise<CompiledPolicy>;
  /** Null: who changed a tag cannot be asked. */
  readonly changeLog: ChangeLog | null;
  readonly clock: Clock;
  /** Days that scans and changes are kept. */
  readonly keptDays: number;
}

export interface DetectTagDriftRequest extends FreshnessRequest {
  /** `last_7_days`, a UTC date or time, or the id of a scan; see `isBaseline`. */
  readonly baseline: string;
  /** Scan at the later end; undefined: the latest one, which is made when there is none young enough. */
  readonly until: string | undefined;
  /** Empty: all. */
  readonly severities: readonly DriftSeverity[];
  /** The policy's name of a tag, or a key; undefined: all. */
  readonly tag: string | undefined;
  /** Ask the clouds' logs who made the changes of the page; slow. */
  readonly includeActor: boolean;
  /** Changes per page. */
  readonly limit: number;
}

export interface DriftEnd {
  readonly scanId: string;
  readonly snapshot: SnapshotKind | null;
  readonly startedAt: number;
  readonly coverage: Coverage;
}

export interface DriftEntry extends FoundDrift {
  /** Null: not asked for, or beyond what one answer asks about. */
  readonly actor: ChangeActor | null;
}

export interface DetectTagDriftResult {
  readonly baseline: DriftEnd & { readonly asOldAsAsked: boolean };
  readonly latest: DriftEnd;
  readonly tally: DriftTally;
  readonly resources: ComparedResources;
  readonly changes: readonly DriftEntry[];
  readonly nextCursor: string | null;
  /** Judged by this policy, at both ends. */
  readonly policyHash: string;
  readonly scanned: boolean;
}

export type DetectTagDrift = (request: DetectTagDriftRequest) => Promise<DetectTagDriftResult>;

/** Changes of one page that the clouds' logs are asked about: such a call takes seconds. */
export const MOST_ACTORS = 25;

/**
 * Which tags changed since a baseline, by the changes that scans have noted. Only places that were read
 * completely at both ends are compared: elsewhere nothing is known of what is missing.
 * @throws {AppError} `not_found` without a baseline, and as `EnsureFreshInventory`.
 */
export function createDetectTagDrift(deps: DetectTagDriftDeps): DetectTagDrift {
  return async (request) => {
    const later = await laterEnd(deps, request);
    const policy = await deps.policy();
    const filter = filterText(later.scope, request, policy.policyHash);
    const key = await deps.inventory.signingKey();
    const page = openPage(key, request.cursor, { filter, laterId: later.scanId });
    const { baseline, asOldAsAsked } = await findBaseline(
      deps.history,
      page === null
        ? toBaselineChoice(request.baseline, deps.clock.now())
        : { scanId: page.baselineId },
      { scope: later.scope, latestId: later.scanId, keptDays: deps.keptDays },
    );
    const upTo = page?.upTo ?? later.mark;
    const [placesOfScope, before] = await Promise.all([
      deps.history.places(later.scope),
      deps.history.cellsOf(baseline.scanId).then((cells) => cellsIn(later.scope, cells)),
    ]);
    const collector = new DriftCollector({ after: page?.after ?? -1, limit: request.limit });
    const resources = await compare(
      {
        history: deps.history,
        after: baseline.mark,
        upTo,
        untilMs: later.untilMs,
        places: new Map(placesOfScope.map((place) => [place.id, place])),
        isComparable: readAtBothEnds(placesOfScope, [before, later.outcomes]),
        policy: { judge: policy, keys: policyKeys(policy.document) },
        atMs: deps.clock.now(),
        severities: request.severities,
        tag: request.tag ?? null,
        signal: request.signal,
      },
      collector,
    );
    const { shown, next } = collector.page();
    return {
      baseline: { ...endOf(baseline, before), asOldAsAsked },
      latest: endOf(later, later.outcomes),
      tally: collector.tally(),
      resources,
      changes: await withActors(deps.changeLog, shown, request),
      nextCursor:
        next === null
          ? null
          : sealPage(key, filter, {
              baselineId: baseline.scanId,
              laterId: later.scanId,
              upTo,
              after: next,
            }),
      policyHash: policy.policyHash,
      scanned: later.scanned,
    };
  };
}

/** The later end: the latest scan of the scope, or a scan that was named. */
interface LaterEnd {
  readonly scanId: string;
  readonly snapshot: SnapshotKind | null;
  readonly startedAt: number;
  readonly scope: Scope;
  readonly outcomes: readonly CellOutcome[];
  readonly mark: Mark;
  /** Resources that were found to be gone after this moment still exist at this end. */
  readonly untilMs: number;
  readonly scanned: boolean;
}

async function laterEnd(
  { history, inventory, ensureFresh, narrow, keptDays }: DetectTagDriftDeps,
  request: DetectTagDriftRequest,
): Promise<LaterEnd> {
  if (request.until !== undefined) {
    const { scope } = narrow(request);
    const { baseline: end } = await findBaseline(
      history,
      { scanId: request.until },
      { scope, latestId: "", keptDays },
    );
    const outcomes = cellsIn(scope, await history.cellsOf(end.scanId));
    return { ...end, scope, outcomes, untilMs: end.finishedAt, scanned: false };
  }
  const { narrowed, scan, scanned } = await ensureFresh(request);
  const { scope } = narrowed;
  const [outcomes, mark] = await Promise.all([inventory.coverage(scope), history.mark()]);
  return {
    scanId: scan.id,
    snapshot: null,
    startedAt: scan.startedAt,
    scope,
    outcomes,
    mark,
    untilMs: Number.MAX_SAFE_INTEGER,
    scanned,
  };
}

function endOf(
  { scanId, snapshot, startedAt }: Pick<LaterEnd, "scanId" | "snapshot" | "startedAt">,
  outcomes: readonly CellOutcome[],
): DriftEnd {
  return { scanId, snapshot, startedAt, coverage: summarizeCoverage(outcomes) };
}

function readAtBothEnds(
  places: readonly Place[],
  ends: readonly (readonly CellOutcome[])[],
): (placeId: number) => boolean {
  const complete = ends.map((outcomes) =>
    cellIndex(outcomes.filter(({ status }) => status === "complete").map(({ cell }) => cell)),
  );
  const ids = new Set(
    places.filter((place) => complete.every((holds) => holds(place))).map(({ id }) => id),
  );
  return (placeId) => ids.has(placeId);
}

function filterText(
  scope: Scope,
  { severities, tag }: DetectTagDriftRequest,
  policyHash: string,
): string {
  return JSON.stringify([scopeKey(scope), [...severities].toSorted(), tag ?? null, policyHash]);
}

async function withActors(
  log: ChangeLog | null,
  shown: readonly FoundDrift[],
  { includeActor, signal }: DetectTagDriftRequest,
): Promise<readonly DriftEntry[]> {
  if (!includeActor) return shown.map((one) => ({ ...one, actor: null }));
  const asked = shown.slice(0, MOST_ACTORS);
  const actors =
    log === null
      ? asked.map(() => NOT_CONFIGURED)
      : await log.actorsOf(
          asked.map(({ drift, resourceId, place }) => ({
            cloud: place.cloud,
            account: place.account,
            region: place.region,
            resourceId,
            resourceType: place.resourceType,
            changedAfterMs: drift.afterMs,
            changedBeforeMs: drift.seenMs,
          })),
          signal,
        );
  return shown.map((one, at) => ({ ...one, actor: actors[at] ?? null }));
}

const NOT_CONFIGURED: ChangeActor = {
  actor: null,
  atMs: null,
  action: null,
  otherActors: 0,
  reason: "not_configured",
};
