import type { Cloud } from "../domain/cloud.ts";
import type { TagSet } from "../domain/resource.ts";

/** Tags that the inventory last saw. */
export interface StoredTags {
  /**
   * Tags of the resources on which some key begins like one of these, whatever its case; by `resourceKey`,
   * in pages. Some that have only a like key or value are among them. Resources that are gone are there
   * too: they are what bills of the past are about.
   */
  holding(cloud: Cloud, keys: readonly string[]): AsyncIterable<ReadonlyMap<string, TagSet>>;
}
