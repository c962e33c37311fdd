import { describe, expect, test } from "vitest";
import { tagsOf } from "./cells.ts";

const TAG = [{ key: "Owner", value: "a" }];
const OLD = [{ key: "Owner", value: "b" }];
const BUCKET = "arn:aws:s3:::logs";
const ROLE = "arn:aws:iam::123456789012:role/x";
const STRANGE = "arn:aws:newservice:eu-west-1:123456789012:thing/x";

describe("tags of a resource that Resource Explorer lists", () => {
  const proved = { includesTags: true, sweptAll: true };
  const cases = [
    { name: "the tagging API's win", indexed: OLD, swept: TAG, tags: TAG },
    { name: "even when they are none", indexed: OLD, swept: [], tags: [] },
    { name: "the index's count where the tagging API is silent", indexed: OLD, tags: OLD },
    { name: "listed by neither: never tagged", tags: [] },
    { name: "the tagging API alone proves it", proof: { includesTags: false }, tags: [] },
    { name: "the index alone proves nothing", proof: { sweptAll: false }, tags: null },
    { name: "not even what it shows", indexed: OLD, proof: { sweptAll: false }, tags: null },
    {
      name: "a type that the tagging API may not cover",
      arn: STRANGE,
      proof: { includesTags: false },
      tags: null,
    },
    { name: "such a type, and a view that shows tags", arn: STRANGE, tags: [] },
    { name: "the index never has tags of IAM", arn: ROLE, tags: null },
  ];
  test.each(cases)("$name", ({ arn = BUCKET, indexed = null, swept, proof, tags }) => {
    const row = { arn, account: "123456789012", region: "eu-west-1", tags: indexed };
    expect(tagsOf(row, swept, { ...proved, ...proof })).toEqual(tags);
  });
});
