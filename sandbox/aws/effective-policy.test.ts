import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { effectivePolicy, tagPolicyDocument, type TagPolicyDocument } from "./effective-policy.ts";

/** Documents printed in the AWS Organizations User Guide, "Inheritance examples". */
const FOLDER = new URL("../../../shared/data/tag-policies/", import.meta.url);
const missing = existsSync(FOLDER) ? "" : " (SKIPPED: the documents of the AWS guide are not here)";

const printed = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`awsdocs-inheritance-${name}.json`, FOLDER), "utf8"));
const document = (name: string): TagPolicyDocument => tagPolicyDocument.parse(printed(name));

describe.skipIf(missing !== "")(`as the AWS guide prints it${missing}`, () => {
  test.each([
    ["a child overwrites", ["00-policy-A", "01-policy-B"], "02-EFFECTIVE-A+B"],
    ["a child appends", ["00-policy-A", "04-policy-C"], "05-EFFECTIVE-A+C"],
  ])("%s", (_, chain, effective) => {
    expect(effectivePolicy(chain.map((name) => [document(name)]))).toEqual(printed(effective));
  });
});

const values = (change: object): TagPolicyDocument =>
  tagPolicyDocument.parse({ tags: { Stage: { tag_value: change } } });

describe("one level", () => {
  test.each([
    ["the first assign counts", [{ "@@assign": ["a"] }, { "@@assign": ["b"] }], ["a"]],
    ["an assign comes before appends", [{ "@@append": ["a"] }, { "@@assign": ["b"] }], ["b", "a"]],
    ["removes come last", [{ "@@remove": ["a"] }, { "@@assign": ["a", "b"] }], ["b"]],
    ["removing everything leaves an empty list", [{ "@@assign": ["a"], "@@remove": ["a"] }], []],
  ])("%s", (_, changes, expected) => {
    expect(effectivePolicy([changes.map(values)]).tags["stage"]?.tag_value).toEqual(expected);
  });

  test("keys that differ by case are one", () => {
    const upper = tagPolicyDocument.parse({
      tags: { STAGE: { tag_value: { "@@append": ["b"] } } },
    });
    expect(effectivePolicy([[values({ "@@assign": ["a"] })], [upper]])).toEqual({
      tags: { stage: { tag_key: "stage", tag_value: ["a", "b"] } },
    });
  });

  test("a key without values allows any", () => {
    const free = tagPolicyDocument.parse({ tags: { Owner: { tag_key: { "@@assign": "Owner" } } } });
    expect(effectivePolicy([[free]])).toEqual({
      tags: { owner: { tag_key: "Owner", tag_value: ["*"] } },
    });
  });
});
