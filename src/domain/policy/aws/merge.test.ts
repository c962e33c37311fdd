import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mergeTagPolicies } from "./merge.ts";
import { readTagPolicyLevels } from "./validate.ts";

const DATA = new URL("../../../../../shared/data/tag-policies/", import.meta.url);

function present(name: string): boolean {
  try {
    return readdirSync(DATA).includes(name);
  } catch {
    return false;
  }
}

/** Merges documents given as plain JSON. */
function merge(levels: readonly (readonly unknown[])[]): unknown {
  return mergeTagPolicies(readTagPolicyLevels({ levels })).tags;
}

/** A document with one key and one field. */
function doc(key: string, field: string, setting: unknown): unknown {
  return { tags: { [key]: { [field]: setting } } };
}
const values = (setting: unknown): unknown => doc("Color", "tag_value", setting);
const CONTROL = "@@operators_allowed_for_child_policies";

describe("operators on one field", () => {
  const cases: readonly [string, readonly (readonly unknown[])[], readonly string[]][] = [
    ["an assigned value stands", [[values({ "@@assign": ["red"] })]], ["red"]],
    [
      "a child's assign replaces",
      [[values({ "@@assign": ["red"] })], [values({ "@@assign": ["blue"] })]],
      ["blue"],
    ],
    [
      "a child's append adds once",
      [[values({ "@@assign": ["red"] })], [values({ "@@append": ["blue", "red"] })]],
      ["red", "blue"],
    ],
    [
      "a child's remove takes away",
      [[values({ "@@assign": ["red", "blue"] })], [values({ "@@remove": ["red"] })]],
      ["blue"],
    ],
    [
      "removing everything leaves nothing acceptable",
      [[values({ "@@assign": ["red"] })], [values({ "@@remove": ["red"] })]],
      [],
    ],
    ["removing from nothing leaves any value", [[values({ "@@remove": ["red"] })]], ["*"]],
    ["appending to nothing starts a list", [[values({ "@@append": ["red"] })]], ["red"]],
    ["an empty rule allows any value", [[{ tags: { Color: {} } }]], ["*"]],
    [
      "of two assigns on a level the first attached wins",
      [[values({ "@@assign": ["red"] }), values({ "@@assign": ["blue"] })]],
      ["red"],
    ],
    [
      "an assign comes before an append that was attached earlier",
      [[values({ "@@append": ["red"] }), values({ "@@assign": ["blue"] })]],
      ["blue", "red"],
    ],
    [
      "one field may assign, append and remove",
      [[values({ "@@remove": ["red"], "@@append": ["green"], "@@assign": ["red", "blue"] })]],
      ["blue", "green"],
    ],
    ["scalars become text", [[values({ "@@assign": [12, true, null] })]], ["12", "true", "null"]],
  ];
  test.each(cases)("%s", (_, levels, expected) => {
    expect(merge(levels)).toEqual({ color: { tag_key: "color", tag_value: expected } });
  });
});

describe("limits for child policies", () => {
  const red = (control: unknown): unknown => values({ "@@assign": ["red"], [CONTROL]: control });
  const blue = values({ "@@assign": ["blue"], "@@append": ["green"], "@@remove": ["red"] });
  const cases: readonly [string, readonly (readonly unknown[])[], readonly string[]][] = [
    ["@@none locks", [[red(["@@none"])], [blue]], ["red"]],
    ["@@all leaves everything", [[red(["@@all"])], [blue]], ["blue", "green"]],
    ["only append", [[red(["@@append"])], [blue]], ["red", "green"]],
    ["only remove", [[red(["@@remove"])], [blue]], []],
    [
      "a limit holds for grandchildren and cannot be widened",
      [[red(["@@append"])], [values({ [CONTROL]: ["@@all"] })], [blue]],
      ["red", "green"],
    ],
    [
      "a limit does not bind its own level",
      [[red(["@@none"]), values({ "@@append": ["green"] })]],
      ["red", "green"],
    ],
    [
      "two limits of one level leave what both allow",
      [[red(["@@append"]), values({ [CONTROL]: ["@@remove"] })], [blue]],
      ["red"],
    ],
    [
      "a limit on the tag does not lock its fields",
      [
        [{ tags: { Color: { [CONTROL]: ["@@none"], tag_value: { "@@assign": ["red"] } } } }],
        [blue],
      ],
      ["blue", "green"],
    ],
    [
      "a limit on all tags does not lock their fields",
      [
        [{ tags: { [CONTROL]: ["@@none"], Color: { tag_value: { "@@assign": ["red"] } } } }],
        [blue],
      ],
      ["blue", "green"],
    ],
  ];
  test.each(cases)("%s", (_, levels, expected) => {
    expect(merge(levels)).toEqual({ color: { tag_key: "color", tag_value: expected } });
  });
});

