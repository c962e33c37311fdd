import type { Cloud } from "../src/domain/cloud.ts";
import type { SandboxCall } from "./faults.ts";

export interface CallCount {
  readonly cloud: Cloud;
  readonly service: string;
  readonly operation: string;
  readonly count: number;
}

/** How many requests the simulated clouds understood. */
export interface CallCounts {
  /** One row per cloud, service and operation, sorted. */
  all(): readonly CallCount[];
  /** Requests that match every named field. */
  count(filter?: Partial<Omit<CallCount, "count">>): number;
  record(call: SandboxCall): void;
  reset(): void;
}

export function countCalls(): CallCounts {
  const rows = new Map<
    string,
    { cloud: Cloud; service: string; operation: string; count: number }
  >();
  const all = (): readonly CallCount[] =>
    [...rows.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  return {
    all,
    count: (filter = {}) =>
      all()
        .filter(
          (row) =>
            (filter.cloud ?? row.cloud) === row.cloud &&
            (filter.service ?? row.service) === row.service &&
            (filter.operation ?? row.operation) === row.operation,
        )
        .reduce((sum, { count }) => sum + count, 0),
    record: ({ cloud, service, operation }) => {
      const key = `${cloud} ${service} ${operation}`;
      const row = rows.get(key) ?? { cloud, service, operation, count: 0 };
      row.count += 1;
      rows.set(key, row);
    },
    reset: () => rows.clear(),
  };
}
