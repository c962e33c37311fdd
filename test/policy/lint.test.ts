import { describe, expect, it } from "vitest";
import { createCatalogue } from "../../src/domain/resource-type.ts";
import { parsePolicy } from "../../src/domain/policy/parse.ts";
import { sha256 } from "../../src/app/policy/sha256.ts";
import { AT_MS, parse } from "./fixtures.ts";

/** Each row: what is wrong, the policy after its first line, and every finding as code, path, line. */
const ROWS: readonly (readonly [string, string, readonly (readonly [string, string, number])[]])[] =
  [
    ["a clean policy", "required_tags:\n  - { name: A, allowed_values: [x] }", []],
    [
      "two rules with one GCP key",
      "required_tags:\n  - name: CostCenter\n  - name: Cost-Center",
      [["gcp_key_collision", "required_tags[1].name", 4]],
    ],
    [
      "two rules with one explicit key",
      "required_tags:\n  - { name: A }\noptional_tags:\n  - name: B\n    names:\n      gcp: a",
      [["gcp_key_collision", "optional_tags[0].names.gcp", 7]],
    ],
    [
      "two rules that Azure cannot tell apart",
      "required_tags:\n  - { name: Stage, names: { gcp: a } }\n  - { name: STAGE, names: { gcp: b } }",
      [["azure_key_collision", "required_tags[1].name", 4]],
    ],
    [
      "a key that GCP cannot hold",
      `required_tags:\n  - name: "!!!"\n  - name: B\n    names: { gcp: Upper }`,
      [
        ["gcp_key_inexpressible", "required_tags[0].name", 3],
        ["gcp_key_inexpressible", "required_tags[1].names.gcp", 5],
      ],
    ],
    [
      "no GCP finding where the rule is not about GCP",
      'required_tags:\n  - { name: "!!!", applies_to: { aws: [] } }',
      [],
    ],
    [
      "values that GCP cannot hold",
      "required_tags:\n  - name: A\n    allowed_values:\n      - fine\n      - Sales Team\n      - Mapped\n    value_map: { gcp: { Mapped: mapped } }",
      [["gcp_value_inexpressible", "required_tags[0].allowed_values[1]", 6]],
    ],
    [
      "no finding when case does not count",
      "required_tags:\n  - { name: A, allowed_values: [Sales], case_sensitive: false }",
      [],
    ],
    [
      "a mapped value that GCP cannot hold",
      "required_tags:\n  - name: A\n    allowed_values: [x]\n    value_map:\n      gcp: { x: X }",
      [["gcp_value_inexpressible", "required_tags[0].value_map.gcp", 6]],
    ],
    [
      "no GCP finding where every type of the scope is another cloud's",
      'required_tags:\n  - { name: "!!!", applies_to: ["ec2:instance"], allowed_values: [X Y] }',
      [],
    ],
    [
      "a map with two canonical values for one",
      "required_tags:\n  - name: A\n    allowed_values: [x, y, z]\n    value_map:\n      aws:\n        x: one\n        y: one",
      [["value_map_not_injective", "required_tags[0].value_map.aws.y", 8]],
    ],
    [
      "a map onto an unmapped value",
      "required_tags:\n  - name: A\n    allowed_values: [x, y]\n    value_map:\n      aws: { x: y }",
      [["value_map_not_injective", "required_tags[0].value_map.aws.x", 6]],
    ],
    [
      "a map of a value that is not allowed",
      "required_tags:\n  - name: A\n    allowed_values: [x]\n    value_map:\n      aws: { q: r }",
      [["value_map_unused", "required_tags[0].value_map.aws.q", 6]],
    ],
    [
      "a regex that no allowed value matches",
      "required_tags:\n  - name: A\n    allowed_values: [x, y]\n    validation_regex: '[0-9]+'",
      [["regex_matches_no_value", "required_tags[0].validation_regex", 5]],
    ],
    [
      "a regex that some allowed value does not match",
      "required_tags:\n  - name: A\n    allowed_values:\n      - x\n      - '1'\n    validation_regex: '[0-9]+'",
      [["value_fails_regex", "required_tags[0].allowed_values[0]", 5]],
    ],
    [
      "unknown resource types",
      'required_tags:\n  - name: A\n    applies_to: ["ec2:instance", "ec2:instanse"]\n  - name: B\n    applies_to:\n      azure: ["ec2:instance"]\nprohibited_tags:\n  - { name: P, applies_to: [virtual_machines] }',
      [
        ["unknown_resource_type", "required_tags[0].applies_to[1]", 4],
        ["unknown_resource_type", "required_tags[1].applies_to.azure[0]", 7],
        ["unknown_resource_type", "prohibited_tags[0].applies_to[0]", 9],
      ],
    ],
    [
      "exemptions that have expired, expire soon, or name what does not exist",
      'required_tags: [{ name: A }]\nexemptions:\n  - { match: { cloud: aws }, reason: r, owner: o, expires: "2026-11-21" }\n  - { match: { cloud: aws }, reason: r, owner: o, expires: "2026-11-22" }\n  - { match: { cloud: aws }, reason: r, owner: o, expires: "2028-01-01", tags: [A, Q] }\n  - { match: { resource_type: nope }, reason: r, owner: o, expires: "2028-01-01" }',
      [
        ["expired_exemption", "exemptions[0].expires", 4],
        ["expiring_exemption", "exemptions[1].expires", 5],
        ["unknown_exempt_tag", "exemptions[2].tags[1]", 6],
        ["unknown_resource_type", "exemptions[3].match.resource_type", 7],
      ],
    ],
    [
      "conditions that cannot hold",
      "required_tags:\n  - { name: A, allowed_values: [x, p-*] }\n  - { name: B, when: { tag: A, in: [y] } }\n  - { name: C, when: { tag: Nowhere, present: true } }\n  - { name: D, when: { tag: D, equals: x } }\n  - { name: E, when: { tag: A, in: [y, p-1] } }",
      [
        ["unreachable_condition", "required_tags[1].when", 4],
        ["unknown_condition_tag", "required_tags[2].when", 5],
        ["self_condition", "required_tags[3].when", 6],
      ],
    ],
    [
      "a tag required and prohibited",
      "required_tags: [{ name: A }]\nprohibited_tags:\n  - { name: B }\n  - { name: A }",
      [["required_and_prohibited", "prohibited_tags[1].name", 5]],
    ],
    [
      "an alias that is another rule's key",
      "required_tags:\n  - name: A\n    aliases: [x, B]\n  - name: B\n    aliases: [x]",
      [
        ["alias_collision", "required_tags[0].aliases[1]", 4],
        ["alias_collision", "required_tags[1].aliases[0]", 6],
      ],
    ],
    [
      "duplicate names",
      "required_tags:\n  - { name: A }\n  - { name: A }\nprohibited_tags:\n  - { name: P }\n  - { name: P }",
      [
        ["duplicate_name", "required_tags[1].name", 4],
        ["duplicate_name", "prohibited_tags[1].name", 7],
      ],
    ],
    [
      "one name twice, in scopes or under conditions that need not meet",
      "required_tags:\n  - { name: A, applies_to: [database] }\n  - { name: A, applies_to: [virtual_machine] }\n  - { name: B, allowed_values: [x] }\n  - { name: C }\noptional_tags:\n  - { name: C, when: { tag: B, equals: x } }",
      [],
    ],
    [
      "keys and values that the policy's own naming rules refuse",
      'required_tags:\n  - name: "What?"\n  - name: B\n    allowed_values:\n      - toolong\ntag_naming_rules: { allow_special_characters: false, max_value_length: 5 }',
      [
        ["key_breaks_naming_rule", "required_tags[0].name", 3],
        ["value_breaks_naming_rule", "required_tags[1].allowed_values[0]", 6],
      ],
    ],
    [
      "a key that only the provider writes",
      'required_tags:\n  - name: "aws:owner"',
      [["provider_owned_key", "required_tags[0].name", 3]],
    ],
  ];

