import type { Cloud } from "../domain/cloud.ts";
import { type Judge, type Verdict, type ViolationKind } from "../domain/compliance/violation.ts";
import { complianceScore } from "../domain/compliance/score.ts";
import type { Scope } from "../domain/scan/scope.ts";
import type { Clock } from "../ports/clock.ts";
import type { InventoryStore } from "../ports/inventory.ts";

export interface WhatIfDeps {
  readonly inventory: InventoryStore;
  readonly clock: Clock;
}

export interface WhatIfRequest {
  readonly scope: Scope;
  readonly before: Judge;
  readonly after: Judge;
  /** Changed resources to list; all are counted. */
  readonly limit: number;
}

export interface ChangedResource {
  readonly cloud: Cloud;
  readonly account: string;
  readonly region: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly from: Verdict;
  readonly to: Verdict;
  /** Kinds that only the policy after finds. */
  readonly newKinds: readonly ViolationKind[];
  /** Kinds that only the policy before finds. */
  readonly settledKinds: readonly ViolationKind[];
  /** Monthly cost in micro-units; null while costs are not known. */
  readonly costMicros: null;
}

export interface WhatIfResult {
  readonly resources: number;
  readonly before: PolicyOutcome;
  readonly after: PolicyOutcome;
  /** Resources by their change of verdict, most frequent first. */
  readonly transitions: readonly {
    readonly from: Verdict;
    readonly to: Verdict;
    readonly count: number;
  }[];
  /** Violations by kind that appear or go away, over all resources. */
  readonly kinds: Readonly<Partial<Record<ViolationKind, number>>>;
  readonly changed: readonly ChangedResource[];
  readonly changedCount: number;
}

export interface PolicyOutcome {
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly score: number | null;
}

/** Judges the stored inventory by two policies and tells what would change. Reads no cloud. */
export async function whatIf(
  { inventory, clock }: WhatIfDeps,
  { scope, before, after, limit }: WhatIfRequest,
): Promise<WhatIfResult> {
  const now = clock.now();
  const tally = { before: noVerdicts(), after: noVerdicts(), resources: 0, changed: 0 };
  const transitions = new Map<string, { from: Verdict; to: Verdict; count: number }>();
  const kinds: Partial<Record<ViolationKind, number>> = {};
  const listed: ChangedResource[] = [];
  for await (const page of inventory.resources(scope)) {
    for (const { resource } of page) {
      const old = before.judge(resource, now);
      const next = after.judge(resource, now);
      tally.resources += 1;
      tally.before[old.verdict] += 1;
      tally.after[next.verdict] += 1;
      for (const { kind } of old.violations) kinds[kind] = (kinds[kind] ?? 0) - 1;
      for (const { kind } of next.violations) kinds[kind] = (kinds[kind] ?? 0) + 1;
      if (old.verdict === next.verdict) continue;
      tally.changed += 1;
      countTransition(transitions, old.verdict, next.verdict);
      if (listed.length >= limit) continue;
      const { cloud, account, region, type: resourceType, id: resourceId } = resource;
      listed.push({
        cloud,
        account,
        region,
        resourceType,
        resourceId,
        from: old.verdict,
        to: next.verdict,
        newKinds: kindsOnlyIn(next.violations, old.violations),
        settledKinds: kindsOnlyIn(old.violations, next.violations),
        costMicros: null,
      });
    }
  }
  return {
    resources: tally.resources,
    before: outcomeOf(tally.before),
    after: outcomeOf(tally.after),
    transitions: [...transitions.values()].toSorted((a, b) => b.count - a.count),
    kinds: Object.fromEntries(Object.entries(kinds).filter(([, change]) => change !== 0)),
    changed: listed,
    changedCount: tally.changed,
  };
}

function countTransition(
  transitions: Map<string, { from: Verdict; to: Verdict; count: number }>,
  from: Verdict,
  to: Verdict,
): void {
  const key = `${from}>${to}`;
  const entry = transitions.get(key) ?? { from, to, count: 0 };
  entry.count += 1;
  transitions.set(key, entry);
}

interface Kinded {
  readonly kind: ViolationKind;
}

function kindsOnlyIn(some: readonly Kinded[], others: readonly Kinded[]): readonly ViolationKind[] {
  const known = new Set(others.map(({ kind }) => kind));
  return [...new Set(some.map(({ kind }) => kind))].filter((kind) => !known.has(kind));
}

function noVerdicts(): Record<Verdict, number> {
  return { compliant: 0, non_compliant: 0, exempt: 0, unknown: 0, out_of_scope: 0 };
}

function outcomeOf(counts: Readonly<Record<Verdict, number>>): PolicyOutcome {
  return { counts, score: complianceScore(counts.compliant, counts.non_compliant) };
}
