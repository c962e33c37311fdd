import { hash } from "node:crypto";
import type { Violation } from "../../domain/compliance/violation.ts";
import { AppError } from "../../domain/errors.ts";
import { type Resource, resourceKey, type TagSet } from "../../domain/resource.ts";
import { type Cell, cellHolds } from "../../domain/scan/cell.ts";
import type { JudgedResource } from "../../ports/inventory.ts";
import { inheritedText } from "./stored-tags.ts";

/** Where a resource is; rows of one page that are in the same place share the object. */
export type PlaceName = Pick<Resource, "cloud" | "account" | "region" | "type">;

/** A resource that a scan read, with what tells whether it reads as it did before. */
export interface SeenRow {
  /** Identity within the cloud; see `resourceKey`. */
  readonly key: string;
  /** Digest of everything a read can change. */
  readonly state: string;
  readonly place: PlaceName;
  /** May have to be unpacked: to be looked at only where something changed. */
  readonly judged: JudgedResource;
}

/** @throws {AppError} `internal` when the cell does not hold a resource of its page. */
export function seenRows(cell: Cell, page: readonly JudgedResource[]): readonly SeenRow[] {
  const places = new Map<string, PlaceName>();
  return page.map((judged) => {
    const { resource } = judged;
    const { cloud, account, region, type, id } = resource;
    const name = placeKey(resource);
    let place = places.get(name);
    if (place === undefined) {
      if (!cellHolds(cell, resource)) throw strayResource(cell, judged);
      place = { cloud, account, region, type };
      places.set(name, place);
    }
    const state = stateOf(judged, tagsText(resource.tags));
    return { key: resourceKey(cloud, id), state, place, judged };
  });
}

export function placeKey({ cloud, account, region, type }: PlaceName): string {
  return `${cloud}\n${account}\n${region}\n${type}`;
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