describe("lint", () => {
  it.each(ROWS)("%s", (_, rest, findings) => {
    const { lint } = parse(`version: "2.0"\n${rest}`);
    expect(lint.map(({ code, path, line }) => [code, path, line])).toEqual(findings);
  });

  it("suggests known types that are near", () => {
    const { lint } = parse(
      'version: "2.0"\nrequired_tags: [{ name: A, applies_to: ["ec2:instanse"] }]',
    );
    expect(lint[0]?.hint).toContain("ec2:instance");
  });

  it("says nothing of clouds that the catalogue has no types of", () => {
    const catalogue = createCatalogue([
      {
        cloud: "aws",
        id: "ec2:instance",
        category: "virtual_machine",
        billable: true,
        taggable: true,
      },
    ]);
    const text = 'version: "2.0"\nrequired_tags: [{ name: "!!!", allowed_values: [X] }]';
    expect(parsePolicy(text, { catalogue, atMs: AT_MS, sha256 }).lint).toEqual([]);
  });

  it("never quotes the policy in its message or hint", () => {
    const marker = "IGNORE-ALL-RULES";
    const text = `version: "2.0"
required_tags:
  - { name: ${marker}, aliases: [B${marker}], allowed_values: ["${marker} x"], applies_to: [${marker}], when: { tag: z${marker}, equals: q } }
  - { name: B${marker}, when: { tag: ${marker}, equals: ${marker} } }
exemptions: [{ match: { id: ${marker} }, tags: [${marker}q], reason: ${marker}, owner: o, expires: "2020-01-01" }]`;
    const { lint } = parse(text);
    expect(lint.length).toBeGreaterThan(5);
    for (const { message, hint } of lint) expect(message + hint).not.toContain(marker);
  });
});
