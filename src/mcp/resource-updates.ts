import type { Change, Changes } from "../ports/changes.ts";
import type { AnyResource } from "./define-resource.ts";

/** Resources that show something else than they did. */
export interface ResourceUpdates {
  /**
   * @param heard called with the address of each, without a query
   * @returns ends that; calling it again does nothing
   */
  listen(heard: (uri: string) => void): () => void;
}

/** What the application sees change, in the addresses of `registry`. */
export function createResourceUpdates(
  registry: readonly AnyResource[],
  changes: Changes,
): ResourceUpdates {
  const updatedBy = (change: Change): readonly string[] =>
    registry.flatMap(({ updatedBy: urisOf }) => urisOf?.(change) ?? []);
  return {
    listen: (heard) => changes.listen((change) => updatedBy(change).forEach(heard)),
  };
}
