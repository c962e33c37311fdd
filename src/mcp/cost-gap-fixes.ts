import type { CostBucket } from "../domain/cost/allocation.ts";
import type { UnmeasurableReason } from "../domain/cost/measurable.ts";

/** What to do about each part of a bill, in our own words; the same for tools and people. */
export const BUCKET_FIX = {
  allocated: null,
  gap_missing_or_empty: "Tag the resources; the path lists where one act reaches most",
  gap_invalid_value: "Correct the values, or map them in the policy",
  exempt: "Review the exemptions when they end",
  no_resource_id: "No tag can reach it: give each account a default owner",
  not_taggable_charge: "Share by a rule (even, proportional or fixed)",
} as const satisfies Readonly<Record<CostBucket, string | null>>;

export const OBSTACLE_FIX = {
  key_inactive:
    "Activate the key as a cost allocation tag in the management account, then back-fill up to 12 months",
  key_activated_after:
    "Back-fill the key (up to 12 months), or ask from the day on which it was active",
  key_not_read: "Import the bill again: it was read before the policy had this tag",
  no_source: "Import a bill (tag-compliance cost import), or give this cloud read access to costs",
  no_charges: "Nothing to do, unless charges were expected: then check accounts and period",
  source_cannot: "Import a CUR or FOCUS export, or ask for one tag, grouping or filter at a time",
} as const satisfies Readonly<Record<UnmeasurableReason, string>>;

/** Buckets as sentences name them. */
export const BUCKET_WORDS = {
  allocated: "allocated",
  gap_missing_or_empty: "tag missing or empty",
  gap_invalid_value: "value not valid",
  exempt: "exempt",
  no_resource_id: "no resource to tag",
  not_taggable_charge: "no tag can reach it",
  unmeasurable: "not measurable",
} as const satisfies Readonly<Record<CostBucket | "unmeasurable", string>>;
