import { CLOUDS, type Cloud } from "../domain/cloud.ts";
import { complianceScore } from "../domain/compliance/score.ts";
import { type Grouping, periodsBetween, periodStart } from "../domain/compliance/trend/periods.ts";
import { type Trend, trendOf } from "../domain/compliance/trend/trend.ts";
import type { ViolationKind } from "../domain/compliance/violation.ts";
import type { ResourceTypeCatalogue } from "../domain/resource-type.ts";
import { type Scope, scopeKey } from "../domain/scan/scope.ts";
import { AppError } from "../domain/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type {
  HistoryStore,
  Snapshot,
  SnapshotCounts,
  SnapshotFilter,
  SnapshotKind,
} from "../ports/history.ts";

export interface ViolationHistoryDeps {
  readonly history: HistoryStore;
  readonly catalogue: ResourceTypeCatalogue;
  readonly clock: Clock;
  /** Days that snapshots are kept. */
  readonly keptDays: number;
}

export interface ViolationHistoryRequest {
  readonly clouds: readonly Cloud[];
  readonly accounts: readonly string[];
  /** Native ids or categories. */
  readonly resourceTypes: readonly string[];
  /** Canonical name of one tag: count its violations instead of compliant resources. */
  readonly tag: string | undefined;
  readonly daysBack: number;
  readonly grouping: Grouping;
  /** Also use snapshots that somebody asked for, where they cover the question; default no. */
  readonly includeAdHoc: boolean;
}

/** What the last snapshot of a period says. */
export interface HistorySnapshot {
  readonly scanId: string;
  readonly kind: SnapshotKind;
  readonly takenAt: number;
  readonly counts: SnapshotCounts;
  /** Null when nothing was judged. */
  readonly score: number | null;
  /** Violations of the tag asked about; null when none was. */
  readonly tagViolations: number | null;
  readonly cellsTotal: number;
  readonly cellsComplete: number;
  readonly policyHash: string;
  /** Judged by another policy than the point before: the two do not compare. */
  readonly policyChanged: boolean;
  /** Another scope was scanned than for the point before. */
  readonly scopeChanged: boolean;
}

export interface HistoryPoint {
  /** First instant of the period, epoch milliseconds UTC. */
  readonly periodStart: number;
  /** Null: no snapshot in this period. */
  readonly snapshot: HistorySnapshot | null;
}

export interface ViolationHistoryResult {
  /** From the first period with a snapshot to the present one, oldest first. */
  readonly points: readonly HistoryPoint[];
  /** Periods among them without a snapshot. */
  readonly gaps: number;
  /** Snapshots that the answer could use, all periods together. */
  readonly snapshotCount: number;
  readonly trend: Trend;
  /** The tag's violations in the youngest snapshot, by kind, most frequent first. */
  readonly tagKinds: readonly { readonly kind: ViolationKind; readonly count: number }[];
  readonly from: number;
  readonly to: number;
  /** Snapshots before this moment have been removed; null when the question does not go back that far. */
  readonly beyondRetention: number | null;
}

export type GetViolationHistory = (
  request: ViolationHistoryRequest,
) => Promise<ViolationHistoryResult>;

const MS_PER_DAY = 86_400_000;
/** A score that moved less than half a percentage point over the whole time is called stable. */
const SCORE_NOISE = 0.005;
/** The same for violations of a tag: a hundredth of them. */
const VIOLATION_NOISE = 0.01;

/**
 * How the score, or the violations of one tag, went over time. Read from the counts of snapshots: no
 * cloud is asked and no resource is counted again. Scheduled snapshots alone, unless asked otherwise.
 * @throws {AppError} `invalid_input` for an unknown type, or a pair of tag, accounts and types.
 */
export function createGetViolationHistory(deps: ViolationHistoryDeps): GetViolationHistory {
  return async (request) => {
    const nowMs = deps.clock.now();
    const from = nowMs - request.daysBack * MS_PER_DAY;
    const filter = filterOf(deps.catalogue, request);
    refuseWhatIsNotKept(request.tag, filter);
    const stored = await deps.history.snapshots({ fromMs: from, toMs: nowMs + 1 });
    const usable = stored.filter((snapshot) => answers(snapshot, filter, request.includeAdHoc));
    const shown = await pointsOf(deps.history, usable, { request, filter });
    const starts = periodsBetween(from, nowMs + 1, request.grouping);
    const first = usable[0];
    const firstPeriod =
      first === undefined ? nowMs + 1 : periodStart(first.startedAt, request.grouping);
    const points = starts
      .filter((start) => start >= firstPeriod)
      .map((start) => ({ periodStart: start, snapshot: shown.points.get(start) ?? null }));
    const keptFrom = nowMs - deps.keptDays * MS_PER_DAY;
    return {
      points,
      gaps: points.filter(({ snapshot }) => snapshot === null).length,
      snapshotCount: usable.length,
      trend: trend(points, request.tag !== undefined),
      tagKinds: shown.tagKinds,
      from,
      to: nowMs,
      beyondRetention: from < keptFrom ? keptFrom : null,
    };
  };
}

