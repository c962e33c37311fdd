import type { CostKeyFact, CostMethod } from "./cost-line.ts";
import type { CostPeriod } from "./cost-period.ts";

/** Why a bill cannot say who its spend belongs to. A gap in that state is not 100 %: it is not known. */
export const UNMEASURABLE_REASONS = [
  /** The key is not activated for cost allocation, so no line carries it. */
  "key_inactive",
  /** The key was activated after the period began, so early lines lack it. */
  "key_activated_after",
  /** The key was not read: the bill was imported before the policy had it. */
  "key_not_read",
  /** No bill of this cloud and period can be asked. */
  "no_source",
  /** The bill was read and has no charge in the period: a share of nothing is not known. */
  "no_charges",
  /** The source cannot read so many tags at once, or not this grouping. */
  "source_cannot",
] as const;
export type UnmeasurableReason = (typeof UNMEASURABLE_REASONS)[number];

export interface Unmeasurable {
  readonly reason: UnmeasurableReason;
  /** Canonical names of the tags concerned; empty where it is not about tags. */
  readonly tags: readonly string[];
  /** Day from which it can be measured, `YYYY-MM-DD`, where known. */
  readonly measurableFrom: string | null;
}

/** What stands in the way of measuring the judged tags over a period; null when nothing does. */
export function obstacleOf(
  keys: readonly CostKeyFact[],
  tags: readonly string[],
  period: CostPeriod,
): Unmeasurable | null {
  const judged = keys.filter(({ tag }) => tags.includes(tag));
  const inactive = judged.filter(({ state }) => state === "inactive");
  if (inactive.length > 0)
    return { reason: "key_inactive", tags: inactive.map(({ tag }) => tag), measurableFrom: null };
  const unread = judged.filter(({ spellingsRead }) => spellingsRead.length === 0);
  if (unread.length > 0)
    return { reason: "key_not_read", tags: unread.map(({ tag }) => tag), measurableFrom: null };
  const late = judged.filter(
    ({ state, activeSince }) =>
      state === "activated_after" && (activeSince === null || activeSince > period.from),
  );
  if (late.length === 0) return null;
  const days = late.map(({ activeSince }) => activeSince).filter((day) => day !== null);
  return {
    reason: "key_activated_after",
    tags: late.map(({ tag }) => tag),
    measurableFrom: days.toSorted().at(-1) ?? null,
  };
}

/** How sure a figure is. `high`: every line of the bill. `medium`: the provider's aggregates. `low`: parts are missing. */
export type Confidence = "high" | "medium" | "low";

const PER_LINE: ReadonlySet<CostMethod> = new Set(["cur", "focus", "bigquery"]);

export function confidenceOf(
  method: CostMethod,
  facts: { readonly missing: number; readonly linesLeftOut: number; readonly keyUnknown: boolean },
): Confidence {
  if (facts.missing > 0 || facts.linesLeftOut > 0 || facts.keyUnknown) return "low";
  return PER_LINE.has(method) ? "high" : "medium";
}
