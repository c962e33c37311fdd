import { describe, expect, test } from "vitest";
import { tagsOf } from "./joined-cell.ts";

const OLD = [{ key: "Owner", value: "b" }];
const BUCKET = "arn:aws:s3:::logs";
const ROLE = "arn:aws:iam::123456789012:role/x";
const STRANGE = "arn:aws:newservice:eu-west-1:123456789012:thing/x";

describe("tags of a resource that only Resource Explorer lists", () => {
  const proved = { includesTags: true, sweptAll: true };
  const cases = [
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
  test.each(cases)("$name", ({ arn = BUCKET, indexed = null, proof, tags }) => {
    const row = { arn, tags: indexed };
    expect(tagsOf(row, { ...proved, ...proof })).toEqual(tags);
  });
});
