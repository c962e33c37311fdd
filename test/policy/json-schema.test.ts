import { readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { DEFAULT_POLICY_TEXT } from "../../src/domain/policy/default-policy.ts";
import { policyJsonSchemaText } from "../../src/domain/policy/json-schema.ts";
import { policySchema } from "../../src/domain/policy/schema.ts";
import { parse } from "./fixtures.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");
const published = read("schemas/tagging-policy.v2.schema.json");

// Formats are not checked by name: the schema carries a pattern for each date.
const ajv = new Ajv2020({ strict: true, allErrors: true, validateFormats: false });
const validate = ajv.compile(JSON.parse(published));

const files = readdirSync(new URL("policies/", root));
const version2 = files.filter((name) => name.endsWith(".yaml"));

describe("the published schema", () => {
  it("is what the program uses (run scripts/generate-policy-schema.ts when this fails)", () => {
    expect(published).toBe(policyJsonSchemaText());
  });

  it.each(version2)("accepts policies/%s", (name) => {
    expect(validate(parseYaml(read(`policies/${name}`)))).toBe(true);
  });

  it("accepts the policy of the simulated company", () => {
    expect(validate(parseYaml(read("sandbox/policy.yaml")))).toBe(true);
  });
});

describe("policies/ [P1-DOC-3]", () => {
  it("has an example of each kind", () => {
    expect(files.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(
      expect.arrayContaining([
        "default.yaml",
        "finops-five-tags.yaml",
        "multi-cloud.yaml",
        "v1-example.json",
      ]),
    );
  });

  it.each(version2)("%s loads without a finding about keys, values or conditions", (name) => {
    const { lint } = parse(read(`policies/${name}`));
    expect(lint.filter(({ code }) => code !== "unknown_resource_type")).toEqual([]);
  });

  it("default.yaml is the built-in policy", () => {
    expect(read("policies/default.yaml")).toBe(DEFAULT_POLICY_TEXT);
  });
});

/** Any of the values, or now and then something that has no business there. */
const odd = (...values: readonly unknown[]) =>
  fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom(...values) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(null, 1, "", "x", [], {}, ["x", 1], true) },
  );

const scope = odd([], ["ec2:instance"], { aws: [] }, { gcp: ["x"], aws: [] }, {}, { ibm: [] });
const known = fc.record(
  {
    name: odd("A", "B", "x".repeat(513)),
    description: odd("text"),
    allowed_values: odd(["a"], ["a*", "*"], ["a*b*c"], [], [""]),
    validation_regex: odd("[a-z]+"),
    applies_to: scope,
    severity: odd("error", "warning", "fatal"),
    names: odd({ gcp: "a" }, { gcp: "" }, { ibm: "a" }),
    aliases: odd(["b"], [""]),
    value_map: odd({ gcp: { a: "b" } }, { gcp: { a: 1 } }, { gcp: { "": "b" } }),
    case_sensitive: odd(true, false),
    when: odd(
      { tag: "A", equals: "x" },
      { tag: "A", in: ["x"] },
      { tag: "A", in: [] },
      { tag: "A", not_in: ["x"] },
      { tag: "A", present: true },
      { tag: "A" },
      { tag: "A", equals: "x", present: true },
    ),
  },
  { requiredKeys: ["name"] },
);
const rule = fc.oneof(
  { weight: 9, arbitrary: known },
  { weight: 1, arbitrary: known.map((one) => ({ ...one, surprise: 1 })) },
);
const exemption = fc.record(
  {
    match: odd({ cloud: "aws" }, { tags: { a: "b" } }, { tags: {} }, {}, { cloud: "ibm" }),
    reason: odd("r"),
    owner: odd("o"),
    expires: odd("2027-06-30", "2027-02-30", "2027-06-30T12:00:00Z", "2027-06-30T12:00:00", "soon"),
    tags: odd(["A"], []),
  },
  { requiredKeys: ["match", "reason", "owner", "expires"] },
);
const policy = fc.record(
  {
    version: odd("2.0"),
    required_tags: fc.array(rule, { maxLength: 2 }),
    optional_tags: fc.array(rule, { maxLength: 1 }),
    prohibited_tags: odd([{ name: "P" }], [{ name: "P", applies_to: {} }], [{}]),
    tag_naming_rules: odd({ max_tags: 50 }, { max_tags: 0 }, { max_key_length: 1.5 }, { x: 1 }),
    exemptions: fc.array(exemption, { maxLength: 2 }),
  },
  { requiredKeys: ["version"] },
);

describe("the published schema and the program", () => {
  it("accept and refuse the same documents", () => {
    const seen = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(policy, (document) => {
        const accepted = policySchema.safeParse(document).success;
        seen[accepted ? "accepted" : "refused"] += 1;
        expect({ document, accepted: validate(document) }).toEqual({ document, accepted });
      }),
      { numRuns: 3000 },
    );
    // Some 65 of them: five standard deviations less.
    expect(seen.accepted).toBeGreaterThan(20);
    expect(seen.refused).toBeGreaterThan(500);
  });

  it.each([
    // What JSON Schema cannot say, so that the claim above stays honest.
    [
      "a regex that does not compile",
      { version: "2.0", required_tags: [{ name: "A", validation_regex: "(" }] },
    ],
  ])("differ about %s", (_, document) => {
    expect(validate(document)).toBe(true);
    expect(() => parse(JSON.stringify(document))).toThrow("1 error");
  });
});
