import { describe, expect, it } from "vitest";
import { AT_MS, policyOf, resourceOf } from "./fixtures.ts";

const verdictOf = (policy: string, ...resource: Parameters<typeof resourceOf>) =>
  policyOf(policy).judge(resourceOf(...resource), AT_MS).verdict;

const rule = (fields: string): string =>
  `version: "2.0"\nrequired_tags:\n  - { name: A, ${fields} }`;

describe("applies_to [P1-COVERAGE-4]", () => {
  it.each([
    ["applies_to: []", "aws", "ec2:instance", "non_compliant"],
    ["applies_to: [all]", "aws", "ec2:instance", "non_compliant"],
    ['applies_to: ["ec2:instance"]', "aws", "ec2:instance", "non_compliant"],
    ['applies_to: ["EC2:Instance"]', "aws", "ec2:instance", "non_compliant"],
    ['applies_to: ["ec2:instance"]', "aws", "s3:bucket", "out_of_scope"],
    ['applies_to: ["ec2:instance"]', "azure", "Microsoft.Compute/virtualMachines", "out_of_scope"],
    ["applies_to: [database]", "aws", "rds:db", "non_compliant"],
    ["applies_to: [database]", "azure", "microsoft.sql/servers/databases", "non_compliant"],
    ["applies_to: [database]", "gcp", "compute.googleapis.com/Instance", "out_of_scope"],
    ["applies_to: [database]", "aws", "never:heard-of", "out_of_scope"],
    ['applies_to: ["never:heard-of"]', "aws", "never:heard-of", "non_compliant"],
    ["applies_to: { aws: [], gcp: [database] }", "aws", "s3:bucket", "non_compliant"],
    [
      "applies_to: { aws: [], gcp: [database] }",
      "gcp",
      "sqladmin.googleapis.com/Instance",
      "non_compliant",
    ],
    [
      "applies_to: { aws: [], gcp: [database] }",
      "gcp",
      "compute.googleapis.com/Instance",
      "out_of_scope",
    ],
    [
      "applies_to: { aws: [], gcp: [database] }",
      "azure",
      "Microsoft.Sql/servers/databases",
      "out_of_scope",
    ],
    // nothing can be required of what cannot carry a tag
    ["applies_to: []", "aws", "ec2:placement", "out_of_scope"],
  ] as const)("%s on %s %s: %s", (fields, cloud, type, verdict) => {
    expect(verdictOf(rule(fields), cloud, {}, { type })).toBe(verdict);
  });

  it("keeps two rules for one tag apart by their scopes", () => {
    const text = `version: "2.0"
required_tags:
  - { name: A, allowed_values: [machine], applies_to: [virtual_machine] }
  - { name: A, allowed_values: [data], applies_to: [database] }`;
    expect(verdictOf(text, "aws", { A: "machine" })).toBe("compliant");
    expect(verdictOf(text, "aws", { A: "data" })).toBe("non_compliant");
    expect(verdictOf(text, "aws", { A: "data" }, { type: "rds:db" })).toBe("compliant");
  });

  it("stays out of scope only while nothing is broken", () => {
    const text = `version: "2.0"
required_tags: [{ name: A, applies_to: [database] }]
optional_tags: [{ name: B, allowed_values: [x] }, { name: C, allowed_values: [x], severity: warning }]`;
    expect(verdictOf(text, "aws", { B: "x" })).toBe("out_of_scope");
    expect(verdictOf(text, "aws", { B: "y" })).toBe("non_compliant");
    expect(verdictOf(text, "aws", { C: "y" })).toBe("compliant");
  });
});

