import fc from "fast-check";
import { expect, test } from "vitest";
import { CLOUDS } from "../../domain/cloud.ts";
import { LINK_KINDS } from "../../domain/links.ts";
import { SEVERITIES, VERDICTS, VIOLATION_KINDS } from "../../domain/compliance/violation.ts";
import type { JudgedResource } from "../../ports/inventory.ts";
import { factsOf, type SeenRow, seenRows } from "../inventory/seen-row.ts";
import { tagsOf } from "../inventory/stored-tags.ts";
import { packRows, unpackRows } from "./packed-rows.ts";

/** Any text, with much of it alike, so that rows share places. */
const word = fc.oneof(fc.constantFrom("a", "b", "\n", ""), fc.string({ unit: "grapheme" }));
/** Names that clouds give have no line breaks. */
const line = word.filter((text) => !text.includes("\n"));
const maybe = fc.option(word, { nil: null });
const violation = fc.record({
  kind: fc.constantFrom(...VIOLATION_KINDS),
  tag: word,
  severity: fc.constantFrom(...SEVERITIES),
  expected: word,
  actual: maybe,
  suggestion: maybe,
  rule: word,
});
const ACCOUNT = "1";
const tags = fc.uniqueArray(fc.record({ key: word, value: word }), { selector: (tag) => tag.key });
const resource = fc.record(
  {
    cloud: fc.constant(CLOUDS[0]),
    account: fc.constant(ACCOUNT),
    region: line,
    type: line,
    id: word,
    tags: fc.option(tags, { nil: null }),
    createdAt: maybe,
    hadTags: fc.constant(true as const),
    inheritedTags: fc.array(fc.record({ key: word, value: word, from: word })),
    links: fc.array(fc.record({ kind: fc.constantFrom(...LINK_KINDS), to: word })),
  },
  { requiredKeys: ["cloud", "account", "region", "type", "id", "tags", "createdAt"] },
);
const page: fc.Arbitrary<readonly JudgedResource[]> = fc.array(
  fc.record({
    resource,
    judgement: fc.record({
      verdict: fc.constantFrom(...VERDICTS),
      violations: fc.array(violation),
    }),
  }),
);
const cell = { cloud: CLOUDS[0], account: ACCOUNT, region: "*", resourceType: "*" } as const;

test("rows come out as they were packed", () => {
  fc.assert(
    fc.property(page, (judged) => {
      const rows = seenRows(cell, judged);
      expect(unpackRows(packRows(rows))).toEqual(rows);
    }),
  );
});

test("a row says what was read and judged, its tags in the order of their keys", () => {
  fc.assert(
    fc.property(page, (judged) => {
      expect(seenRows(cell, judged).map(told)).toEqual(judged.map(inOrder));
    }),
  );
});

test("the state of a row does not depend on the order of tags", () => {
  const state = (some: readonly JudgedResource[]): readonly string[] =>
    seenRows(cell, some).map((row: SeenRow) => row.state);
  fc.assert(
    fc.property(page, (judged) => {
      expect(state(judged.map(reversed))).toEqual(state(judged));
    }),
  );
});

/** A row put together again. */
function told({ key, place, spelling, createdAt, tags: text, facts }: SeenRow): JudgedResource {
  const { judgement, ...more } = factsOf(facts);
  const id = spelling ?? key;
  return { resource: { ...place, id, tags: tagsOf(text), createdAt, ...more }, judgement };
}

function inOrder({ resource: one, judgement }: JudgedResource): JudgedResource {
  const sorted = one.tags?.toSorted((a, b) => (a.key < b.key ? -1 : 1)) ?? null;
  return { resource: { ...one, tags: sorted }, judgement };
}

function reversed({ resource: one, judgement }: JudgedResource): JudgedResource {
  return { resource: { ...one, tags: one.tags?.toReversed() ?? null }, judgement };
}
