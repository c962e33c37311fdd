import type { Tag } from "../../src/domain/resource.ts";
import { hash32 } from "./random.ts";
import { type Month, ordinalOf } from "./bill-line.ts";

/** A cost allocation tag of the organization, as its management account set it up. */
export interface AllocationTag {
  readonly key: string;
  readonly status: "Active" | "Inactive";
  /** ISO 8601 UTC of the last change of `status`. */
  readonly changedAt: string;
  /** ISO 8601 UTC of the last usage that carried it. */
  readonly lastUsedAt: string;
}

const LONG_AGO = "2022-05-04T09:12:40Z";
const LAST_USED = "2026-11-01T00:00:00Z";

/**
 * Owner came late: what was used before that day shows no owner, whatever the resources say. The
 * variants were never activated, so that money with the right tag under another name is hidden.
 */
export const OWNER_ACTIVATED_ON = "2026-10-12";

const tag = (
  key: string,
  status: AllocationTag["status"],
  changedAt = LONG_AGO,
): AllocationTag => ({
  key,
  status,
  changedAt,
  lastUsedAt: LAST_USED,
});

export const ALLOCATION_TAGS: readonly AllocationTag[] = [
  tag("Application", "Active"),
  tag("CC", "Inactive"),
  tag("CostCenter", "Active"),
  tag("Costcenter", "Inactive"),
  tag("Environment", "Active"),
  tag("ManagedBy", "Inactive"),
  tag("Name", "Inactive"),
  tag("OWNER", "Inactive"),
  tag("Owner", "Active", `${OWNER_ACTIVATED_ON}T08:30:00Z`),
  tag("Temp", "Inactive"),
  tag("cost-center", "Inactive"),
  tag("costcenter", "Inactive"),
  tag("env", "Inactive"),
  tag("environment", "Inactive"),
  tag("owned-by", "Inactive"),
  tag("owner", "Inactive"),
];

/** Keys that AWS puts on the usage of a day: a key counts from its activation on, never before. */
export function activeOn(day: string): ReadonlySet<string> {
  return new Set(
    ALLOCATION_TAGS.flatMap(({ key, status, changedAt }) =>
      status === "Active" && changedAt.slice(0, 10) <= day ? [key] : [],
    ),
  );
}

/** One resource in seven was tagged late; until then its usage went without. */
const TAGGED_LATE = 7;
const LAST_TAGGING_MONTH = "2026-10";
const TAGGING_MONTHS = 4;

/** The tags that a resource had in a month. Tags do not reach back to usage before they were set. */
export function tagsThen(
  tags: readonly Tag[],
  {
    seed,
    ordinal,
    index,
  }: { readonly seed: number; readonly ordinal: number; readonly index: number },
  month: Month,
): readonly Tag[] {
  const roll = hash32(seed, ordinal, index, 31);
  if (roll % TAGGED_LATE !== 0) return tags;
  const taggedIn = ordinalOf(LAST_TAGGING_MONTH) - ((roll >>> 8) % TAGGING_MONTHS);
  return ordinalOf(month) < taggedIn ? [] : tags;
}
