import { existsSync } from "node:fs";
import path from "node:path";

/** Data that is no part of the repository: vendors' specifications and recorded answers. */
const DATA = path.resolve(import.meta.dirname, "../../../shared/data");

/** `specs/azure`, `recorded/gcp`, … */
export function publishedPath(name: string): string {
  return path.join(DATA, ...name.split("/"));
}

/**
 * For `test.skipIf(!isPublished("specs/azure"))`. The title says what the test needs, so that a report
 * without the data shows what was not checked.
 */
export function isPublished(name: string): boolean {
  return existsSync(publishedPath(name));
}
