import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../src/app/policy/sha256.ts";
import { AppError } from "../../src/domain/errors.ts";
import { parsePolicy } from "../../src/domain/policy/parse.ts";
import { AT_MS, CATALOGUE, parse } from "./fixtures.ts";

function refusalOf(text: string, format?: "json" | "yaml"): AppError | null {
  try {
    parsePolicy(text, { catalogue: CATALOGUE, atMs: AT_MS, sha256, ...(format ? { format } : {}) });
    return null;
  } catch (error) {
    if (error instanceof AppError && error.code === "policy_invalid") return error;
    throw error;
  }
}

const issuesOf = (...args: Parameters<typeof refusalOf>) =>
  (refusalOf(...args)?.issues ?? []).map(({ path, line }) => [path, line]);

describe("a broken policy", () => {
  it("shows every mistake at once, with its line", () => {
    const text = `version: "2.0"
required_tags:
  - name: A
    allowed_values: []
    validation_regex: "(?=x)"
  - nam: B
  - name: C
    severity: fatal
    allowed_values: [yes, 1001, "a*b*c"]
    when: { tag: A, in: [] }
  - name: D
    applies_to: { amazon: [] }
    validation_regex: "("
tag_naming_rule: {}
exemptions:
  - { match: {}, reason: r, owner: o, expires: 2027-02-30 }
`;
    expect(issuesOf(text)).toEqual([
      ["required_tags[0].allowed_values", 4],
      ["required_tags[0].validation_regex", 5],
      ["required_tags[1].name", 6],
      ["required_tags[1].nam", 6],
      ["required_tags[2].severity", 8],
      ["required_tags[2].allowed_values[1]", 9],
      ["required_tags[2].allowed_values[2]", 9],
      ["required_tags[2].when.in", 10],
      ["required_tags[3].applies_to.amazon", 12],
      ["required_tags[3].applies_to", 12],
      ["required_tags[3].validation_regex", 13],
      ["tag_naming_rule", 14],
      ["exemptions[0].match", 16],
      ["exemptions[0].expires", 16],
    ]);
  });

  it("shows every syntax error", () => {
    expect(issuesOf('version: "2.0"\nname: a\nname: b\nx: [1, 2\n')).toEqual([
      ["", 3],
      ["", 5],
    ]);
  });

  it.each([
    ["nothing", "", [["", undefined]]],
    ["a list", "[]", [["", 1]]],
    ["no version", "required_tags: []", [["version", 1]]],
    ["a version that is a number", "version: 2.0", [["version", 1]]],
    ["a version of the future", 'version: "3.0"', [["version", 1]]],
    ["a prototype key", 'version: "2.0"\n__proto__: { a: 1 }', [["", 2]]],
    [
      "a hidden prototype key",
      'version: "2.0"\nrequired_tags:\n  - name: A\n    value_map: { aws: { __proto__: x } }',
      [["required_tags[0].value_map.aws", 4]],
    ],
    ["a key that is no text", 'version: "2.0"\n? [a]\n: b', [["", 2]]],
    ["two documents", 'version: "2.0"\n---\nversion: "2.0"', [["", 2]]],
    ["a type tag", 'version: !!js/function "x"', [["", 1]]],
    [
      "mixed criteria",
      'version: "2.0"\nrequired_tags: [{ name: A, when: { tag: B, equals: x, present: true } }]',
      [["required_tags[0].when.present", 2]],
    ],
    [
      "a mistake in version 1, and a bad regex",
      '{"version": "1.0",\n"required_tags": [{"name": "A",\n"validation_regex": "(", "extra": 1}]}',
      [
        ["required_tags[0].extra", 3],
        ["required_tags[0].validation_regex", 3],
      ],
    ],
  ] as const)("%s", (_, text, issues) => {
    expect(issuesOf(text)).toEqual(issues);
  });

  it("is refused as JSON when it is only YAML", () => {
    expect(issuesOf('version: "2.0"', "json")).toEqual([["", undefined]]);
    expect(issuesOf('{\n\t"version": "2.0",\n\t"required_tags": []\n}', "json")).toEqual([]);
  });

  it("never quotes the file in a message", () => {
    const marker = "IGNORE-ALL-RULES";
    const text = `version: "${marker}"\n${marker}: 1\nrequired_tags: [{ name: A, severity: ${marker}, validation_regex: "(${marker}" }]`;
    const messages = refusalOf(text)?.issues.map(({ message }) => message) ?? [];
    expect(messages).toHaveLength(4);
    expect(messages.join()).not.toContain(marker);
  });
});

