import { describe, expect, test } from "vitest";
import { TAG_GAPS, tagGapOf } from "../../domain/compliance/tag-gap.ts";
import type { Resource } from "../../domain/resource.ts";
import { gapNumber, gapOfNumber, gapOnceTagged } from "./gap-number.ts";

test.each(TAG_GAPS)("%s is told from its number", (gap) => {
  expect(gapOfNumber(gapNumber(gap))).toBe(gap);
});

const TAGS = {
  unread: null,
  none: [],
  some: [{ key: "Name", value: "web" }],
  "the cloud's own": [{ key: "aws:cloudformation:stack-name", value: "web" }],
} as const;
const JUDGEMENTS = [
  { verdict: "compliant", violations: [] },
  { verdict: "unknown", violations: [] },
  {
    verdict: "non_compliant",
    violations: [
      {
        kind: "missing_required_tag",
        tag: "Owner",
        severity: "error",
        expected: "a value",
        actual: null,
        suggestion: null,
        rule: "required_tags[0]",
      },
    ],
  },
] as const;

describe.each(Object.entries(TAGS))("of a resource that had tags, with tags: %s", (_, tags) => {
  test.each(JUDGEMENTS)("and a verdict of $verdict", (judgement) => {
    const resource: Resource = {
      cloud: "aws",
      account: "111111111111",
      region: "us-east-1",
      type: "ec2:instance",
      id: "i-1",
      tags,
      createdAt: null,
    };
    const numbered = (hadTags: boolean): number | null => {
      const gap = tagGapOf({ resource, judgement }, hadTags);
      return gap === null ? null : gapNumber(gap);
    };
    expect(gapOnceTagged(numbered(false))).toBe(numbered(true));
  });
});
