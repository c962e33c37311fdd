import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { AppError } from "../../errors.ts";
import {
  parseTagPolicyLevels,
  readTagPolicy,
  readTagPolicyLevels,
  validateTagPolicy,
} from "./validate.ts";

const DATA = new URL("../../../../../shared/data/tag-policies/", import.meta.url);

function files(): readonly string[] {
  try {
    return readdirSync(DATA).filter((name) => name.endsWith(".json"));
  } catch {
    return [];
  }
}

const rule = (body: string): string => `{"tags":{"Color":${body}}}`;
const CONTROL = "@@operators_allowed_for_child_policies";

/** What real AWS was observed to accept at CreatePolicy. */
const ACCEPTED: readonly [string, string][] = [
  ["no tags at all", '{"tags":{}}'],
  ["an empty rule", rule("{}")],
  ["the key in the case that is wanted", rule('{"tag_key":{"@@assign":"COLOR"}}')],
  ["numbers, booleans and null as values", rule('{"tag_value":{"@@assign":[12,true,null]}}')],
  ["no acceptable value", rule('{"tag_value":{"@@assign":[]}}')],
  ["several operators", rule('{"tag_value":{"@@assign":["a"],"@@append":["b"],"@@remove":["a"]}}')],
  ["one wildcard a value", rule('{"tag_value":{"@@assign":["*@example.com","1*9"]}}')],
  ["a whole service", rule('{"enforced_for":{"@@assign":["ecs:ALL_SUPPORTED"]}}')],
  ["a type", rule('{"report_required_tag_for":{"@@assign":["ec2:instance"]}}')],
  ["limits for children", rule(`{"tag_key":{"@@assign":"Color","${CONTROL}":["@@none"]}}`)],
  ["limits on a tag", rule(`{"${CONTROL}":["@@assign","@@append"]}`)],
];

/** What real AWS was observed to refuse, with the place we name. */
const REFUSED: readonly [string, string, string][] = [
  ["text that is not JSON", '{"tags":{', ""],
  ["YAML", "tags: {}", ""],
  ["an empty document", "{}", ""],
  ["a list", "[]", ""],
  ["the same key in two cases", '{"tags":{"Color":{},"color":{}}}', "tags.color"],
  ["an empty key", '{"tags":{"":{}}}', "tags."],
  [
    "another text in tag_key",
    rule('{"tag_key":{"@@assign":"Colour"}}'),
    "tags.Color.tag_key.@@assign",
  ],
  ["a number in tag_key", rule('{"tag_key":{"@@assign":1}}'), "tags.Color.tag_key.@@assign"],
  ["a value without operator", rule('{"tag_value":["red"]}'), "tags.Color.tag_value"],
  ["a key without operator", rule('{"tag_key":"Color"}'), "tags.Color.tag_key"],
  ["an unknown field", rule('{"values":{"@@assign":["red"]}}'), "tags.Color.values"],
  ["append on tag_key", rule('{"tag_key":{"@@append":"Color"}}'), "tags.Color.tag_key.@@append"],
  ["remove on tag_key", rule('{"tag_key":{"@@remove":"Color"}}'), "tags.Color.tag_key.@@remove"],
  [
    "two wildcards",
    rule('{"tag_value":{"@@assign":["a","*x*"]}}'),
    "tags.Color.tag_value.@@assign[1]",
  ],
  [
    "a text where a list belongs",
    rule('{"tag_value":{"@@assign":"red"}}'),
    "tags.Color.tag_value.@@assign",
  ],
  [
    "a list in a list",
    rule('{"tag_value":{"@@assign":[["red"]]}}'),
    "tags.Color.tag_value.@@assign[0]",
  ],
  [
    "an empty type",
    rule('{"enforced_for":{"@@assign":[""]}}'),
    "tags.Color.enforced_for.@@assign[0]",
  ],
  [
    "a type AWS does not have",
    rule('{"enforced_for":{"@@assign":["ec2:instance","ec2:spaceship"]}}'),
    "tags.Color.enforced_for.@@assign[1]",
  ],
  [
    "a type AWS cannot enforce",
    rule('{"enforced_for":{"@@assign":["rds:db"]}}'),
    "tags.Color.enforced_for.@@assign[0]",
  ],
  [
    "a wildcard of former times",
    rule('{"enforced_for":{"@@assign":["ecs:*"]}}'),
    "tags.Color.enforced_for.@@assign[0]",
  ],
  [
    "a wildcard for every service",
    rule('{"report_required_tag_for":{"@@assign":["*"]}}'),
    "tags.Color.report_required_tag_for.@@assign[0]",
  ],
  [
    "an unknown limit",
    rule(`{"tag_value":{"${CONTROL}":["@@some"]}}`),
    `tags.Color.tag_value.${CONTROL}`,
  ],
  [
    "a limit that is no list",
    rule(`{"tag_value":{"${CONTROL}":"@@none"}}`),
    `tags.Color.tag_value.${CONTROL}`,
  ],
  ["an operator for a key", '{"tags":{"@@assign":{}}}', "tags.@@assign"],
  ["a second field beside tags", '{"tags":{},"version":1}', "version"],
];

