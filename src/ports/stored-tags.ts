import type { Cloud } from "../domain/cloud.ts";
import type { TagSet } from "../domain/resource.ts";

/** Tags that the inventory last saw. */
export interface StoredTags {
  /**
   * By the keys asked for; without those of which no tag was ever read. Resources that are gone are
   * there too: they are what bills of the past are about.
   * @param keys as `resourceKey` makes them.
   */
  tagsOf(cloud: Cloud, keys: readonly string[]): Promise<ReadonlyMap<string, TagSet>>;
}
