import { hash } from "node:crypto";
import { tagGapOf } from "../../domain/compliance/tag-gap.ts";
import type { Violation } from "../../domain/compliance/violation.ts";
import { AppError } from "../../domain/errors.ts";
import type { LinkKind } from "../../domain/links.ts";
import { type Resource, resourceKey, type TagSet } from "../../domain/resource.ts";
import { type Cell, cellHolds } from "../../domain/scan/cell.ts";
import type { JudgedResource } from "../../ports/inventory.ts";
import { type GapNumber, gapNumber } from "./gap-number.ts";

/** Where a resource is; rows of one page that are in the same place share the object. */
export type PlaceName = Pick<Resource, "cloud" | "account" | "region" | "type">;

/**
 * A resource that a scan read, as far as can be like its row: who stores it need not take apart and put
 * together again what it only passes on.
 */
export interface SeenRow {
  /** Identity within the cloud; see `resourceKey`. */
  readonly key: string;
  /** Digest of everything a read can change. */
  readonly state: string;
  readonly place: PlaceName;
  /** The id as the cloud spelled it, where that differs from `key`. */
  readonly spelling: string | null;
  readonly createdAt: string | null;
  /** What it lacks if no earlier read saw a tag on it; null is nothing. */
  readonly gap: GapNumber | null;
  /** As its column holds them. */
  readonly tags: string | null;
  /** All else that a read can change, which many resources have alike; `factsOf` reads it. */
  readonly facts: string;
}

/** @throws {AppError} `internal` when the cell does not hold a resource of its page. */
export function seenRows(cell: Cell, page: readonly JudgedResource[]): readonly SeenRow[] {
  const placeOf = placesOf(cell);
  return page.map((judged) => {
    const { resource } = judged;
    const { cloud, id, createdAt } = resource;
    const key = resourceKey(cloud, id);
    const tags = tagsText(resource.tags);
    const facts = factsText(judged);
    const gap = tagGapOf(judged, false);
    return {
      key,
      state: digestOf(resource, tags, facts),
      place: placeOf(resource),
      spelling: id === key ? null : id,
      createdAt,
      gap: gap === null ? null : gapNumber(gap),
      tags,
      facts,
    };
  });
}

/** Gives the same object for the same place. */
function placesOf(cell: Cell): (resource: Resource) => PlaceName {
  const places = new Map<string, PlaceName>();
  let latest: PlaceName | undefined;
  return (resource) => {
    // Most are where the one before them is.
    if (latest !== undefined && isAt(latest, resource)) return latest;
    const name = placeKey(resource);
    latest = places.get(name);
    if (latest === undefined) {
      if (!cellHolds(cell, resource)) throw strayResource(cell, resource);
      const { cloud, account, region, type } = resource;
      latest = { cloud, account, region, type };
      places.set(name, latest);
    }
    return latest;
  };
}

function isAt({ cloud, account, region, type }: PlaceName, resource: Resource): boolean {
  return (
    type === resource.type &&
    region === resource.region &&
    account === resource.account &&
    cloud === resource.cloud
  );
}

export function placeKey({ cloud, account, region, type }: PlaceName): string {
  return `${cloud}\n${account}\n${region}\n${type}`;
}

/** Digest of everything a read can change, and of what was judged of it. */
export function stateOf(judged: JudgedResource): string {
  return digestOf(judged.resource, tagsText(judged.resource.tags), factsText(judged));
}

/** Another text would change every digest, and the next scan would rewrite every row for nothing. */
function digestOf(
  { id, createdAt }: Pick<Resource, "id" | "createdAt">,
  tags: string | null,
  facts: string,
): string {
  const text = `[${JSON.stringify(id)},${tags},${JSON.stringify(createdAt)},${facts.slice(1)}`;
  return hash("sha256", text, "base64url").slice(0, 22);
}

/** JSON, sorted by key because clouds give the same tags in any order. */
function tagsText(tags: TagSet | null): string | null {
  if (tags === null) return null;
  const pairs: Pair[] = [];
  for (const { key, value } of tags) {
    // Tags are few: putting each in its place beats the sort of an array, which asks a function.
    let at = pairs.length;
    for (
      let before = pairs[at - 1];
      before !== undefined && key < before[0];
      before = pairs[at - 1]
    ) {
      pairs[at] = before;
      at -= 1;
    }
    pairs[at] = [key, value];
  }
  return JSON.stringify(pairs);
}

type Pair = readonly [key: string, value: string];

/** What is neither of one resource alone nor tags. */
export interface Facts extends Pick<Resource, "hadTags" | "inheritedTags" | "links"> {
  readonly judgement: JudgedResource["judgement"];
}

type FactsText = readonly [
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
function factsText({ resource, judgement }: JudgedResource): string {
  const { hadTags, inheritedTags, links } = resource;
  const facts: FactsText = [
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
  return JSON.stringify(linked === undefined ? facts : [...facts, linked]);
}

/** @param text as `SeenRow` has it. */
export function factsOf(text: string): Facts {
  const read: FactsText = JSON.parse(text);
  const [verdict, violations, hadTags, inherited, links] = read;
  return {
    ...(hadTags === 1 ? { hadTags: true as const } : {}),
    ...(inherited === null
      ? {}
      : { inheritedTags: inherited.map(([key, value, from]) => ({ key, value, from })) }),
    ...(links === undefined ? {} : { links: links.map(([kind, to]) => ({ kind, to })) }),
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

function strayResource(cell: Cell, resource: Resource): AppError {
  return new AppError("internal", "A reader returned a resource that its cell does not hold.", {
    details: { cell, resource: resource.id, region: resource.region, type: resource.type },
  });
}
