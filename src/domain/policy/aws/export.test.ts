import { describe, expect, test } from "vitest";
import { createCatalogue, type ResourceTypeFacts } from "../../resource-type.ts";
import { policySchema } from "../schema.ts";
import type { PolicyInput } from "../upgrade-v1.ts";
import { type ExportedTagPolicy, exportTagPolicy } from "./export.ts";
import { validateTagPolicy } from "./validate.ts";

const fact = (id: string, category: ResourceTypeFacts["category"]): ResourceTypeFacts => ({
  cloud: id.startsWith("Microsoft") ? "azure" : "aws",
  id,
  category,
  billable: true,
  taggable: true,
});
const catalogue = createCatalogue([
  fact("ec2:instance", "virtual_machine"),
  fact("rds:db", "database"),
  fact("dynamodb:table", "database"),
  fact("dynamodb:stream", "database"),
  fact("Microsoft.Sql/servers/databases", "database"),
]);

function exported(policy: Omit<PolicyInput, "version">): ExportedTagPolicy {
  return exportTagPolicy(policySchema.parse({ version: "2.0", ...policy }), catalogue);
}
const paths = ({ lossy }: ExportedTagPolicy): readonly string[] => lossy.map(({ path }) => path);

describe("rules", () => {
  test("required, optional and prohibited", () => {
    const result = exported({
      required_tags: [{ name: "Owner", applies_to: { aws: ["ec2:instance"] } }],
      optional_tags: [{ name: "Team", allowed_values: ["a", "b*"], applies_to: { aws: [] } }],
      prohibited_tags: [{ name: "Temp", applies_to: { aws: [] } }],
    });
    expect(result.content.tags).toEqual({
      Owner: {
        tag_key: { "@@assign": "Owner" },
        report_required_tag_for: { "@@assign": ["ec2:instance"] },
      },
      Team: { tag_key: { "@@assign": "Team" }, tag_value: { "@@assign": ["a", "b*"] } },
      Temp: { tag_key: { "@@assign": "Temp" }, tag_value: { "@@assign": [] } },
    });
    expect(result.lossy).toEqual([]);
    expect(validateTagPolicy(result.text)).toMatchObject({ ok: true });
  });

  test("AWS is never told to refuse calls unless the import had it", () => {
    const result = exported({ required_tags: [{ name: "Owner", applies_to: ["ec2:instance"] }] });
    expect(result.text).not.toContain("enforced_for");
  });

  test("a category stands for the AWS types that can be reported on; others are named", () => {
    const result = exported({ required_tags: [{ name: "Owner", applies_to: ["database"] }] });
    expect(result.content.tags["Owner"]?.report_required_tag_for).toEqual({
      "@@assign": ["dynamodb:table", "rds:db"],
    });
    expect(result.lossy).toEqual([
      expect.objectContaining({ path: "required_tags[0].applies_to", value: "dynamodb:stream" }),
    ]);
  });

  test("every type means the AWS types of this build, and that is said", () => {
    const result = exported({ required_tags: [{ name: "Owner" }] });
    expect(result.content.tags["Owner"]?.report_required_tag_for).toEqual({
      "@@assign": ["dynamodb:table", "ec2:instance", "rds:db"],
    });
    expect(paths(result)).toContain("required_tags[0].applies_to");
  });

  test("key and values are those of AWS", () => {
    const result = exported({
      optional_tags: [
        {
          name: "owner",
          names: { aws: "Owner" },
          allowed_values: ["a", "constructor"],
          value_map: { aws: { a: "A" } },
          applies_to: { aws: [] },
        },
      ],
    });
    expect(result.content.tags).toEqual({
      Owner: {
        tag_key: { "@@assign": "Owner" },
        tag_value: { "@@assign": ["A", "constructor"] },
      },
    });
    expect(result.lossy).toEqual([]);
  });

  test("a policy that was edited after its import exports what it says now", () => {
    const result = exported({
      required_tags: [{ name: "Owner", applies_to: { aws: ["ec2:instance"] } }],
      provenance: {
        source: "aws_tag_policy",
        aws_tag_policy: {
          require_enforced: false,
          catalogue: "1",
          types: { Owner: { report_required_tag_for: ["s3:ALL_SUPPORTED"] } },
        },
      },
    });
    expect(result.content.tags["Owner"]?.report_required_tag_for).toEqual({
      "@@assign": ["ec2:instance"],
    });
  });
});

describe("what AWS cannot say is listed", () => {
  const owner = { name: "Owner", applies_to: { aws: [] } };
  const CASES: readonly [string, Omit<PolicyInput, "version">, string][] = [
    [
      "patterns",
      { optional_tags: [{ ...owner, validation_regex: "^a$" }] },
      "optional_tags[0].validation_regex",
    ],
    [
      "conditions",
      { optional_tags: [{ ...owner, when: { tag: "Env", equals: "p" } }] },
      "optional_tags[0].when",
    ],
    [
      "warnings",
      { optional_tags: [{ ...owner, severity: "warning" }] },
      "optional_tags[0].severity",
    ],
    [
      "warnings of prohibitions",
      { prohibited_tags: [{ ...owner, severity: "warning" }] },
      "prohibited_tags[0].severity",
    ],
    ["aliases", { optional_tags: [{ ...owner, aliases: ["own"] }] }, "optional_tags[0].aliases"],
    [
      "descriptions",
      { optional_tags: [{ ...owner, description: "d" }] },
      "optional_tags[0].description",
    ],
    [
      "names elsewhere",
      { optional_tags: [{ ...owner, names: { gcp: "owner" } }] },
      "optional_tags[0].names",
    ],
    [
      "values elsewhere",
      { optional_tags: [{ ...owner, value_map: { gcp: { A: "a" } } }] },
      "optional_tags[0].value_map",
    ],
    [
      "values in any case",
      { optional_tags: [{ ...owner, case_sensitive: false }] },
      "optional_tags[0].case_sensitive",
    ],
    [
      "scope of an optional tag",
      { optional_tags: [{ ...owner, applies_to: ["rds:db"] }] },
      "optional_tags[0].applies_to",
    ],
    [
      "rules of other clouds",
      { required_tags: [{ ...owner, applies_to: { gcp: [] } }] },
      "required_tags[0]",
    ],
    [
      "a second rule for a key",
      { required_tags: [owner], prohibited_tags: [{ name: "OWNER" }] },
      "prohibited_tags[0]",
    ],
    [
      "keys in any case",
      { tag_naming_rules: { case_sensitivity: false } },
      "tag_naming_rules.case_sensitivity",
    ],
    ["number of tags", { tag_naming_rules: { max_tags: 10 } }, "tag_naming_rules.max_tags"],
    [
      "reserved prefixes",
      { tag_naming_rules: { reserved_prefixes: ["x:"] } },
      "tag_naming_rules.reserved_prefixes",
    ],
    [
      "exemptions",
      { exemptions: [{ match: { account: "1" }, reason: "r", owner: "o", expires: "2027-01-01" }] },
      "exemptions[0]",
    ],
    [
      "more than 10,000 characters",
      {
        optional_tags: [
          { ...owner, allowed_values: Array.from({ length: 900 }, (_, at) => `value-${at}`) },
        ],
      },
      "",
    ],
  ];
  test.each(CASES)("%s", (_, policy, path) => {
    expect(paths(exported(policy))).toContain(path);
  });
});
