import { hash } from "node:crypto";
import type { Transaction } from "kysely";
import type { Cloud } from "../../domain/cloud.ts";
import { tagGapOf } from "../../domain/compliance/tag-gap.ts";
import type { Violation } from "../../domain/compliance/violation.ts";
import { AppError } from "../../domain/errors.ts";
import { resourceKey, type TagSet } from "../../domain/resource.ts";
import { type Cell, cellHolds } from "../../domain/scan/cell.ts";
import type { JudgedResource } from "../../ports/inventory.ts";
import type { Database } from "../schema.ts";
import { batches } from "./batches.ts";
import type { DictionaryLookup } from "./dictionary.ts";
import { gapNumber } from "./gap-number.ts";
import { inheritedText } from "./stored-tags.ts";

/** What was read of one cell at a time. */
export interface Page {
  readonly cell: Cell;
  readonly page: readonly JudgedResource[];
}

/** Pages of one cloud, of which none repeats a resource of another, and what is known when they are stored. */
export interface PageWrite {
  readonly pages: readonly Page[];
  readonly scanNo: number;
  readonly nowMs: number;
}

type StoredResource = Pick<
  Database["resources"],
  "no" | "resource_key" | "place_id" | "verdict" | "state" | "gone_at" | "gap" | "had_tags"
>;

/** A resource of the page beside what is stored of it. */
export interface Sighting {
  readonly seen: JudgedResource;
  readonly key: string;
  readonly placeId: number;
  readonly tags: string | null;
  readonly state: string;
  readonly hadTags: boolean;
  /** As its column holds it; see `gap-number.ts`. */
  readonly gap: number | null;
  readonly stored: StoredResource | undefined;
}

/**
 * What pages hold beside what is stored of it.
 * @throws {AppError} `internal` when a cell does not hold a resource of its page.
 */
export async function sight(
  trx: Transaction<Database>,
  dictionary: DictionaryLookup,
  { pages }: PageWrite,
): Promise<readonly Sighting[]> {
  // Clouds repeat a resource across overlapping answers; the last one read is the newest.
  const byKey = new Map<string, JudgedResource>();
  for (const { cell, page } of pages)
    for (const seen of page) {
      if (!cellHolds(cell, seen.resource)) throw strayResource(cell, seen);
      byKey.set(resourceKey(cell.cloud, seen.resource.id), seen);
    }
  const stored = await findStored(trx, pages[0]?.cell.cloud, [...byKey.keys()]);
  const seenResources = [...byKey.values()].map(({ resource }) => resource);
  const placeIdOf = await dictionary.placeIds(seenResources);
  const sightings: Sighting[] = [];
  for (const [key, seen] of byKey) {
    const tags = tagsText(seen.resource.tags);
    const known = stored.get(key);
    sightings.push({
      seen,
      key,
      placeId: placeIdOf(seen.resource),
      tags,
      state: stateOf(seen, tags),
      stored: known,
      ...gapOf(seen, known),
    });
  }
  return sightings;
}

function gapOf(
  seen: JudgedResource,
  stored: StoredResource | undefined,
): Pick<Sighting, "gap" | "hadTags"> {
  const { tags, hadTags } = seen.resource;
  const had = stored?.had_tags === 1;
  const gap = tagGapOf(seen, had);
  return {
    gap: gap === null ? null : gapNumber(gap),
    hadTags: had || hadTags === true || (tags !== null && tags.length > 0),
  };
}

async function findStored(
  trx: Transaction<Database>,
  cloud: Cloud | undefined,
  keys: readonly string[],
): Promise<ReadonlyMap<string, StoredResource>> {
  const stored = new Map<string, StoredResource>();
  if (cloud === undefined) return stored;
  for (const batch of batches(keys)) {
    const rows = await trx
      .selectFrom("resources")
      .select(["no", "resource_key", "place_id", "verdict", "state", "gone_at", "gap", "had_tags"])
      .where("resource_key", "in", batch)
      .where("cloud", "=", cloud)
      .execute();
    for (const row of rows) stored.set(row.resource_key, row);
  }
  return stored;
}

/** It reads as it did before. */
export function isSame({ stored, placeId, state }: Sighting): boolean {
  return stored?.gone_at === null && stored.place_id === placeId && stored.state === state;
}

/** Sorted by key, because clouds give the same tags in any order. */
export function tagsText(tags: TagSet | null): string | null {
  if (tags === null) return null;
  const pairs = tags.map(({ key, value }) => [key, value] as const);
  return JSON.stringify(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Digest of everything a read can change; `tags` as their column holds them. */
export function stateOf({ resource, judgement }: JudgedResource, tags: string | null): string {
  const text = JSON.stringify([
    resource.hadTags === true ? "emptied" : tags,
    resource.id,
    resource.createdAt,
    judgement.verdict,
    judgement.violations.map(violationState),
    ...(resource.inheritedTags === undefined ? [] : [inheritedText(resource)]),
  ]);
  return hash("sha256", text, "base64url").slice(0, 22);
}

function violationState(violation: Violation): readonly (string | null)[] {
  const { kind, tag, severity, expected, actual, suggestion, rule } = violation;
  return [kind, tag, severity, expected, actual, suggestion, rule];
}

function strayResource(cell: Cell, { resource }: JudgedResource): AppError {
  return new AppError("internal", "A reader returned a resource that its cell does not hold.", {
    details: { cell, resource: resource.id, region: resource.region, type: resource.type },
  });
}
