import { describe, expect, it } from "vitest";
import type { Resource } from "../../src/domain/resource.ts";
import { AT_MS, policyOf, resourceOf } from "./fixtures.ts";

const withExemption = (match: string, fields = ""): string => `version: "2.0"
required_tags:
  - { name: A, aliases: [a-alias], value_map: { gcp: { Keep: keep } } }
  - { name: B }
optional_tags:
  - { name: W, allowed_values: [x], severity: warning }
prohibited_tags: [{ name: Temp }]
exemptions:
  - { match: ${match}, ${fields} reason: because, owner: me, expires: "2027-06-30" }`;

const judge = (match: string, resource: Resource, fields = "", atMs = AT_MS) =>
  policyOf(withExemption(match, fields)).judge(resource, atMs);

describe("what an exemption matches", () => {
  const azure = { id: "/subscriptions/S/resourceGroups/Legacy-RG/vm", account: "0a0b" };
  it.each([
    ['{ id: "*legacy*" }', resourceOf("aws", {}, { id: "arn:legacy:1" }), true],
    ['{ id: "*legacy*" }', resourceOf("aws", {}, { id: "arn:Legacy:1" }), false],
    ['{ id: "*legacy*" }', resourceOf("azure", {}, azure), true],
    [
      '{ id: "/SUBSCRIPTIONS/s/resourcegroups/legacy-rg/VM" }',
      resourceOf("azure", {}, azure),
      true,
    ],
    ['{ id: "legacy" }', resourceOf("aws", {}, { id: "legacy-1" }), false],
    ['{ id: "a*b*c" }', resourceOf("aws", {}, { id: "a-b-b-c" }), true],
    ['{ id: "a*b*c" }', resourceOf("aws", {}, { id: "a-c-b" }), false],
    ['{ id: "ab*ba" }', resourceOf("aws", {}, { id: "aba" }), false],
    ['{ account: "1111" }', resourceOf("aws", {}, { account: "1111" }), true],
    ['{ account: "1111" }', resourceOf("aws", {}), false],
    ['{ account: "11*" }', resourceOf("aws", {}, { account: "1111" }), true],
    ['{ region: "eu-*" }', resourceOf("aws", {}), true],
    ['{ region: "us-*" }', resourceOf("aws", {}), false],
    ["{ cloud: gcp }", resourceOf("gcp", {}), true],
    ["{ cloud: gcp }", resourceOf("aws", {}), false],
    ['{ resource_type: "ec2:instance" }', resourceOf("aws", {}), true],
    ["{ resource_type: database }", resourceOf("aws", {}, { type: "rds:db" }), true],
    ["{ resource_type: database }", resourceOf("aws", {}), false],
    // all criteria must hold
    ['{ cloud: aws, account: "1111" }', resourceOf("aws", {}), false],
    ["{ tags: { Life: ends-* } }", resourceOf("aws", { Life: "ends-soon" }), true],
    ["{ tags: { Life: ends-* } }", resourceOf("aws", { Life: "stays" }), false],
    ["{ tags: { Life: ends-*, X: y } }", resourceOf("aws", { Life: "ends-soon" }), false],
    // canonical key and value, whatever the spelling on the resource
    ["{ tags: { A: Keep } }", resourceOf("aws", { "a-alias": "Keep" }), true],
    ["{ tags: { A: Keep } }", resourceOf("gcp", { a: "keep" }), true],
  ] as const)("%s on %j", (match, resource, exempt) => {
    expect(judge(match, resource).verdict).toBe(exempt ? "exempt" : "non_compliant");
  });

  it("keeps an exempt resource in its own bucket although it would comply", () => {
    const resource = resourceOf("aws", { A: "1", B: "1" });
    expect(judge("{ cloud: aws }", resource)).toEqual({ verdict: "exempt", violations: [] });
  });

  it("never makes unread tags exempt", () => {
    expect(judge("{ cloud: aws }", resourceOf("aws", null)).verdict).toBe("unknown");
  });
});

describe("expiry", () => {
  const endMs = Date.UTC(2027, 6, 1);
  it.each([
    ["to the last millisecond of its day, UTC", endMs - 1, "exempt"],
    ["no longer", endMs, "non_compliant"],
  ])("a date holds %s", (_, atMs, verdict) => {
    expect(judge("{ cloud: aws }", resourceOf("aws", {}), "", atMs).verdict).toBe(verdict);
  });

  it("an instant holds until that instant", () => {
    const text = withExemption("{ cloud: aws }").replace("2027-06-30", "2027-06-30T12:00:00Z");
    const policy = policyOf(text);
    const noon = Date.UTC(2027, 5, 30, 12);
    expect(policy.judge(resourceOf("aws", {}), noon - 1).verdict).toBe("exempt");
    expect(policy.judge(resourceOf("aws", {}), noon).verdict).toBe("non_compliant");
  });
});

describe("an exemption of some tags", () => {
  const all = "{ cloud: aws }";
  it.each([
    ["every error is waived", {}, "tags: [A, B],", "exempt", []],
    ["an error is left", {}, "tags: [A],", "non_compliant", ["B"]],
    ["nothing was broken", { A: "1", B: "1" }, "tags: [A],", "compliant", []],
    ["only a warning is waived", { A: "1", B: "1", W: "?" }, "tags: [W],", "compliant", []],
    ["a warning is left beside waived errors", { W: "?" }, "tags: [A, B],", "exempt", []],
    [
      "a prohibited tag, by the rule's name",
      { A: "1", B: "1", Temp: "x" },
      "tags: [Temp],",
      "exempt",
      [],
    ],
  ] as const)("%s", (...[, tags, fields, verdict, left]) => {
    const judgement = judge(all, resourceOf("aws", tags), fields);
    expect(judgement.verdict).toBe(verdict);
    expect(judgement.violations.map(({ tag }) => tag)).toEqual(left);
  });

  it("waives a prohibited tag on Azure however it is spelt there", () => {
    const resource = resourceOf("azure", { A: "1", B: "1", TEMP: "x" });
    expect(judge("{ cloud: azure }", resource, "tags: [Temp],").verdict).toBe("exempt");
  });

  it("adds up: two exemptions may waive one violation each", () => {
    const text = `${withExemption("{ cloud: aws }", "tags: [A],")}
  - { match: { account: "123456789012" }, tags: [B], reason: r, owner: o, expires: "2027-01-01" }`;
    const policy = policyOf(text);
    expect(policy.judge(resourceOf("aws", {}), AT_MS).verdict).toBe("exempt");
    expect(policy.judge(resourceOf("aws", {}), Date.UTC(2027, 1, 1)).verdict).toBe("non_compliant");
  });
});

it("tells the exemption that ends first", () => {
  const text = `${withExemption("{ cloud: aws }")}
  - { match: { id: "*one" }, reason: sooner, owner: o, expires: "2027-01-01" }
  - { match: { id: "*one" }, reason: over, owner: o, expires: "2020-01-01" }`;
  expect(policyOf(text).exemptionOf(resourceOf("aws", {}), AT_MS)).toEqual({
    rule: "exemptions[1]",
    reason: "sooner",
    owner: "o",
    endsMs: Date.UTC(2027, 0, 2),
  });
  expect(policyOf(text).exemptionOf(resourceOf("gcp", {}, { id: "x" }), AT_MS)).toBeNull();
});