/** Snapshots keep counts by cloud with account, type or tag: every pair of those would be most of all history. */
function refuseWhatIsNotKept(
  tag: string | undefined,
  { accounts, resourceTypes }: SnapshotFilter,
): void {
  if (tag !== undefined && accounts.length + resourceTypes.length > 0)
    throw new AppError("invalid_input", "History of a tag is kept per cloud only.", {
      hint: "Leave out accounts and resource types, or leave out the tag.",
    });
  if (accounts.length > 0 && resourceTypes.length > 0)
    throw new AppError("invalid_input", "History is kept by account and by type, not by both.", {
      hint: "Give accounts or resource types.",
    });
}

function filterOf(
  catalogue: ResourceTypeCatalogue,
  { clouds, accounts, resourceTypes }: ViolationHistoryRequest,
): SnapshotFilter {
  return {
    clouds,
    accounts: accounts.map((id) => id.toLowerCase()),
    resourceTypes: catalogue.resolve(resourceTypes, clouds.length > 0 ? clouds : CLOUDS),
  };
}

/**
 * May the snapshot answer? A scheduled one is about the estate as its operator defined it; one that
 * somebody asked for may be of any part, and must cover the whole question.
 */
function answers(
  { kind, scope }: Snapshot,
  filter: SnapshotFilter,
  includeAdHoc: boolean,
): boolean {
  const held =
    holds(scope.clouds, filter.clouds) &&
    holds(scope.accounts, filter.accounts) &&
    holds(scope.resourceTypes.map(lower), filter.resourceTypes.map(lower));
  return held && (kind === "scheduled" || (includeAdHoc && isWide(scope, filter)));
}

function holds(all: readonly string[], some: readonly string[]): boolean {
  return all.length === 0 || some.every((one) => all.includes(one));
}

function isWide(scope: Scope, { accounts, resourceTypes }: SnapshotFilter): boolean {
  return (
    scope.regions.length === 0 &&
    (scope.accounts.length === 0 || accounts.length > 0) &&
    (scope.resourceTypes.length === 0 || resourceTypes.length > 0)
  );
}

const lower = (text: string): string => text.toLowerCase();

interface Points {
  readonly points: ReadonlyMap<number, HistorySnapshot>;
  readonly tagKinds: ViolationHistoryResult["tagKinds"];
}

async function pointsOf(
  history: HistoryStore,
  usable: readonly Snapshot[],
  asked: { readonly request: ViolationHistoryRequest; readonly filter: SnapshotFilter },
): Promise<Points> {
  const { tag, grouping } = asked.request;
  const numbers = usable.map(({ no }) => no);
  const range = {
    from: numbers.reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER),
    to: numbers.reduce((a, b) => Math.max(a, b), 0),
  };
  const [counts, findings] = await Promise.all([
    history.countsOf(range, asked.filter),
    tag === undefined ? [] : history.findingsOf(range, { tag, clouds: asked.filter.clouds }),
  ]);
  // Of a period's snapshots the last one stays: a map keeps what was set last.
  const last = new Map(usable.map((one) => [periodStart(one.startedAt, grouping), one]));
  const points = new Map<number, HistorySnapshot>();
  let before: Snapshot | undefined;
  for (const [start, snapshot] of last) {
    const own = counts.get(snapshot.no) ?? NOTHING;
    const broken = findings.filter(({ no }) => no === snapshot.no);
    points.set(start, {
      scanId: snapshot.scanId,
      kind: snapshot.kind,
      takenAt: snapshot.startedAt,
      counts: own,
      score: complianceScore(own.compliant, own.non_compliant),
      tagViolations: tag === undefined ? null : broken.reduce((sum, { count }) => sum + count, 0),
      cellsTotal: snapshot.cellsTotal,
      cellsComplete: snapshot.cellsComplete,
      policyHash: snapshot.policyHash,
      policyChanged: before !== undefined && before.policyHash !== snapshot.policyHash,
      scopeChanged: before !== undefined && scopeKey(before.scope) !== scopeKey(snapshot.scope),
    });
    before = snapshot;
  }
  const youngest = findings.filter(({ no }) => no === before?.no);
  return { points, tagKinds: youngest.toSorted((a, b) => b.count - a.count) };
}

const NOTHING: SnapshotCounts = {
  compliant: 0,
  non_compliant: 0,
  exempt: 0,
  unknown: 0,
  out_of_scope: 0,
  errors: 0,
  warnings: 0,
};

function trend(points: readonly HistoryPoint[], ofTag: boolean): Trend {
  let basis = 0;
  const measured = points.map(({ periodStart: periodStartMs, snapshot }) => {
    if (snapshot === null) return { periodStartMs, snapshot: null };
    if (snapshot.policyChanged || snapshot.scopeChanged) basis += 1;
    const value = ofTag ? snapshot.tagViolations : snapshot.score;
    return { periodStartMs, snapshot: { takenAtMs: snapshot.takenAt, value, basis: `${basis}` } };
  });
  const last = measured.findLast(({ snapshot }) => snapshot !== null)?.snapshot?.value ?? 0;
  const noise = ofTag ? Math.max(1, last * VIOLATION_NOISE) : SCORE_NOISE;
  return trendOf(measured, { higherIsBetter: !ofTag, noise });
}