test("keys meet whatever their case, and the case of tag_key is the one that was assigned", () => {
  const upper = doc("COSTCENTER", "tag_key", { "@@assign": "CostCenter" });
  expect(merge([[upper], [doc("costCenter", "tag_value", { "@@assign": ["1"] })]])).toEqual({
    costcenter: { tag_key: "CostCenter", tag_value: ["1"] },
  });
});

test("each field is merged by itself", () => {
  const parent = {
    tags: {
      Owner: {
        tag_key: { "@@assign": "Owner", [CONTROL]: ["@@none"] },
        enforced_for: { "@@assign": ["ec2:instance"] },
        report_required_tag_for: { "@@assign": ["s3:bucket"] },
      },
    },
  };
  const child = {
    tags: {
      owner: {
        tag_key: { "@@assign": "OWNER" },
        enforced_for: { "@@append": ["ec2:volume"] },
        report_required_tag_for: { "@@remove": ["s3:bucket"] },
      },
    },
  };
  expect(merge([[parent], [child]])).toEqual({
    owner: {
      tag_key: "Owner",
      tag_value: ["*"],
      enforced_for: ["ec2:instance", "ec2:volume"],
      report_required_tag_for: [],
    },
  });
});

test("no policies, no tags", () => {
  expect(merge([[], []])).toEqual({});
});

test("a key named like a prototype member is a key", () => {
  const odd = JSON.parse('{"tags":{"constructor":{"tag_value":{"@@assign":["x"]}}}}') as unknown;
  expect(merge([[odd]])).toEqual({ constructor: { tag_key: "constructor", tag_value: ["x"] } });
});

const texts = fc.uniqueArray(fc.constantFrom("red", "blue", "green", "gr*"), { maxLength: 4 });
const setting = fc.record(
  {
    "@@assign": texts,
    "@@append": texts,
    "@@remove": texts,
    [CONTROL]: fc.subarray(["@@assign", "@@append", "@@remove"]),
  },
  { requiredKeys: [] },
);
const document = fc.record({
  tags: fc.dictionary(
    fc.constantFrom("Color", "Owner"),
    fc.record({ tag_value: setting }, { requiredKeys: [] }),
  ),
});
const chain = fc.array(fc.array(document, { maxLength: 3 }), { maxLength: 4 });

describe("laws", () => {
  test("a level without policies changes nothing", () => {
    fc.assert(
      fc.property(chain, fc.nat(4), (levels, at) => {
        expect(merge(levels.toSpliced(at, 0, []))).toEqual(merge(levels));
      }),
    );
  });

  test("attaching a policy twice to one level changes nothing", () => {
    fc.assert(
      fc.property(document, (policy) => {
        expect(merge([[policy, policy]])).toEqual(merge([[policy]]));
      }),
    );
  });

  test("an effective policy, assigned at the root, is its own effective policy", () => {
    fc.assert(
      fc.property(chain, (levels) => {
        const effective = merge(levels);
        expect(merge([[{ tags: effective }]])).toEqual(effective);
      }),
    );
  });

  test("below a root that locks a field, nothing changes it", () => {
    fc.assert(
      fc.property(texts, chain, (list, levels) => {
        const root = values({ "@@assign": list, [CONTROL]: ["@@none"] });
        expect(merge([[root], ...levels])).toHaveProperty("color.tag_value", list);
      }),
    );
  });
});