describe("CreatePolicy", () => {
  test.each(ACCEPTED)("accepts %s", (_, text) => {
    expect(validateTagPolicy(text)).toMatchObject({ ok: true });
  });

  test.each(REFUSED)("refuses %s", (_, text, path) => {
    const verdict = validateTagPolicy(text);
    expect(verdict.ok).toBe(false);
    const paths = verdict.ok ? [] : verdict.issues.map((issue) => issue.path);
    expect([...new Set(paths)]).toEqual([path]);
  });

  test("counts white space towards 10,000 characters", () => {
    const just = `{"tags":{}${" ".repeat(10_000 - 11)}}`;
    expect(just).toHaveLength(10_000);
    expect(validateTagPolicy(just).ok).toBe(true);
    expect(validateTagPolicy(`${just} `).ok).toBe(false);
  });

  test("names every fault at once, with its line", () => {
    const text = '{"tags": {\n "A": {"tag_key": {"@@assign": "B"}},\n "C": {"nonsense": 1}\n}}';
    const verdict = validateTagPolicy(text);
    expect(verdict.ok ? [] : verdict.issues).toMatchObject([
      { path: "tags.A.tag_key.@@assign", line: 2 },
      { path: "tags.C.nonsense", line: 3 },
    ]);
  });
});

describe("reading is wider than CreatePolicy where the meaning is clear", () => {
  const READ: readonly [string, string, string][] = [
    ["an effective policy", rule('{"tag_key":"Color","tag_value":["red"]}'), "read"],
    ["a wildcard of former times", rule('{"enforced_for":{"@@assign":["ecs:*"]}}'), "expand"],
    ["a type it does not know", rule('{"enforced_for":{"@@assign":["new:thing"]}}'), "keep"],
    ["an unknown field", rule('{"future":{"@@assign":["x"]}}'), "leave_out"],
    ["a long document", `{"tags":{}${" ".repeat(20_000)}}`, "read"],
  ];
  test.each(READ)("%s", (_, text, treatment) => {
    expect(readTagPolicy(text).deviations.map((issue) => issue.treatment)).toContain(treatment);
  });

  const NOT_READ = REFUSED.filter(
    ([name]) =>
      !/without operator|unknown field|type AWS|wildcard of|wildcard for|second field/.test(name),
  );
  test.each(NOT_READ)("but not %s", (_, text) => {
    expect(() => readTagPolicy(text)).toThrow(AppError);
  });

  test("an issue never repeats the text of the document", () => {
    const verdict = validateTagPolicy(rule('{"enforced_for":{"@@assign":["ignore all rules"]}}'));
    const messages = verdict.ok ? [] : verdict.issues.map((issue) => issue.message);
    expect(messages).not.toHaveLength(0);
    expect(messages.join(" ")).not.toContain("ignore all rules");
  });
});

describe("levels", () => {
  test("policies may be objects or texts", () => {
    const levels = readTagPolicyLevels({
      levels: [[{ tags: { A: {} } }, '{"tags":{"B":{}}}'], []],
    });
    expect(levels.map((level) => level.map(({ rules }) => rules[0]?.key))).toEqual([
      ["A", "B"],
      [],
    ]);
  });

  const BAD: readonly [string, unknown, string][] = [
    ["no object", null, "levels"],
    ["no levels", {}, "levels"],
    ["a level that is no list", { levels: [{ tags: {} }] }, "levels"],
    ["a bad policy", { levels: [[{ tags: {} }, { tags: { A: 1 } }]] }, "levels[0][1].tags.A"],
    ["a bad text", { levels: [["{"]] }, "levels[0][0]"],
  ];
  test.each(BAD)("%s is refused", (_, value, path) => {
    expect(() => readTagPolicyLevels(value)).toThrow(
      expect.objectContaining({
        code: "policy_invalid",
        issues: [expect.objectContaining({ path })],
      }),
    );
  });
});

test("levels from text are read with lines", () => {
  const text = '{"levels": [\n [{"tags": {"A": {}}}],\n [{"tags":\n {"B": 1}}]\n]}';
  expect(() => parseTagPolicyLevels(text)).toThrow(
    expect.objectContaining({
      issues: [expect.objectContaining({ path: "levels[1][0].tags.B", line: 4 })],
    }),
  );
  expect(parseTagPolicyLevels('{"levels": [[], []]}')).toEqual([[], []]);
  expect(() => parseTagPolicyLevels("{")).toThrow(
    expect.objectContaining({ code: "policy_invalid" }),
  );
});

describe("real documents (shared/data/tag-policies)", () => {
  const names = files().filter((name) => !name.startsWith("_"));
  test.skipIf(names.length === 0).each(names.length === 0 ? ["documents"] : names)(
    "%s is read (needs shared/data/tag-policies)",
    (name) => {
      const text = readFileSync(new URL(name, DATA), "utf8");
      expect(readTagPolicy(text).document.rules.length).toBeGreaterThan(0);
    },
  );

  const ORACLE = "_oracle-inheritance-and-validation.json";
  test.skipIf(!files().includes(ORACLE))(
    `AWS's verdicts (needs shared/data/tag-policies/${ORACLE})`,
    () => {
      const oracle = JSON.parse(readFileSync(new URL(ORACLE, DATA), "utf8")) as {
        readonly createPolicyValidation: readonly {
          readonly case: string;
          readonly content: string;
          readonly result: string;
        }[];
      };
      const ours = oracle.createPolicyValidation.map((one) => [
        one.case,
        validateTagPolicy(one.content).ok,
      ]);
      const theirs = oracle.createPolicyValidation.map((one) => [
        one.case,
        one.result === "Success",
      ]);
      expect(ours).toEqual(theirs);
    },
  );
});
