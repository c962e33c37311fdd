import { describe, expect, test } from "vitest";
import { CLOUDS, type Cloud } from "../../cloud.ts";
import { policySchema } from "../../policy/schema.ts";
import { createCatalogue } from "../../resource-type.ts";
import { findInconsistencies, usageFor } from "./find-inconsistencies.ts";
import type { Finding, FindingKind } from "./finding.ts";
import { applyPatches } from "./policy-patch.ts";

type Tags = Readonly<Record<string, string>>;
type Row = readonly [cloud: Cloud, count: number, tags: Tags | null];

function check(
  rules: unknown,
  rows: readonly Row[],
  read: readonly Cloud[] = CLOUDS,
): readonly Finding[] {
  const policy = policySchema.parse({ version: "2.0", ...Object(rules) });
  const usage = usageFor(policy);
  for (const [cloud, count, tags] of rows)
    usage.add(
      { cloud, tags: tags && Object.entries(tags).map(([key, value]) => ({ key, value })) },
      count,
    );
  const question = { policy, catalogue: createCatalogue([]), read: new Set(read) };
  return findInconsistencies({ ...question, usage: usage.read() }).findings;
}

const only = (findings: readonly Finding[], kind: FindingKind): readonly Finding[] =>
  findings.filter((finding) => finding.kind === kind);

describe("key spellings", () => {
  const policy = {
    required_tags: [{ name: "CostCenter", aliases: ["CC"] }],
    prohibited_tags: [{ name: "costcenterr" }],
  };

  test("tell what the policy knows from what it does not, cloud by cloud", () => {
    const findings = check(policy, [
      ["aws", 50, { CostCenter: "a" }],
      ["aws", 3, { CC: "a" }],
      ["aws", 2, { cost_center: "a" }],
      ["azure", 4, { COSTCENTER: "a" }],
      ["gcp", 9, { cost_center: "a" }],
      ["aws", 1, { costcenterr: "a" }],
    ]);
    const shown = findings.map(({ kind, canonical, reason, examples, patch }) => ({
      kind,
      canonical,
      reason,
      found: examples.map(({ cloud, text, resources }) => `${cloud} ${text} ${resources}`),
      aliases: patch?.aliases ?? null,
    }));
    const base = { canonical: "CostCenter", reason: "policy_key" };
    expect(shown).toEqual([
      { ...base, kind: "key_variant", found: ["aws cost_center 2"], aliases: ["cost_center"] },
      { ...base, kind: "known_alias", found: ["azure COSTCENTER 4"], aliases: null },
      { ...base, kind: "known_alias", found: ["aws CC 3"], aliases: null },
    ]);
  });

  test("without a rule the most used spelling is right, and its label form on GCP", () => {
    const findings = check({}, [
      ["aws", 30, { ProjectGroup: "x" }],
      ["gcp", 20, { project_group: "x" }],
      ["azure", 5, { "project-group": "x" }],
    ]);
    expect(only(findings, "key_variant")).toMatchObject([
      {
        tag: "ProjectGroup",
        reason: "most_used",
        examples: [{ cloud: "azure", text: "project-group", resources: 5 }],
        patch: { rule: null, aliases: ["project-group"] },
      },
    ]);
  });

  test("keys that stand together are not one, however alike their values are", () => {
    const values = ["ada", "ben", "cho", "dev", "eva"];
    const rows = (together: boolean): Row[] =>
      values.flatMap((name): Row[] => [
        ["aws", 20, { Owner: name }],
        ["aws", 4, { OwnerEmail: name, ...(together ? { Owner: name } : {}) }],
      ]);
    expect(only(check({}, rows(false)), "key_variant")).toHaveLength(1);
    expect(only(check({}, rows(true)), "key_variant")).toEqual([]);
  });

  test("values that any key may have are no evidence", () => {
    const rows: Row[] = ["true", "false"].flatMap((value): Row[] => [
      ["aws", 50, { NightlyBackup: value }],
      ["aws", 50, { SpotAllowed: value }],
    ]);
    expect(only(check({}, rows), "key_variant")).toEqual([]);
  });

  test("a spelling with invisible characters is found, but no line with it is proposed", () => {
    const findings = check(policy, [
      ["aws", 50, { CostCenter: "a" }],
      ["aws", 5, { "Cost\u200bCenter": "a" }],
    ]);
    expect(only(findings, "key_variant")).toMatchObject([{ resources: 5, patch: null }]);
  });

  test("the provider's own tags take no part", () => {
    const findings = check({}, [
      ["aws", 50, { "aws:owner": "x" }],
      ["aws", 50, { "AWS:Owner": "x" }],
    ]);
    expect(findings).toEqual([]);
  });
});