/** AWS's own examples; three of them print results that contradict their text and are not used. */
describe("examples of the AWS Organizations User Guide", () => {
  const cases: readonly [string, readonly string[], string][] = [
    [
      "A, then B",
      ["inheritance-00-policy-A", "inheritance-01-policy-B"],
      "inheritance-02-EFFECTIVE-A+B",
    ],
    [
      "A, then C",
      ["inheritance-00-policy-A", "inheritance-04-policy-C"],
      "inheritance-05-EFFECTIVE-A+C",
    ],
    ["tag keys at the root, values below", ["example-1", "example-2"], "example-3"],
  ];
  /** Each has a slip of the guide elsewhere: a misplaced field, another case of the key. */
  const VALUES_ONLY: typeof cases = [
    [
      "A, C, then D: values",
      ["inheritance-00-policy-A", "inheritance-04-policy-C", "inheritance-07-policy-D"],
      "inheritance-08-EFFECTIVE-A+C+D",
    ],
    [
      "E, then F: values",
      ["inheritance-09-policy-E", "inheritance-10-policy-F"],
      "inheritance-11-EFFECTIVE-E+F",
    ],
  ];
  const file = (name: string): string => `awsdocs-${name}.json`;
  const read = (name: string): unknown =>
    JSON.parse(readFileSync(new URL(file(name), DATA), "utf8"));
  for (const [name, chainOfNames, effective] of cases) {
    test.skipIf(!present(file(effective)))(`${name} (needs shared/data/tag-policies)`, () => {
      const expected = merge([[read(effective)]]);
      expect(sorted(merge(chainOfNames.map((one) => [read(one)])))).toEqual(sorted(expected));
    });
  }
  for (const [name, chainOfNames, effective] of VALUES_ONLY) {
    test.skipIf(!present(file(effective)))(`${name} (needs shared/data/tag-policies)`, () => {
      expect(valuesOf(merge(chainOfNames.map((one) => [read(one)])))).toEqual(
        valuesOf(merge([[read(effective)]])),
      );
    });
  }
});

function valuesOf(tags: unknown): unknown {
  const rules = Object.entries(tags as Readonly<Record<string, { tag_value: string[] }>>);
  return rules.map(([key, rule]) => [key, rule.tag_value.toSorted()]);
}

/** The guide prints lists in no particular order. */
function sorted(tags: unknown): unknown {
  return JSON.parse(
    JSON.stringify(tags, (_, node: unknown) =>
      Array.isArray(node) ? node.map(String).toSorted() : node,
    ),
  );
}

/** What real accounts answered to DescribeEffectivePolicy, by a third party. */
const ORACLE = "_oracle-inheritance-and-validation.json";
describe("observed answers of AWS", () => {
  test.skipIf(!present(ORACLE))(
    `effective policy (needs shared/data/tag-policies/${ORACLE})`,
    () => {
      const oracle = JSON.parse(readFileSync(new URL(ORACLE, DATA), "utf8")) as {
        readonly attached: readonly { readonly content: unknown }[];
        readonly effective: { readonly tags: Readonly<Record<string, object>> };
      };
      const [first, second, child] = oracle.attached.map(({ content }) => content);
      const merged = merge([[first, second], [child]]);
      expect(Object.keys(oracle.effective.tags).length).toBeGreaterThan(0);
      for (const [key, rule] of Object.entries(oracle.effective.tags)) {
        expect(merged).toHaveProperty([key], expect.objectContaining(rule));
      }
    },
  );
});
