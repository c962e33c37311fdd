import fc from "fast-check";
import { expect, test } from "vitest";
import { CLOUDS } from "../../domain/cloud.ts";
import { SEVERITIES, VERDICTS, VIOLATION_KINDS } from "../../domain/compliance/violation.ts";
import type { JudgedResource } from "../../ports/inventory.ts";
import type { ScanJob, ScanWork } from "../inventory/scan-work.ts";
import { placeKey, type PlaceName, type SeenRow, stateOf, tagsText } from "../inventory/seen-row.ts";
import { packWork, unpackWork } from "./packed-work.ts";

/** Any text, with much of it alike, so that rows share places and findings. */
const word = fc.oneof(fc.constantFrom("a", "b", ""), fc.string({ unit: "grapheme" }));
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
const resource = fc.record(
  {
    cloud: fc.constantFrom(...CLOUDS),
    account: word,
    region: word,
    type: word,
    id: word,
    tags: fc.option(fc.array(fc.record({ key: word, value: word })), { nil: null }),
    createdAt: maybe,
    hadTags: fc.constant(true as const),
    inheritedTags: fc.array(fc.record({ key: word, value: word, from: word })),
  },
  { requiredKeys: ["cloud", "account", "region", "type", "id", "tags", "createdAt"] },
);
const judged: fc.Arbitrary<readonly JudgedResource[]> = fc.array(
  fc.record({
    resource,
    judgement: fc.record({
      verdict: fc.constantFrom(...VERDICTS),
      violations: fc.array(violation),
    }),
  }),
);
/** Rows share the object of a place where they are in the same. */
const page: fc.Arbitrary<readonly SeenRow[]> = judged.map((rows) => {
  const places = new Map<string, PlaceName>();
  return rows.map((row) => {
    const { cloud, account, region, type, id } = row.resource;
    const name = placeKey(row.resource);
    const place = places.get(name) ?? { cloud, account, region, type };
    places.set(name, place);
    return { key: id, state: stateOf(row, tagsText(row.resource.tags)), place, judged: row };
  });
});
const cell = { cloud: "aws", account: "1", region: "*", resourceType: "*" } as const;
const outcome = { cell, status: "complete", reason: null, resources: 3 } as const;
const job: fc.Arbitrary<ScanJob> = fc.oneof(
  page.map((rows) => ({ kind: "page" as const, rows })),
  page.map((rows) => ({ kind: "end_cell" as const, outcome, rows })),
  fc.constant({ kind: "finish" as const, status: "partial" as const }),
);
const scan = {
  no: 7,
  beganAtMs: 5,
  id: "scan_7",
  owner: "store",
  scope: { clouds: [], accounts: [], regions: [], resourceTypes: [] },
  snapshot: null,
};

/** With everything unpacked. */
function read({ jobs, ...work }: ScanWork): unknown {
  const rowsOf = (rows: readonly SeenRow[]) =>
    rows.map((row) => [row.key, row.state, row.place, row.judged]);
  return {
    ...work,
    jobs: jobs.map((job) => (job.kind === "finish" ? job : { ...job, rows: rowsOf(job.rows) })),
  };
}

test("work comes out as it was packed", () => {
  fc.assert(
    fc.property(fc.array(job), (jobs) => {
      const work: ScanWork = { scan, nowMs: 9, jobs };
      expect(read(unpackWork(packWork(work)))).toEqual(read(work));
    }),
  );
});
