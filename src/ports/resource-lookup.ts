import type { Cloud } from "../domain/cloud.ts";
import type { Resource } from "../domain/resource.ts";
import type { Verdict } from "../domain/compliance/violation.ts";

export interface FoundResource {
  /** Tags are null where they are not known now. */
  readonly resource: Resource;
  readonly verdict: Verdict;
  /** Epoch milliseconds of the last read that saw it. */
  readonly lastSeenAt: number;
  /** When a complete read no longer found it; null while it exists. */
  readonly goneAt: number | null;
}

/** Stored resources by their ids. */
export interface ResourceLookup {
  /** In no particular order; ids that were never stored are left out. Azure ids compare without case. */
  find(cloud: Cloud, ids: readonly string[]): Promise<readonly FoundResource[]>;
}
