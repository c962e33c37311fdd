import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planBatches } from "./batches.ts";
import { MAX_PROJECTS_PER_SEARCH, MAX_RESULTS_PER_PAGE } from "./limits.ts";

const project = (at: number, scope?: string) => ({
  id: `p${at}`,
  name: "",
  ...(scope === undefined ? {} : { scope, number: String(1000 + at) }),
});

describe("planBatches", () => {
  const known = fc.array(
    fc.record({
      scope: fc.constantFrom(undefined, "organizations/1", "folders/2"),
      size: fc.option(fc.integer({ min: 0, max: 900 }), { nil: undefined }),
    }),
    { maxLength: 120 },
  );

  it("puts each project into one batch, and into one with others only what a search can join", () => {
    fc.assert(
      fc.property(known, (entries) => {
        const projects = entries.map(({ scope }, at) => project(at, scope));
        const sizes = new Map(
          entries.flatMap(({ size }, at) => (size === undefined ? [] : [[`p${at}`, size]])),
        );
        const batches = planBatches(projects, sizes);
        expect(batches.flatMap((batch) => batch.map(({ id }) => id)).toSorted()).toEqual(
          projects.map(({ id }) => id).toSorted(),
        );
        for (const batch of batches) {
          if (batch.length === 1) continue;
          expect(batch.length).toBeLessThanOrEqual(MAX_PROJECTS_PER_SEARCH);
          expect(new Set(batch.map(({ scope }) => scope)).size).toBe(1);
          const sum = batch.reduce((all, { id }) => all + (sizes.get(id) ?? 0), 0);
          expect(sum).toBeLessThanOrEqual(3 * MAX_RESULTS_PER_PAGE);
          expect(batch.every(({ id }) => (sizes.get(id) ?? 0) <= MAX_RESULTS_PER_PAGE)).toBe(true);
        }
      }),
    );
  });

  it("reads a thousand projects of unknown size by 25 searches at first", () => {
    const projects = Array.from({ length: 1000 }, (_, at) => project(at, "organizations/1"));
    expect(planBatches(projects, new Map())).toHaveLength(1000 / MAX_PROJECTS_PER_SEARCH);
  });
});
