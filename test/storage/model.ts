import { VERDICTS } from "../../src/domain/compliance/violation.ts";
import { resourceKey } from "../../src/domain/resource.ts";
import { ANY, type Cell, type CellOutcome, cellHolds } from "../../src/domain/scan/cell.ts";
import type { Scope } from "../../src/domain/scan/scope.ts";
import type { Breakdown, JudgedResource, StoredViolation } from "../../src/ports/inventory.ts";

interface Known {
  seen: JudgedResource;
  unknown: boolean;
  gone: boolean;
  lastScan: ModelScan;
  lastSeenAtMs: number;
}

export interface ModelScan {
  readonly scope: Scope;
  readonly beganAtMs: number;
  readonly outcomes: CellOutcome[];
}

/**
 * The inventory as its contract tells it, in the plainest way: every resource in a map, every question
 * a walk over all of them.
 */
export class InventoryModel {
  readonly #known = new Map<string, Known>();

  save(scan: ModelScan, page: readonly JudgedResource[], nowMs: number): void {
    for (const seen of page) {
      const { cloud, id } = seen.resource;
      const key = `${cloud} ${resourceKey(cloud, id)}`;
      this.#known.set(key, {
        seen,
        unknown: false,
        gone: false,
        lastScan: scan,
        lastSeenAtMs: nowMs,
      });
    }
  }

  endCell(scan: ModelScan, outcome: CellOutcome): void {
    scan.outcomes.push(outcome);
    if (outcome.status === "skipped" || outcome.reason === "cancelled") return;
    for (const known of this.#known.values()) {
      if (!holds(outcome.cell, known) || !unseen(known, scan)) continue;
      if (outcome.status === "complete") known.gone = true;
      else known.unknown = true;
    }
  }

  finish(scan: ModelScan, status: string): void {
    if (status !== "complete" && status !== "partial") return;
    // Of a cell that ended more than once, the last outcome counts.
    const last = new Map(scan.outcomes.map((outcome) => [cellKey(outcome.cell), outcome]));
    const read = [...last.values()].filter(
      ({ status: ended, reason }) => ended !== "skipped" && reason !== "cancelled",
    );
    for (const known of this.#known.values())
      if (
        inScope(scan.scope, known.seen) &&
        !read.some(({ cell }) => holds(cell, known)) &&
        unseen(known, scan)
      )
        known.unknown = true;
  }

  /** `place verdict` → count. */
  counts(scope: Scope): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { seen, unknown } of this.#present(scope)) {
      const key = `${placeKey(seen)} ${unknown ? "unknown" : seen.judgement.verdict}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return counts;
  }

  /** One text per violation, sorted. */
  violations(scope: Scope, severities: readonly string[]): readonly string[] {
    return this.#present(scope)
      .filter(({ unknown }) => !unknown)
      .flatMap(({ seen }) =>
        seen.judgement.violations
          .filter((v) => severities.length === 0 || severities.includes(v.severity))
          .map((v) =>
            [placeKey(seen), seen.resource.id, v.severity, v.kind, v.tag, v.actual].join(),
          ),
      )
      .toSorted();
  }

  #present(scope: Scope): readonly Known[] {
    return [...this.#known.values()].filter((known) => !known.gone && inScope(scope, known.seen));
  }
}

function cellKey({ cloud, account, region, resourceType }: Cell): string {
  return [cloud, account, region, resourceType.toLowerCase()].join("/");
}

function holds(cell: Cell, { seen }: Known): boolean {
  const { account } = seen.resource;
  return cellHolds(cell.account === ANY ? { ...cell, account } : cell, seen.resource);
}

function unseen(known: Known, scan: ModelScan): boolean {
  return !known.gone && known.lastScan !== scan && known.lastSeenAtMs <= scan.beganAtMs;
}

function inScope(scope: Scope, { resource }: JudgedResource): boolean {
  const allows = (list: readonly string[], value: string): boolean =>
    list.length === 0 || list.includes(value);
  return (
    allows(scope.clouds, resource.cloud) &&
    allows(scope.accounts, resource.account) &&
    allows(scope.regions, resource.region) &&
    allows(
      scope.resourceTypes.map((type) => type.toLowerCase()),
      resource.type.toLowerCase(),
    )
  );
}

function placeKey({ resource }: JudgedResource): string {
  const { cloud, account, region, type } = resource;
  return [cloud, account, region, type.toLowerCase()].join("/");
}

/** A store's breakdown in the form of `InventoryModel.counts`. */
export function breakdownCounts(rows: readonly Breakdown[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { cloud, account, region, resourceType, counts: some } of rows) {
    const place = [cloud, account, region, resourceType.toLowerCase()].join("/");
    for (const verdict of VERDICTS)
      if (some[verdict] !== 0) counts[`${place} ${verdict}`] = some[verdict];
  }
  return counts;
}

/** A store's violations in the form of `InventoryModel.violations`. */
export function violationTexts(violations: readonly StoredViolation[]): readonly string[] {
  return violations
    .map((v) =>
      [
        [v.cloud, v.account, v.region, v.resourceType.toLowerCase()].join("/"),
        v.resourceId,
        v.severity,
        v.kind,
        v.tag,
        v.actual,
      ].join(),
    )
    .toSorted();
}
