import type { Cloud } from "../src/domain/cloud.ts";

/**
 * What goes wrong, in each cloud's own words on the wire.
 * `throttle`: the cloud's rate error. `deny`: its permission error. `expire`: expired credentials on a
 * first page, an expired page token on a later one. `hang`: the socket stays open and silent.
 * `partial`: the answer is cut short in the way that cloud cuts (a first page followed by a failure,
 * or a truncation mark in a 200).
 */
export const FAULT_KINDS = ["throttle", "deny", "expire", "hang", "partial"] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** One request as a server understood it. */
export interface SandboxCall {
  readonly cloud: Cloud;
  /**
   * `tagging`, `resource-explorer-2`, `ec2`, `s3`, `sts`, `organizations`, `resourcegraph`, `subscriptions`, `activitylog`, `cloudasset`,
   * `cloudresourcemanager`, `logging`, `cloudtrail`.
   */
  readonly service: string;
  /** API operation, such as `GetResources`, `Resources`, `searchAllResources`. */
  readonly operation: string;
  /** Empty when the request names none. */
  readonly account: string;
  readonly region: string;
}

/** Matches a call when every named field is equal; an absent field matches anything. */
export interface FaultRule extends Partial<SandboxCall> {
  readonly kind: FaultKind;
  /** Matching calls let through before the fault begins. Default 0. */
  readonly after?: number;
  /** Calls that fail before the fault ends. Default: every one. */
  readonly times?: number;
}

export interface FaultPlan {
  /** The fault this call meets, if any. Counts the call against `after` and `times`. */
  decide(call: SandboxCall): FaultKind | undefined;
  replace(rules: readonly FaultRule[]): void;
}

const FIELDS = ["cloud", "service", "operation", "account", "region"] as const;

export function createFaultPlan(initial: readonly FaultRule[] = []): FaultPlan {
  let live = initial.map((rule) => ({ rule, seen: 0 }));
  return {
    replace: (rules) => {
      live = rules.map((rule) => ({ rule, seen: 0 }));
    },
    decide: (call) => {
      for (const entry of live) {
        const { rule } = entry;
        if (!FIELDS.every((field) => rule[field] === undefined || rule[field] === call[field]))
          continue;
        entry.seen += 1;
        const from = rule.after ?? 0;
        const until = from + (rule.times ?? Number.POSITIVE_INFINITY);
        if (entry.seen > from && entry.seen <= until) return rule.kind;
      }
      return undefined;
    },
  };
}
