import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explain } from "../../src/domain/policy/explain.ts";
import { AT_MS, policyOf, resourceOf } from "./fixtures.ts";

const policy = policyOf(`version: "2.0"
required_tags:
  - name: A
    allowed_values: [production]
  - name: B
    applies_to: [database]
  - name: C
    when: { tag: A, equals: production }
optional_tags:
  - name: D
prohibited_tags:
  - name: Temp
exemptions:
  - match: { account: "123456789012" }
    tags: [C]
    reason: for now
    owner: me
    expires: "2027-01-01"
  - { match: { cloud: aws }, reason: long ago, owner: me, expires: "2020-01-01" }
`);

describe("explain", () => {
  it("accounts for every rule, violation and exemption", () => {
    const result = explain(policy, resourceOf("aws", { A: "prodution", Temp: "x" }), AT_MS);
    expect(result.verdict).toBe("non_compliant");
    expect(
      result.rules.map(({ rule, line, outcome, applied }) => [rule, line, outcome, applied]),
    ).toEqual([
      ["required_tags[0]", 3, "broken", true],
      ["required_tags[1]", 5, "type_out_of_scope", false],
      ["required_tags[2]", 7, "condition_not_met", false],
      ["optional_tags[0]", 10, "absent", true],
      ["prohibited_tags[0]", 12, "broken", true],
    ]);
    expect(result.violations.map(({ line, fix }) => [line, fix])).toEqual([
      [4, 'Set "A" to one of "production". Probably meant: "production".'],
      [12, 'Remove the tag; the policy wants no tag with key "Temp".'],
    ]);
    expect(
      result.exemptions.map(({ rule, line, state, tags }) => [rule, line, state, tags]),
    ).toEqual([
      ["exemptions[0]", 14, "in_force", ["C"]],
      ["exemptions[1]", 19, "expired", null],
    ]);
  });

  it("shows a waived rule as broken, although the resource is exempt", () => {
    const result = explain(policy, resourceOf("aws", { A: "production" }), AT_MS);
    expect(result.verdict).toBe("exempt");
    expect(result.violations).toEqual([]);
    expect(result.rules[2]?.outcome).toBe("broken");
    expect(result.rules[0]?.outcome).toBe("satisfied");
  });

  it("explains nothing it does not know", () => {
    const result = explain(policy, resourceOf("aws", null), AT_MS);
    expect(result.verdict).toBe("unknown");
    expect(result.rules.map(({ outcome }) => outcome)).toEqual([
      "tags_unknown",
      "type_out_of_scope",
      "tags_unknown",
      "tags_unknown",
      "tags_unknown",
    ]);
  });

  it("says when a type cannot carry tags", () => {
    const result = explain(policy, resourceOf("aws", {}, { type: "ec2:placement" }), AT_MS);
    expect(result.rules[0]?.outcome).toBe("type_not_taggable");
  });

  it("agrees with the judge on any tags", () => {
    const key = fc.constantFrom("A", "a", "B", "C", "D", "Temp", "other");
    const value = fc.constantFrom("production", "Production", "", "x");
    fc.assert(
      fc.property(fc.dictionary(key, value), fc.boolean(), (tags, isDatabase) => {
        const resource = resourceOf("aws", tags, {
          account: "999",
          type: isDatabase ? "rds:db" : "ec2:instance",
        });
        const judged = policy.judge(resource, AT_MS);
        const result = explain(policy, resource, AT_MS);
        expect(result.verdict).toBe(judged.verdict);
        expect(result.violations.map(({ rule }) => rule)).toEqual(
          judged.violations.map(({ rule }) => rule),
        );
        const broken = new Set(judged.violations.map(({ rule }) => rule.split(".")[0]));
        expect(
          result.rules.filter(({ outcome }) => outcome === "broken").map(({ rule }) => rule),
        ).toEqual(result.rules.map(({ rule }) => rule).filter((rule) => broken.has(rule)));
      }),
    );
  });
});