describe("when", () => {
  const text = (when: string): string => `version: "2.0"
required_tags:
  - { name: A, when: ${when} }
optional_tags:
  - { name: Stage, aliases: [env], value_map: { gcp: { Production: prod } }, case_sensitive: false }`;

  it.each([
    ["{ tag: Stage, equals: Production }", "aws", { Stage: "Production" }, "non_compliant"],
    ["{ tag: Stage, equals: Production }", "aws", { Stage: "Production", A: "1" }, "compliant"],
    ["{ tag: Stage, equals: Production }", "aws", { Stage: "test" }, "compliant"],
    ["{ tag: Stage, equals: Production }", "aws", {}, "compliant"],
    // by the rule of the tag: its case rule, its aliases, its map
    ["{ tag: Stage, equals: Production }", "aws", { Stage: "PRODUCTION" }, "non_compliant"],
    ["{ tag: Stage, equals: Production }", "aws", { env: "Production" }, "non_compliant"],
    ["{ tag: Stage, equals: Production }", "azure", { STAGE: "production" }, "non_compliant"],
    ["{ tag: Stage, equals: Production }", "gcp", { stage: "prod" }, "non_compliant"],
    ["{ tag: Stage, in: [test, production] }", "aws", { Stage: "test" }, "non_compliant"],
    ["{ tag: Stage, in: [test, production] }", "aws", { Stage: "dev" }, "compliant"],
    ["{ tag: Stage, not_in: [test] }", "aws", { Stage: "dev" }, "non_compliant"],
    ["{ tag: Stage, not_in: [test] }", "aws", { Stage: "Test" }, "compliant"],
    ["{ tag: Stage, not_in: [test] }", "aws", {}, "compliant"],
    ["{ tag: Stage, present: true }", "aws", { Stage: "" }, "non_compliant"],
    ["{ tag: Stage, present: true }", "aws", {}, "compliant"],
    ["{ tag: Stage, present: false }", "aws", {}, "non_compliant"],
    // a tag that the policy does not describe is read by its own name
    ["{ tag: Other, equals: x }", "aws", { Other: "x" }, "non_compliant"],
    ["{ tag: Other, equals: x }", "gcp", { other: "x" }, "non_compliant"],
    ["{ tag: Other, equals: x }", "aws", { other: "x" }, "compliant"],
  ] as const)("%s on %s with %j", (when, cloud, tags, broken) => {
    const relevant = policyOf(text(when))
      .judge(resourceOf(cloud, tags), AT_MS)
      .violations.filter(({ tag }) => tag === "A");
    expect(relevant.length > 0 ? "non_compliant" : "compliant").toBe(broken);
  });
});

describe("values", () => {
  const judged = (fields: string, value: string) =>
    policyOf(rule(fields)).judge(resourceOf("aws", { A: value }), AT_MS).violations[0]?.kind ??
    "fine";

  it.each([
    ["allowed_values: [Red]", "Red", "fine"],
    ["allowed_values: [Red], case_sensitive: false", "rED", "fine"],
    ["allowed_values: ['team-*']", "team-", "fine"],
    ["allowed_values: ['team-*']", "team-a", "fine"],
    ["allowed_values: ['*-team']", "a-team", "fine"],
    ["allowed_values: ['a*a']", "a", "invalid_value"],
    ["allowed_values: ['*']", "anything", "fine"],
    ["allowed_values: ['*']", " ", "empty_value"],
    ["allowed_values: ['', x]", "", "fine"],
    ["allowed_values: ['', x]", " ", "empty_value"],
    ["allowed_values: [Team-*], case_sensitive: false", "TEAM-a", "fine"],
    // full match, not a search
    ["validation_regex: '[a-z]+'", "abc1", "invalid_format"],
    ["validation_regex: 'a|ab'", "ab", "fine"],
    ["validation_regex: '^[a-z]+$'", "abc\n", "invalid_format"],
    ["validation_regex: '[a-z]+', case_sensitive: false", "ABC", "fine"],
    ["validation_regex: '.*'", "x".repeat(257), "invalid_format"],
    ["validation_regex: '.*'", "😀".repeat(256), "fine"],
    ["allowed_values: [ab, cd], validation_regex: 'a.'", "ab", "fine"],
    ["allowed_values: [ab, cd], validation_regex: 'a.'", "cd", "invalid_format"],
    // words of the language are values like any other
    ["allowed_values: [constructor, __proto__]", "constructor", "fine"],
    ["allowed_values: [x]", "constructor", "invalid_value"],
  ] as const)("%s: %j is %s", (fields, value, kind) => {
    expect(judged(fields, value)).toBe(kind);
  });
});