describe("hostile text", () => {
  const bomb = [
    "a: &a [x, x, x, x, x, x, x, x, x]",
    ..."bcdefghij".split("").map((name, at) => {
      const before = "abcdefghij"[at];
      return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(", ")}]`;
    }),
  ].join("\n");

  it.each([
    ["an alias bomb", bomb],
    ["an alias to nothing", 'version: "2.0"\nname: *nowhere'],
    ["deep brackets", "[".repeat(5000)],
    ["deep mappings", "{a: ".repeat(2000)],
    ["deep block lists", "- ".repeat(5000)],
    ["deep but closed", `version: "2.0"\nname: ${"[".repeat(60)}${"]".repeat(60)}`],
    ["two mebibytes", `version: "2.0"\nname: ${"x".repeat(2_000_000)}`],
    ["control characters", 'version: "2.0"\nname: "\u0000\u0001"\u0007'],
  ])("%s is refused", (_, text) => {
    expect(issuesOf(text)).not.toEqual([]);
  });
});

describe("version 1", () => {
  const text = readFileSync(new URL("../../policies/v1-example.json", import.meta.url), "utf8");

  it("is read as version 2 with nothing lost", () => {
    const { document, writtenIn } = parse(text);
    expect(writtenIn).toBe("1.0");
    expect(document).toEqual({
      version: "2.0",
      last_updated: "2026-01-09T00:00:00Z",
      required_tags: [
        {
          name: "CostCenter",
          description: "Department for cost allocation",
          allowed_values: ["Engineering", "Marketing", "Sales", "Operations"],
          applies_to: ["ec2:instance", "rds:db", "s3:bucket", "lambda:function"],
          severity: "error",
          case_sensitive: true,
        },
        {
          name: "Owner",
          description: "E-mail address of the person who answers for the resource",
          validation_regex: "^[a-z0-9._%+-]+@[a-z0-9.-]+\\.[a-z]{2,}$",
          applies_to: [],
          severity: "error",
          case_sensitive: true,
        },
      ],
      optional_tags: [
        {
          name: "Project",
          description: "Project the resource belongs to",
          severity: "error",
          case_sensitive: true,
        },
      ],
      prohibited_tags: [],
      exemptions: [],
      tag_naming_rules: {
        case_sensitivity: false,
        allow_special_characters: false,
        max_key_length: 128,
        max_value_length: 256,
        severity: "error",
      },
    });
  });

  it("keeps the line numbers of the file", () => {
    const { lint } = parse(
      '{"version": "1.0",\n"required_tags": [{"name": "A",\n"allowed_values": [\n"Sales Team"],\n"applies_to": []}]}',
    );
    expect(lint.map(({ code, line }) => [code, line])).toEqual([["gcp_value_inexpressible", 4]]);
  });
});

describe("the hash", () => {
  it("is that of the meaning: format, order of fields and comments do not count", () => {
    const yaml = parse('# c\nrequired_tags:\n  - { severity: error, name: A }\nversion: "2.0"');
    const json = parse('{"version":"2.0","required_tags":[{"name":"A"}]}');
    expect(yaml.hash).toBe(json.hash);
    expect(yaml.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it("differs when the policy does", () => {
    const one = parse('version: "2.0"\nrequired_tags: [{ name: A }]');
    const other = parse('version: "2.0"\nrequired_tags: [{ name: A, severity: warning }]');
    expect(one.hash).not.toBe(other.hash);
  });
});