describe("values", () => {
  const rule = { name: "Stage", allowed_values: ["Production", "Staging", "Test"] };

  test("a custom of one cloud becomes a value map, a slip does not", () => {
    const policy = { required_tags: [rule] };
    const rows: Row[] = [
      ["aws", 40, { Stage: "Production" }],
      ["aws", 2, { Stage: "Prodction" }],
      ["gcp", 30, { stage: "production" }],
      ["gcp", 10, { stage: "staging" }],
    ];
    const found = only(check(policy, rows), "value_variant");
    expect(found).toMatchObject([
      {
        canonical: "Production",
        reason: "policy_value",
        resources: 32,
        patch: { valueMap: { gcp: { Production: "production" } } },
      },
      { canonical: "Staging", patch: { valueMap: { gcp: { Staging: "staging" } } } },
    ]);
    const document = policySchema.parse({ version: "2.0", ...policy });
    const patched = applyPatches(
      document,
      found.flatMap(({ patch }) => patch ?? []),
    );
    expect(only(check(patched, rows), "value_variant")).toMatchObject([
      { canonical: "Production", resources: 2, patch: null },
    ]);
  });

  test("case does not count where the rule says so", () => {
    const policy = { required_tags: [{ ...rule, case_sensitive: false }] };
    expect(check(policy, [["aws", 40, { Stage: "PRODUCTION" }]])).toEqual([]);
  });

  test("without a list the most used spelling is right, and GCP's lower case no variant", () => {
    const rows: Row[] = [
      ["aws", 60, { Unit: "Retail Bank" }],
      ["aws", 20, { Unit: "retail-bank" }],
      ["aws", 40, { Unit: "Logistics" }],
      ["gcp", 30, { unit: "logistics" }],
      ["aws", 1, { Unit: "Logistic" }],
    ];
    const found = only(check({}, rows), "value_variant");
    expect(found.map(({ canonical, examples }) => [canonical, examples[0]?.text])).toEqual([
      ["Retail Bank", "retail-bank"],
      ["Logistics", "Logistic"],
    ]);
    expect(found[0]?.reason).toBe("most_used");
  });

  test("names are no vocabulary", () => {
    const rows = Array.from({ length: 80 }, (_, at): Row => ["aws", 1, { Name: `web ${at}` }]);
    expect(check({}, [...rows, ["aws", 1, { Name: "Web 1" }]])).toEqual([]);
  });

  test("a value of one cloud only is told when another cloud was read to the end", () => {
    const rows: Row[] = [
      ["aws", 60, { Tier: "gold" }],
      ["aws", 40, { Tier: "bronze" }],
      ["gcp", 50, { tier: "gold" }],
    ];
    expect(only(check({}, rows), "value_vocabulary")).toMatchObject([
      { counts: [{ cloud: "aws", resources: 40 }], examples: [{ text: "bronze" }] },
    ]);
    expect(only(check({}, rows, ["aws"]), "value_vocabulary")).toEqual([]);
  });
});

describe("cost centres of one application", () => {
  const rows: Row[] = [
    ["aws", 20, { Application: "checkout", CostCenter: "CC-1" }],
    ["aws", 1, { Application: "checkout", CostCenter: "CC-9" }],
    ["azure", 8, { App: "Checkout", "cost-center": "CC-2" }],
    ["gcp", 9, { application: "search", cost_center: "cc-1" }],
    ["aws", 9, { Application: "search", CostCenter: "CC-1" }],
    ["gcp", 2, { application: "mail", cost_center: "cc-3" }],
    ["aws", 9, { Application: "mail", CostCenter: "CC-4" }],
  ];

  test("conflict when the clouds' leading ones differ, whatever the spelling of keys and values", () => {
    expect(only(check({}, rows), "cost_center_conflict")).toMatchObject([
      {
        tag: "Application",
        subject: "checkout",
        canonical: null,
        reason: "differs_by_cloud",
        examples: [
          { cloud: "aws", text: "CC-1", resources: 20 },
          { cloud: "azure", text: "CC-2", resources: 8 },
        ],
        patch: null,
      },
    ]);
  });

  test("are compared after the policy's value map", () => {
    const policy = {
      required_tags: [
        { name: "CostCenter", value_map: { azure: { "CC-1": "CC-2" } }, aliases: ["cost-center"] },
      ],
    };
    expect(only(check(policy, rows), "cost_center_conflict")).toEqual([]);
  });
});

describe("keys of one cloud", () => {
  const rows: Row[] = [
    ["aws", 95, { Billing: "x" }],
    ["aws", 5, {}],
    ["gcp", 100, { other: "x" }],
  ];

  test("told by use, when the other cloud was read to the end and its tags are known", () => {
    const found = only(check({}, rows), "one_cloud_key");
    expect(found.map(({ tag, counts }) => [tag, counts])).toContainEqual([
      "Billing",
      [
        { cloud: "aws", resources: 95 },
        { cloud: "gcp", resources: 0 },
      ],
    ]);
    expect(only(check({}, rows, ["aws"]), "one_cloud_key").map(({ tag }) => tag)).toEqual([
      "other",
    ]);
    expect(only(check({}, [...rows.slice(0, 2), ["gcp", 100, null]]), "one_cloud_key")).toEqual([]);
  });

  test("told by the policy, for clouds in use only", () => {
    const policy = { required_tags: [{ name: "Billing", applies_to: { aws: [] } }] };
    expect(only(check(policy, rows), "one_cloud_key")).toMatchObject([
      { tag: "other", reason: "usage_differs" },
      { tag: "Billing", reason: "required_by_policy", confidence: 1 },
    ]);
    expect(only(check(policy, rows.slice(0, 2)), "one_cloud_key")).toEqual([]);
  });
});
