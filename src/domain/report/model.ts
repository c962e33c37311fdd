import type { Cloud } from "../cloud.ts";
import type { Severity, VerdictCounts, ViolationKind } from "../compliance/violation.ts";
import type { Direction } from "../compliance/trend/trend.ts";
import type { Micros } from "../money.ts";
import type { Coverage } from "../scan/coverage.ts";
import type { Scope } from "../scan/scope.ts";

/**
 * Everything a report says, before it is words. All renderers show the same numbers of it. Texts are as
 * the clouds have them, untrusted; amounts of different currencies are never added.
 */
export interface ComplianceReport {
  readonly generatedAtMs: number;
  /** When the scan behind the report began: nothing in its counts is older. */
  readonly dataAsOfMs: number;
  readonly scanId: string;
  readonly policyHash: string;
  readonly scope: Scope;
  readonly counts: VerdictCounts;
  /** Compliant / (compliant + non-compliant); null when nothing was judged. */
  readonly score: number | null;
  readonly violationCount: number;
  readonly spend: ReportSpend | null;
  readonly allocation: ReportAllocation;
  readonly problems: Listed<ReportProblem>;
  readonly offenders: Listed<ReportOffender>;
  readonly teams: ReportTeams | null;
  readonly accounts: Listed<ReportGroup>;
  readonly clouds: readonly ReportGroup[];
  readonly types: Listed<ReportGroup>;
  readonly trend: ReportTrend;
  readonly coverage: Coverage;
  readonly repairs: Listed<ReportRepair>;
}

/** The first of a longer list. */
export interface Listed<T> {
  readonly shown: readonly T[];
  /** How many there are besides those shown. */
  readonly more: number;
}

/** The first `most` of a list. */
export function listed<T>(all: readonly T[], most: number): Listed<T> {
  return { shown: all.slice(0, most), more: Math.max(0, all.length - most) };
}

/** Spend of resources the inventory knows, by the verdict they have now. */
export interface ReportSpend {
  /** The whole month that amounts of resources are of, `YYYY-MM`. */
  readonly month: string;
  /** Clouds of the scope whose bill of that month is stored; spend of the others is not known. */
  readonly clouds: readonly Cloud[];
  readonly currencies: readonly {
    readonly currency: string;
    readonly compliantMicros: Micros;
    readonly nonCompliantMicros: Micros;
    readonly score: number | null;
    /** Spend of everything the bill names as a resource, and the part of it the inventory knows. */
    readonly billedMicros: Micros;
    readonly matchedMicros: Micros;
  }[];
}

/** Why no waterfall of the bill is part of the report. */
export type NoAllocation =
  /** No imported bill and no kept answer holds the period. */
  | "no_cost_data"
  /** The policy names no tag that could allocate spend, or costs could not be read. */
  | "not_readable";

export type ReportAllocation =
  | { readonly known: false; readonly reason: NoAllocation }
  | {
      readonly known: true;
      /** Half-open UTC days. */
      readonly from: string;
      readonly to: string;
      /** Tags that make spend allocated, all of them. */
      readonly tags: readonly string[];
      readonly figures: readonly AllocationFigure[];
      /** Clouds of the scope that are in no figure. */
      readonly cloudsWithout: readonly Cloud[];
    };

export interface AllocationFigure {
  readonly clouds: readonly Cloud[];
  readonly currency: string;
  readonly method: string;
  readonly confidence: "high" | "medium" | "low";
  /** When the provider wrote the bill; null where it does not say. */
  readonly asOfMs: number | null;
  readonly totalMicros: Micros;
  readonly taggableMicros: Micros;
  /** False: the bill cannot tell allocated spend from gaps, so `buckets` and `steps` are empty. */
  readonly measurable: boolean;
  /** They add up to the total. */
  readonly buckets: readonly { readonly bucket: string; readonly micros: Micros }[];
  readonly allocatedMicros: Micros;
  /** Share of taggable spend that the steps aim at. */
  readonly target: number;
  readonly steps: Listed<AllocationStep>;
}

export interface AllocationStep {
  readonly kind: "account_default" | "parent" | "ignore_case" | "value";
  readonly where: string;
  readonly setTo: string | null;
  readonly gainMicros: Micros;
  /** Allocated share of taggable spend once this step and those before it are done. */
  readonly shareAfter: number | null;
}

/** Spend of some resources in one currency. */
export interface SpendPart {
  readonly currency: string;
  readonly nonCompliantMicros: Micros;
  readonly totalMicros: Micros;
}

/** One way in which resources of one cloud break the policy. */
export interface ReportProblem {
  readonly cloud: Cloud;
  readonly kind: ViolationKind;
  readonly tag: string;
  readonly severity: Severity;
  readonly count: number;
  /** Spend of the resources that have it; `[]` where it is not known. */
  readonly spend: readonly { readonly currency: string; readonly micros: Micros }[];
}

/** A non-compliant resource, by what it costs. */
export interface ReportOffender {
  readonly cloud: Cloud;
  readonly account: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly currency: string;
  readonly micros: Micros;
}

/** An account, cloud, type or team, and how it keeps the policy. */
export interface ReportGroup {
  /** Null where the name itself is all: a cloud, or a team that spans clouds. */
  readonly cloud: Cloud | null;
  /** Null: resources that carry no value of the team tag. */
  readonly name: string | null;
  readonly counts: VerdictCounts;
  readonly score: number | null;
  /** `[]` where it is not known. */
  readonly spend: readonly SpendPart[];
}

export interface ReportTeams {
  /** Canonical name of the tag that names teams. */
  readonly tag: string;
  readonly groups: Listed<ReportGroup>;
  /** Resources whose tags are not known: in no group. */
  readonly unreadable: number;
}

export interface TrendLinePoint {
  readonly periodStartMs: number;
  /** Null: no snapshot, or nothing judged in it. */
  readonly score: number | null;
  readonly nonCompliant: number | null;
  /** Judged by another policy, or of another scope, than the point before. */
  readonly breaks: boolean;
}

/** Scheduled snapshots alone; ad-hoc scans are never part of it. */
export type ReportTrend =
  /** History is not kept by region. */
  | { readonly known: false; readonly reason: "not_kept_by_region" | "no_snapshots" }
  | {
      readonly known: true;
      readonly days: number;
      readonly points: readonly TrendLinePoint[];
      /** Days among them without a snapshot. */
      readonly gaps: number;
      readonly direction: Direction;
      /** Change of the score a week; null when there is too little to say. */
      readonly perWeek: number | null;
      readonly comparablePoints: number;
    };

/** What mending one tag in one account would do, and nothing else. */
export interface ReportRepair {
  readonly cloud: Cloud;
  readonly account: string;
  readonly tag: string;
  /** Resources on which the tag is wrong (errors only). */
  readonly affected: number;
  /** Those of them that have no other error: they become compliant. */
  readonly repaired: number;
  /** Score of the account, and of the whole scope, now and afterwards. */
  readonly accountScore: number | null;
  readonly accountScoreAfter: number | null;
  readonly scopeScoreAfter: number | null;
}

/** Order by what it gains. */
export const REPORT_SECTIONS = [
  "summary",
  "recommendations",
  "violations",
  "teams",
  "accounts",
  "breakdown",
  "trend",
  "coverage",
] as const;
export type ReportSection = (typeof REPORT_SECTIONS)[number];

export const REPORT_FORMATS = ["markdown", "csv", "json", "html", "xlsx"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];
