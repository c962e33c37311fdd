import type { Cloud } from "../cloud.ts";
import type { Micros } from "../money.ts";
import type { TagSet } from "../resource.ts";
import type { ChargeClass } from "./charge-class.ts";

/** How the figures were measured. Figures of different methods are never added. */
export const COST_METHODS = ["cost_explorer", "cur", "focus", "azure_query", "bigquery"] as const;
export type CostMethod = (typeof COST_METHODS)[number];

/**
 * What groups can be told apart by, besides cloud, month, charge class, currency and the tags asked for,
 * which always are.
 */
export const COST_DIMENSIONS = [
  "account",
  "region",
  "service",
  "resource_type",
  "resource",
] as const;
export type CostDimension = (typeof COST_DIMENSIONS)[number];

/**
 * The smallest aggregate of a bill that keeps what attribution needs: all lines that are equal in every
 * field but the amounts. A field that was not asked for, or that the source does not know, is null.
 */
export interface CostGroup {
  readonly cloud: Cloud;
  /** Month of ChargePeriodStart (UTC), `YYYY-MM`. */
  readonly month: string;
  /** A source that cannot tell discounts from use gives `usage` for both. */
  readonly charge: ChargeClass;
  /** FOCUS SubAccountId in the spelling of `Resource.account`. */
  readonly account: string | null;
  /** FOCUS RegionId in the spelling of `Resource.region`. */
  readonly region: string | null;
  /** FOCUS ServiceName, as the bill spells it. Untrusted text. */
  readonly service: string | null;
  /**
   * Native type id of this build's catalogue where the source can tell (`ec2:instance`); else null, never
   * a guess: one service has several types.
   */
  readonly resourceType: string | null;
  /** FOCUS ResourceId as the bill spells it, when groups are asked per resource. Untrusted text. */
  readonly resourceId: string | null;
  /** Does a resource stand behind the charge? Null: the source does not say (Cost Explorer). */
  readonly hasResource: boolean | null;
  /**
   * Tags of the keys that were asked for, spelt as the cloud spells the key, without the bill's prefixes
   * (`user:`, `resource_tags/user:`). An absent tag is not listed; an empty value is `""`. Where a source
   * cannot tell an empty value from none (`blankIsAbsent`), the tag is not listed.
   */
  readonly tags: TagSet;
  /** Amortised: what use cost with commitments spread over it (FOCUS EffectiveCost). Negative for refunds. */
  readonly effectiveMicros: Micros;
  /** What is invoiced (FOCUS BilledCost); null where the source gives one metric only. */
  readonly billedMicros: Micros | null;
  /** ISO 4217. */
  readonly currency: string;
  /** Lines of the bill behind the group; 0 where the source does not say. */
  readonly lines: number;
}

/** A tag of the policy, as a bill of one cloud may carry it. */
export interface CostKey {
  /** Canonical name of the rule. */
  readonly tag: string;
  /** Keys that are read as this tag, the right one first, then aliases. Never empty. */
  readonly spellings: readonly string[];
  /** Any letter case of a spelling counts (Azure, and policies that say so). */
  readonly ignoreCase: boolean;
}

/**
 * Whether the bill can carry a key at all. `active`: yes, for the whole period. `activated_after`: only
 * from a day within or after the period. `inactive`: the provider does not write it on bills until someone
 * activates it. `unknown`: it could not be found out. Azure and GCP write every key: `active`.
 */
export const KEY_STATES = ["active", "activated_after", "inactive", "unknown"] as const;
export type KeyState = (typeof KEY_STATES)[number];

export interface CostKeyFact {
  /** Canonical name. */
  readonly tag: string;
  readonly state: KeyState;
  /** Day from which the bill carries the key, `YYYY-MM-DD`, where known. */
  readonly activeSince: string | null;
  /** Spellings the groups were really read by; others count as absent. */
  readonly spellingsRead: readonly string[];
  /** Spellings that this bill cannot tell apart (CUR writes CostCenter and cost_center alike). */
  readonly merged: readonly string[];
}
