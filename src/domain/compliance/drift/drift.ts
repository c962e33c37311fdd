import type { Resource } from "../../resource.ts";
import type { Judge, Violation } from "../violation.ts";
import type { PolicyKeys } from "../consistency/policy-keys.ts";
import { undoDifferences } from "./change.ts";
import type { NetTagChange } from "./net-changes.ts";

export const DRIFT_KINDS = ["added", "removed", "changed", "renamed"] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

/**
 * `critical`: a required tag is missing now. `error`: another rule of severity error is broken now.
 * `warning`: a rule of severity warning is broken now, or a required tag has another valid value, which
 * moves its cost. `info`: the policy does not mind. By the policy in force, whatever it was then.
 */
export const DRIFT_SEVERITIES = ["critical", "error", "warning", "info"] as const;
export type DriftSeverity = (typeof DRIFT_SEVERITIES)[number];

export interface TagDrift {
  readonly kind: DriftKind;
  readonly severity: DriftSeverity;
  /** The key; of a renamed tag the new one. */
  readonly key: string;
  /** Of a renamed tag: the key it had. */
  readonly oldKey: string | null;
  /** The policy's name of the tag; null when the policy does not know the key. */
  readonly tag: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly afterMs: number;
  readonly seenMs: number;
  /** Number of the last recorded change in it. */
  readonly no: number;
}

export interface DriftPolicy {
  readonly judge: Judge;
  readonly keys: PolicyKeys;
}

/**
 * Says what the changes of one resource mean.
 * @param after the resource at the later end.
 * @param atMs when it is judged, for exemptions that expire.
 */
export function driftOf(
  after: Resource,
  changes: readonly NetTagChange[],
  { judge, keys }: DriftPolicy,
  atMs: number,
): readonly TagDrift[] {
  const before = { ...after, tags: undoDifferences(after.tags ?? [], changes) };
  const broken = newlyBroken(
    judge.judge(before, atMs).violations,
    judge.judge(after, atMs).violations,
  );
  const named = changes.map((change) => {
    const known = keys.find(after.cloud, change.key)?.policyKey ?? null;
    return { change, tag: known?.rule.name ?? null, required: known?.required ?? false };
  });
  return pairRenames(named).map((one) => ({ ...one.drift, severity: severityOf(one, broken) }));
}

function newlyBroken(
  before: readonly Violation[],
  after: readonly Violation[],
): readonly Violation[] {
  const old = new Set(before.map(({ kind, tag }) => `${kind} ${tag}`));
  return after.filter(({ kind, tag }) => !old.has(`${kind} ${tag}`));
}

interface Named {
  readonly change: NetTagChange;
  readonly tag: string | null;
  readonly required: boolean;
}

interface Unjudged {
  readonly drift: Omit<TagDrift, "severity">;
  readonly required: boolean;
}

/** A key that went while another of the same meaning came was renamed: two spellings of one tag. */
function pairRenames(named: readonly Named[]): readonly Unjudged[] {
  const removed = named.filter(({ change }) => change.to === null);
  const taken = new Set<Named>();
  const drifts: Unjudged[] = [];
  for (const one of named) {
    if (one.change.to === null) continue;
    const gone =
      one.change.from === null
        ? removed.find((other) => !taken.has(other) && meaning(other) === meaning(one))
        : undefined;
    if (gone !== undefined) taken.add(gone);
    drifts.push(unjudged(one, gone ?? null));
  }
  return [...drifts, ...removed.filter((one) => !taken.has(one)).map((one) => unjudged(one, null))];
}

/** The policy's tag, or the letters and digits of a key that it does not know. */
function meaning({ tag, change }: Named): string {
  if (tag !== null) return `tag ${tag}`;
  const letters = change.key.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "");
  return letters === "" ? `key ${change.key}` : `letters ${letters}`;
}

function unjudged({ change, tag, required }: Named, gone: Named | null): Unjudged {
  const { key, from, to } = change;
  // A change that renames nothing is its own earlier half.
  const earlier = gone?.change ?? change;
  return {
    required,
    drift: {
      kind: gone === null ? kindOf(from, to) : "renamed",
      key,
      oldKey: gone?.change.key ?? null,
      tag,
      from: earlier.from,
      to,
      afterMs: Math.min(change.afterMs, earlier.afterMs),
      seenMs: Math.max(change.seenMs, earlier.seenMs),
      no: Math.max(change.no, earlier.no),
    },
  };
}

function kindOf(from: string | null, to: string | null): DriftKind {
  if (from === null) return "added";
  return to === null ? "removed" : "changed";
}

function severityOf({ drift, required }: Unjudged, broken: readonly Violation[]): DriftSeverity {
  const own = broken.filter(({ tag }) => tag === drift.tag || tag === drift.key);
  const errors = own.filter(({ severity }) => severity === "error");
  if (errors.some(({ kind }) => kind === "missing_required_tag")) return "critical";
  if (errors.length > 0) return "error";
  const moved = required && drift.from !== null && drift.to !== null && drift.from !== drift.to;
  return own.length > 0 || moved ? "warning" : "info";
}
