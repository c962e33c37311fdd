import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Answer, isAnswer } from "./tagging-answer.ts";

/** Mostly what is described, and now and then anything at all in its place. */
const or = <T>(described: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 9, arbitrary: described }, { weight: 1, arbitrary: fc.jsonValue() });
const optional = (described: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.option(described, { nil: null });

const tag = or(
  fc.record({ Key: or(fc.string()), Value: or(optional(fc.string())) }, { requiredKeys: ["Key"] }),
);
const mapping = or(
  fc.record(
    { ResourceARN: or(fc.string()), Tags: or(optional(fc.array(tag, { maxLength: 3 }))) },
    { requiredKeys: ["ResourceARN"] },
  ),
);
const answer = or(
  fc.record(
    {
      PaginationToken: or(optional(fc.string())),
      ResourceTagMappingList: or(fc.array(mapping, { maxLength: 3 })),
    },
    { requiredKeys: ["ResourceTagMappingList"] },
  ),
);

describe("the check of a page of GetResources", () => {
  test("takes what the schema takes", () => {
    const taken = { yes: 0, no: 0 };
    fc.assert(
      fc.property(answer, (given) => {
        const { success } = Answer.safeParse(given);
        taken[success ? "yes" : "no"] += 1;
        expect(isAnswer(given)).toBe(success);
      }),
      { numRuns: 1000 },
    );
    expect(Math.min(taken.yes, taken.no)).toBeGreaterThan(50);
  });
});
