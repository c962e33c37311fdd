import { expect, test } from "vitest";
import type { Resource, TagSet } from "../resource.ts";
import { tagGapOf } from "./tag-gap.ts";
import type { Judgement, Violation } from "./violation.ts";

const resource = (tags: TagSet | null, more: Partial<Resource> = {}): Resource => ({
  cloud: "aws",
  account: "111111111111",
  region: "us-east-1",
  type: "ec2:instance",
  id: "arn:aws:ec2:us-east-1:111111111111:instance/i-1",
  tags,
  createdAt: null,
  ...more,
});
const missing: Violation = {
  kind: "missing_required_tag",
  tag: "Owner",
  severity: "error",
  expected: "a value",
  actual: null,
  suggestion: null,
  rule: "required_tags[0]",
};
const bad: Judgement = { verdict: "non_compliant", violations: [missing] };
const good: Judgement = { verdict: "compliant", violations: [] };
const wrong: Judgement = {
  verdict: "non_compliant",
  violations: [{ ...missing, kind: "invalid_value" }],
};
const own = { key: "aws:cloudformation:stack-name", value: "web" };
const name = { key: "Name", value: "web" };

test.each<[string, Resource, Judgement, boolean, ReturnType<typeof tagGapOf>]>([
  ["tags that could not be read", resource(null), bad, false, "unknown"],
  ["unreadable tags of what had some", resource(null), good, true, "unknown"],
  ["no tags", resource([]), bad, false, "never_tagged"],
  ["no tags where none are required", resource([]), good, false, "never_tagged"],
  ["no tags any more, as seen before", resource([]), bad, true, "emptied"],
  ["no tags any more, as AWS tells", resource([], { hadTags: true }), bad, false, "emptied"],
  ["AWS's own tags alone", resource([own]), bad, true, "only_provider_tags"],
  [
    "goog- labels alone",
    resource([{ key: "goog-x", value: "" }], { cloud: "gcp" }),
    bad,
    false,
    "only_provider_tags",
  ],
  ["an aws: prefix elsewhere", resource([own], { cloud: "gcp" }), bad, false, "missing_required"],
  ["a tag, but not the required one", resource([own, name]), bad, false, "missing_required"],
  ["a tag that is there and wrong", resource([name]), wrong, false, null],
  ["all tags", resource([name]), good, false, null],
])("%s", (...[, seen, judgement, hadTags, gap]) => {
  expect(tagGapOf({ resource: seen, judgement }, hadTags)).toBe(gap);
});
