import { z } from "zod";

/** Named figures of a part of the benchmark; times are seconds, memory is MiB. */
export type Figures = Record<string, number | string>;

/** What a part printed. */
export const Printed = z.record(z.string(), z.union([z.number(), z.string()]));

/** What every part is run with. */
export interface Setting {
  readonly resources: number;
  /** Milliseconds before every answer. */
  readonly latency: number;
  /** Calls on the wire at the same time. */
  readonly concurrency: number;
  /** Cells read at the same time. */
  readonly cells: number;
  /** Percentage of account × Region cells whose tagging API fails. */
  readonly faults: number;
  readonly store: "sqlite" | "none";
}

export const SEED = 1;

/** Wall time, CPU time of this process and its highest memory so far, under names that begin with `name`. */
export function startWatch(): { read(name: string): Figures } {
  const cpu = process.cpuUsage();
  const began = performance.now();
  return {
    read: (name) => {
      const used = process.cpuUsage(cpu);
      return {
        [`${name}_seconds`]: round((performance.now() - began) / 1000),
        [`${name}_cpu_seconds`]: round((used.user + used.system) / 1e6),
        [`${name}_peak_rss_mib`]: Math.round(process.resourceUsage().maxRSS / 1024),
      };
    },
  };
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
