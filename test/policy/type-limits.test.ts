import { describe, expect, it } from "vitest";
import { sha256 } from "../../src/app/policy/sha256.ts";
import { AZURE_RESOURCE_TYPES } from "../../src/clouds/azure/resource-types.ts";
import { GCP_RESOURCE_TYPES } from "../../src/clouds/gcp/resource-types.ts";
import { compilePolicy } from "../../src/domain/policy/compile.ts";
import { parsePolicy } from "../../src/domain/policy/parse.ts";
import { createCatalogue } from "../../src/domain/resource-type.ts";
import { AT_MS, resourceOf } from "./fixtures.ts";

const CATALOGUE = createCatalogue([...AZURE_RESOURCE_TYPES, ...GCP_RESOURCE_TYPES]);

const parse = (yaml: string) =>
  parsePolicy(`version: "2.0"\n${yaml}`, { catalogue: CATALOGUE, atMs: AT_MS, sha256 });

const manyTags = (count: number): string =>
  Array.from({ length: count }, (_, at) => `  - { name: T${at} }`).join("\n");

describe("types that hold less than their cloud", () => {
  it("are judged by their own number where the policy counts tags", () => {
    const policy = compilePolicy(
      parse("required_tags: []\ntag_naming_rules: { max_tags: 40 }"),
      CATALOGUE,
    );
    const tags = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`t${at}`, "x"]));
    const brokenOn = (cloud: "azure" | "gcp", type: string): readonly string[] =>
      policy
        .judge(resourceOf(cloud, tags, { type }), AT_MS)
        .violations.map(({ expected }) => expected);
    expect(brokenOn("azure", "Microsoft.Compute/virtualMachines")).toEqual([]);
    expect(brokenOn("azure", "Microsoft.Network/dnsZones")).toEqual([
      "at most 15 tags on a resource",
    ]);
    expect(brokenOn("gcp", "compute.googleapis.com/Instance")).toEqual([]);
    expect(brokenOn("gcp", "dataproc.googleapis.com/Cluster")).toEqual([
      "at most 32 tags on a resource",
    ]);
  });

  it("add no check that the policy does not make", () => {
    const policy = compilePolicy(parse("required_tags: []"), CATALOGUE);
    const tags = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`t${at}`, "x"]));
    const zone = resourceOf("azure", tags, { type: "Microsoft.Network/dnsZones" });
    expect(policy.judge(zone, AT_MS).violations).toEqual([]);
  });

  it.each([
    [
      "a key that DNS zones and traffic managers cannot hold",
      'required_tags:\n  - { name: "Cost Center" }',
      [["key_exceeds_type_limit", "required_tags[0].name"]],
    ],
    [
      "a key that begins with a digit",
      "required_tags:\n  - { name: 2ndOwner, applies_to: [network] }",
      [["key_exceeds_type_limit", "required_tags[0].name"]],
    ],
    [
      "a key too long for storage accounts",
      `required_tags:\n  - { name: ${"k".repeat(129)}, names: { gcp: k }, applies_to: [object_storage] }`,
      [["key_exceeds_type_limit", "required_tags[0].name"]],
    ],
    [
      "the same key where no such type is in scope",
      'required_tags:\n  - { name: "Cost Center", applies_to: [virtual_machine, gcp] }',
      [["unknown_resource_type", "required_tags[0].applies_to[1]"]],
    ],
    [
      "more required tags than some types hold",
      `required_tags:\n${manyTags(16)}`,
      [["required_tags_exceed_type_limit", "required_tags[15]"]],
    ],
    ["as many as they hold", `required_tags:\n${manyTags(15)}`, []],
  ])("are found out by lint: %s", (_, yaml, expected) => {
    const found = parse(yaml).lint.map(({ code, path }) => [code, path]);
    expect(found).toEqual(expected);
  });

  it("names a value that a type cannot hold, in the form it has there", () => {
    const catalogue = createCatalogue([
      {
        cloud: "azure",
        id: "Microsoft.Short/values",
        category: "other",
        billable: true,
        taggable: true,
        tagLimit: { maxValueLength: 4 },
      },
    ]);
    const yaml =
      'version: "2.0"\nrequired_tags:\n  - { name: A, allowed_values: [abcd, abcde, abcdef], value_map: { azure: { abcdef: f } } }';
    const { lint } = parsePolicy(yaml, { catalogue, atMs: AT_MS, sha256 });
    expect(lint.map(({ code, path, message }) => [code, path, message])).toEqual([
      [
        "value_exceeds_type_limit",
        "required_tags[0].allowed_values[1]",
        "The value is too long for resources of some types: Microsoft.Short/values.",
      ],
    ]);
  });
});
