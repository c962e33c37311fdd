import { z } from "zod";
import { CLOUDS, type Cloud } from "../domain/cloud.ts";

/** What a question is about, with the same names in every command. */
export const scopeOptions = {
  cloud: z.array(z.enum(CLOUDS)).default([]),
  account: z.array(z.string()).default([]),
  region: z.array(z.string()).default([]),
  type: z.array(z.string()).default([]),
} as const;

/** How old the answer's data may be. */
export const freshnessOptions = {
  /** Minutes; the use case's own default (60) when left out. */
  maxAge: z.number().min(0).optional(),
  /** Minutes; up to this age the answer comes at once and is refreshed before the command ends. */
  allowStale: z.number().min(0).default(0),
  refresh: z.boolean().default(false),
} as const;

/** Rows to list. */
export function limitOption(fallback: number): z.ZodDefault<z.ZodInt> {
  return z.int().min(1).max(1000).default(fallback);
}

interface Scope {
  readonly clouds: readonly Cloud[];
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  readonly resourceTypes: readonly string[];
}
interface Freshness {
  readonly maxAgeMinutes: number | undefined;
  readonly staleMinutes: number;
  readonly refresh: boolean;
}
const ScopeOptions = z.object(scopeOptions);
const FreshnessOptions = z.object(freshnessOptions);

export function scopeOf({ cloud, account, region, type }: z.output<typeof ScopeOptions>): Scope {
  return { clouds: cloud, accounts: account, regions: region, resourceTypes: type };
}

export function freshnessOf({
  maxAge,
  allowStale,
  refresh,
}: z.output<typeof FreshnessOptions>): Freshness {
  return { maxAgeMinutes: maxAge, staleMinutes: allowStale, refresh };
}
