import { hash } from "node:crypto";
import type { Violation } from "../../domain/compliance/violation.ts";
import { AppError } from "../../domain/errors.ts";
import type { LinkKind } from "../../domain/links.ts";
import { type Resource, resourceKey, type TagSet } from "../../domain/resource.ts";
import { type Cell, cellHolds } from "../../domain/scan/cell.ts";
import type { JudgedResource } from "../../ports/inventory.ts";

/** Where a resource is; rows of one page that are in the same place share the object. */
export type PlaceName = Pick<Resource, "cloud" | "account" | "region" | "type">;

/** A resource that a scan read, with what tells whether it reads as it did before. */
export interface SeenRow {
  /** Identity within the cloud; see `resourceKey`. */
  readonly key: string;
  /** Digest of everything a read can change. */
  readonly state: string;
  readonly place: PlaceName;
  /** Everything a read can change, as text: what `state` is the digest of, and `judgedOf` reads. */
  readonly text: string;
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
    const text = textOf(judged);
    return { key: resourceKey(cloud, id), state: digestOf(text), place, text };
  });
}

export function placeKey({ cloud, account, region, type }: PlaceName): string {
  return `${cloud}\n${account}\n${region}\n${type}`;
}

/** Sorted by key, because clouds give the same tags in any order. */
export function tagsText(tags: TagSet | null): string | null {
  return tags === null ? null : JSON.stringify(sortedPairs(tags));
}

type Pair = readonly [key: string, value: string];

function sortedPairs(tags: TagSet): readonly Pair[] {
  return tags
    .map(({ key, value }) => [key, value] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** Digest of everything a read can change, and of what was judged of it. */
export function stateOf(judged: JudgedResource): string {
  return digestOf(textOf(judged));
}

function digestOf(text: string): string {
  return hash("sha256", text, "base64url").slice(0, 22);
}

type RowText = readonly [
  id: string,
  tags: readonly Pair[] | null,
  createdAt: string | null,
  verdict: JudgedResource["judgement"]["verdict"],
  violations: readonly ViolationText[],
  hadTags: 0 | 1,
  inherited: readonly (readonly [key: string, value: string, from: string])[] | null,
  /** Missing where there are none: a row without links costs, and reads, what it always did. */
  links?: readonly LinkText[],
];

type LinkText = readonly [kind: LinkKind, to: string];

type ViolationText = readonly [
  kind: Violation["kind"],
  tag: string,
  severity: Violation["severity"],
  expected: string,
  actual: string | null,
  suggestion: string | null,
  rule: string,
];

/** JSON without names, and so without line breaks. */
function textOf({ resource, judgement }: JudgedResource): string {
  const { id, tags, createdAt, hadTags, inheritedTags, links } = resource;
  const row: RowText = [
    id,
    tags === null ? null : sortedPairs(tags),
    createdAt,
    judgement.verdict,
    judgement.violations.map(({ kind, tag, severity, expected, actual, suggestion, rule }) => [
      kind,
      tag,
      severity,
      expected,
      actual,
      suggestion,
      rule,
    ]),
    hadTags === true ? 1 : 0,
    inheritedTags?.map(({ key, value, from }) => [key, value, from]) ?? null,
  ];
  const linked = links?.map(({ kind, to }): LinkText => [kind, to]);
  return JSON.stringify(linked === undefined ? row : [...row, linked]);
}

/** What was read and judged; tags in the order of their keys. */
export function judgedOf({ place, text }: SeenRow): JudgedResource {
  const row: RowText = JSON.parse(text);
  const [id, tags, createdAt, verdict, violations, hadTags, inherited, links] = row;
  const resource: Resource = {
    ...place,
    id,
    tags: tags?.map(([key, value]) => ({ key, value })) ?? null,
    createdAt,
    ...(hadTags === 1 ? { hadTags: true as const } : {}),
    ...(inherited === null
      ? {}
      : { inheritedTags: inherited.map(([key, value, from]) => ({ key, value, from })) }),
    ...(links === undefined ? {} : { links: links.map(([kind, to]) => ({ kind, to })) }),
  };
  return {
    resource,
    judgement: {
      verdict,
      violations: violations.map(([kind, tag, severity, expected, actual, suggestion, rule]) => ({
        kind,
        tag,
        severity,
        expected,
        actual,
        suggestion,
        rule,
      })),
    },
  };
}

function strayResource(cell: Cell, { resource }: JudgedResource): AppError {
  return new AppError("internal", "A reader returned a resource that its cell does not hold.", {
    details: { cell, resource: resource.id, region: resource.region, type: resource.type },
  });
}
