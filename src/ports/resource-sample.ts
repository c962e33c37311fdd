import type { Resource } from "../domain/resource.ts";
import type { Scope } from "../domain/scan/scope.ts";

/** An even part of what is stored, to learn from. */
export interface ResourceSample {
  /**
   * Resources of the scope that are not gone and whose tags are known, about `atMost` of them, the same
   * ones each time. Other work gets its turn while it reads.
   */
  sample(scope: Scope, atMost: number): Promise<readonly Resource[]>;
}
