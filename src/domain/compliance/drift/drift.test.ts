import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sha256 } from "../../../app/policy/sha256.ts";
import { compilePolicy } from "../../policy/compile.ts";
import { parsePolicy } from "../../policy/parse.ts";
import type { Resource, TagSet } from "../../resource.ts";
import { createCatalogue } from "../../resource-type.ts";
import { policyKeys } from "../consistency/policy-keys.ts";
import { tagDifferences, undoDifferences } from "./change.ts";
import { driftOf } from "./drift.ts";
import { NetChanges, type RecordedChange } from "./net-changes.ts";

const catalogue = createCatalogue([
  { cloud: "aws", id: "ec2:instance", category: "other", billable: true, taggable: true },
]);
const policy = compilePolicy(
  parsePolicy(
    JSON.stringify({
      version: "2.0",
      required_tags: [
        { name: "CostCenter", allowed_values: ["A", "B"], aliases: ["cost-center"] },
        { name: "Owner", severity: "warning" },
      ],
      optional_tags: [{ name: "Stage", allowed_values: ["prod", "test"] }],
      prohibited_tags: [{ name: "Temp" }],
    }),
    { catalogue, atMs: 0, sha256 },
  ),
  catalogue,
);
const POLICY = { judge: policy, keys: policyKeys(policy.document) };

const tagSet = (tags: Readonly<Record<string, string>>): TagSet =>
  Object.entries(tags).map(([key, value]) => ({ key, value }));

function drift(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>) {
  const resource: Resource = {
    cloud: "aws",
    account: "1",
    region: "r",
    type: "ec2:instance",
    id: "i",
    tags: tagSet(after),
    createdAt: null,
  };
  const changes = tagDifferences(tagSet(before), tagSet(after)).map((one, at) => ({
    ...one,
    afterMs: 1,
    seenMs: 2,
    no: at + 1,
  }));
  return driftOf(resource, changes, POLICY, 0).map(
    ({ kind, severity, oldKey, key, tag, from, to }) =>
      `${severity} ${kind} ${oldKey === null ? "" : `${oldKey}>`}${key} (${tag}) ${from}>${to}`,
  );
}

describe("driftOf", () => {
  const good = { CostCenter: "A", Owner: "me" };
  test.each([
    [
      "a required tag removed",
      good,
      { Owner: "me" },
      ["critical removed CostCenter (CostCenter) A>null"],
    ],
    [
      "a required tag of severity warning removed",
      good,
      { CostCenter: "A" },
      ["warning removed Owner (Owner) me>null"],
    ],
    [
      "a required tag with a wrong value",
      good,
      { ...good, CostCenter: "Z" },
      ["error changed CostCenter (CostCenter) A>Z"],
    ],
    [
      "a required tag with another right value",
      good,
      { ...good, CostCenter: "B" },
      ["warning changed CostCenter (CostCenter) A>B"],
    ],
    [
      "a wrong value replaced by another",
      { ...good, CostCenter: "Y" },
      { ...good, CostCenter: "Z" },
      ["warning changed CostCenter (CostCenter) Y>Z"],
    ],
    ["a missing tag added", { Owner: "me" }, good, ["info added CostCenter (CostCenter) null>A"]],
    [
      "an optional tag with a wrong value",
      good,
      { ...good, Stage: "x" },
      ["error added Stage (Stage) null>x"],
    ],
    [
      "an optional tag removed",
      { ...good, Stage: "prod" },
      good,
      ["info removed Stage (Stage) prod>null"],
    ],
    ["a prohibited tag", good, { ...good, Temp: "1" }, ["error added Temp (null) null>1"]],
    [
      "a key the policy does not know",
      { ...good, X: "1" },
      { ...good, X: "2" },
      ["info changed X (null) 1>2"],
    ],
    [
      "a key changed to its alias",
      good,
      { Owner: "me", "cost-center": "A" },
      ["warning renamed CostCenter>cost-center (CostCenter) A>A"],
    ],
    [
      "an unknown key in another spelling",
      { ...good, "app-name": "x" },
      { ...good, AppName: "y" },
      ["info renamed app-name>AppName (null) x>y"],
    ],
    [
      "two keys of other meaning",
      { ...good, One: "1" },
      { ...good, Two: "1" },
      ["info added Two (null) null>1", "info removed One (null) 1>null"],
    ],
  ] as const)("%s", (_, before, after, expected) => {
    expect(drift(before, after)).toEqual(expected);
  });
});

const anyTags = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.constantFrom("", "1", "2"));

test("differences undone give the tags before them, whatever the tags", () => {
  fc.assert(
    fc.property(anyTags, anyTags, (before, after) => {
      const undone = undoDifferences(tagSet(after), tagDifferences(tagSet(before), tagSet(after)));
      expect(tagDifferences(undone, tagSet(before))).toEqual([]);
    }),
  );
});

test("net changes are the difference between the first and the last state, whatever came between", () => {
  fc.assert(
    fc.property(fc.array(anyTags, { minLength: 1, maxLength: 6 }), (states) => {
      const net = new NetChanges();
      let no = 0;
      for (const [at, state] of states.slice(1).entries())
        for (const { key, from, to } of tagDifferences(tagSet(states[at] ?? {}), tagSet(state))) {
          no += 1;
          const kind = from === null ? "tag_added" : to === null ? "tag_removed" : "tag_changed";
          net.add({
            no,
            resourceNo: 1,
            placeId: 1,
            kind,
            key,
            from,
            to,
            afterMs: at,
            seenMs: at + 1,
          });
        }
      const tags = [...net.resources()].flatMap((one) => one.tags);
      const expected = tagDifferences(tagSet(states[0] ?? {}), tagSet(states.at(-1) ?? {}));
      expect(
        tags
          .map(({ key, from, to }) => ({ key, from, to }))
          .toSorted((a, b) => (a.key < b.key ? -1 : 1)),
      ).toEqual(expected);
    }),
  );
});

test.each([
  [["resource_gone"], "gone"],
  [["resource_gone", "resource_returned"], undefined],
  [["resource_returned"], "returned"],
  [["resource_returned", "resource_gone"], "never_there"],
  [["resource_gone", "resource_returned", "resource_gone"], "gone"],
] as const)("a resource with %j is %s", (kinds, presence) => {
  const net = new NetChanges();
  for (const [at, kind] of kinds.entries()) {
    const change: RecordedChange = {
      no: at,
      resourceNo: 1,
      placeId: 1,
      kind,
      key: null,
      from: null,
      to: null,
      afterMs: at,
      seenMs: at + 1,
    };
    net.add(change);
  }
  expect([...net.resources()][0]?.presence).toBe(presence);
});
