import { describe, expect, it } from "vitest";
import { CLOUDS, type Cloud } from "../../src/domain/cloud.ts";
import type { Verdict, ViolationKind } from "../../src/domain/compliance/violation.ts";
import { AT_MS, policyOf, resourceOf } from "./fixtures.ts";

const POLICY = `
version: "2.0"
required_tags:
  - name: CostCenter
    allowed_values: [Engineering, Marketing, Sales]
    aliases: [cost-center, CC]
    value_map: { gcp: { Engineering: eng, Marketing: marketing, Sales: sales } }
  - name: Owner
    validation_regex: "[a-z]+(-[a-z]+)*"
optional_tags:
  - name: Tier
    allowed_values: [gold, silver, "custom-*"]
    severity: warning
prohibited_tags:
  - name: Temp
tag_naming_rules:
  case_sensitivity: CASE
  allow_special_characters: false
  max_key_length: 20
  max_value_length: 30
  reserved_prefixes: ["aws:", "azure:", "goog-", "corp/"]
  max_tags: 6
`;
const strict = policyOf(POLICY.replace("CASE", "true"));
const lenient = policyOf(POLICY.replace("CASE", "false"));

const GOOD: Readonly<Record<Cloud, Readonly<Record<string, string>>>> = {
  aws: { CostCenter: "Engineering", Owner: "team-a" },
  azure: { CostCenter: "Engineering", Owner: "team-a" },
  gcp: { cost_center: "eng", owner: "team-a" },
};

type Tags = Readonly<Record<string, string>>;
/** cloud, tags, verdict, and per violation: kind, tag, suggestion, rule */
type Row = readonly [
  Cloud,
  Tags,
  Verdict,
  ...(readonly [ViolationKind, string, string | null, string])[],
];

const without = (cloud: Cloud, key: string): Tags =>
  Object.fromEntries(Object.entries(GOOD[cloud]).filter(([name]) => name !== key));

const STRICT: readonly Row[] = [
  ...CLOUDS.map((cloud): Row => [cloud, GOOD[cloud], "compliant"]),
  ...CLOUDS.map(
    (cloud): Row => [
      cloud,
      {},
      "non_compliant",
      ["missing_required_tag", "CostCenter", null, "required_tags[0]"],
      ["missing_required_tag", "Owner", null, "required_tags[1]"],
    ],
  ),
  ...CLOUDS.flatMap((cloud): readonly Row[] =>
    ["", "   ", "\t\u00a0"].map(
      (blank): Row => [
        cloud,
        { ...GOOD[cloud], [cloud === "gcp" ? "owner" : "Owner"]: blank },
        "non_compliant",
        ["empty_value", "Owner", null, "required_tags[1]"],
      ],
    ),
  ),
  // invalid_value: nothing near, too short to guess at, or two equally near
  [
    "aws",
    { ...GOOD.aws, CostCenter: "Legal" },
    "non_compliant",
    ["invalid_value", "CostCenter", null, "required_tags[0].allowed_values"],
  ],
  [
    "azure",
    { ...GOOD.azure, CostCenter: "Legal" },
    "non_compliant",
    ["invalid_value", "CostCenter", null, "required_tags[0].allowed_values"],
  ],
  [
    "gcp",
    { ...GOOD.gcp, cost_center: "legal" },
    "non_compliant",
    ["invalid_value", "CostCenter", null, "required_tags[0].allowed_values"],
  ],
  // value_variant: case, typo, outer blanks; on GCP the suggestion is the mapped value
  [
    "aws",
    { ...GOOD.aws, CostCenter: "engineering" },
    "non_compliant",
    ["value_variant", "CostCenter", "Engineering", "required_tags[0].allowed_values"],
  ],
  [
    "aws",
    { ...GOOD.aws, CostCenter: "Enginering" },
    "non_compliant",
    ["value_variant", "CostCenter", "Engineering", "required_tags[0].allowed_values"],
  ],
  [
    "aws",
    { ...GOOD.aws, CostCenter: " Sales " },
    "non_compliant",
    ["value_variant", "CostCenter", "Sales", "required_tags[0].allowed_values"],
  ],
  [
    "azure",
    { ...GOOD.azure, CostCenter: "SALES" },
    "non_compliant",
    ["value_variant", "CostCenter", "Sales", "required_tags[0].allowed_values"],
  ],
  [
    "gcp",
    { ...GOOD.gcp, cost_center: "enginering" },
    "non_compliant",
    ["value_variant", "CostCenter", "eng", "required_tags[0].allowed_values"],
  ],
  // the canonical value where the cloud holds a mapped one is a variant, not a match
  [
    "gcp",
    { ...GOOD.gcp, cost_center: "engineering" },
    "non_compliant",
    ["value_variant", "CostCenter", "eng", "required_tags[0].allowed_values"],
  ],
  ...CLOUDS.map(
    (cloud): Row => [
      cloud,
      { ...GOOD[cloud], [cloud === "gcp" ? "owner" : "Owner"]: "team_1" },
      "non_compliant",
      ["invalid_format", "Owner", null, "required_tags[1].validation_regex"],
    ],
  ),
  // key_variant by alias satisfies; Azure aliases ignore case; GCP reads CC as cc
  [
    "aws",
    { ...without("aws", "CostCenter"), CC: "Sales" },
    "compliant",
    ["key_variant", "CostCenter", "CostCenter", "required_tags[0].aliases"],
  ],
  [
    "azure",
    { ...without("azure", "CostCenter"), cc: "Sales" },
    "compliant",
    ["key_variant", "CostCenter", "CostCenter", "required_tags[0].aliases"],
  ],
  [
    "gcp",
    { ...without("gcp", "cost_center"), cc: "sales" },
    "compliant",
    ["key_variant", "CostCenter", "cost_center", "required_tags[0].aliases"],
  ],
  [
    "gcp",
    { ...without("gcp", "cost_center"), "cost-center": "sales" },
    "compliant",
    ["key_variant", "CostCenter", "cost_center", "required_tags[0].aliases"],
  ],
  // its value is judged as well
  [
    "aws",
    { ...without("aws", "CostCenter"), CC: "Legal" },
    "non_compliant",
    ["invalid_value", "CostCenter", null, "required_tags[0].allowed_values"],
    ["key_variant", "CostCenter", "CostCenter", "required_tags[0].aliases"],
  ],
  // case: another key on AWS (the suggestion names it), the same key on Azure
  [
    "aws",
    { ...without("aws", "CostCenter"), costcenter: "Sales" },
    "non_compliant",
    ["missing_required_tag", "CostCenter", "costcenter", "required_tags[0]"],
  ],
  ["azure", { ...without("azure", "CostCenter"), costCENTER: "Sales" }, "compliant"],
  // both spellings: the canonical one is judged, the other is reported
  [
    "aws",
    { ...GOOD.aws, CC: "Legal" },
    "compliant",
    ["key_variant", "CostCenter", "CostCenter", "required_tags[0].aliases"],
  ],
  // a typo in a key is named, but satisfies nothing
  [
    "aws",
    { ...without("aws", "CostCenter"), CostCentre: "Sales" },
    "non_compliant",
    ["missing_required_tag", "CostCenter", "CostCentre", "required_tags[0]"],
  ],
  // optional: silent when absent, judged when present, a warning leaves the verdict
  ["aws", { ...GOOD.aws, Tier: "custom-7" }, "compliant"],
  [
    "aws",
    { ...GOOD.aws, Tier: "bronze" },
    "compliant",
    ["invalid_value", "Tier", null, "optional_tags[0].allowed_values"],
  ],
  [
    "aws",
    { ...GOOD.aws, Tier: "CUSTOM-Seven" },
    "compliant",
    ["value_variant", "Tier", "custom-Seven", "optional_tags[0].allowed_values"],
  ],
  [
    "aws",
    { ...GOOD.aws, Tier: "not-custom-7" },
    "compliant",
    ["invalid_value", "Tier", null, "optional_tags[0].allowed_values"],
  ],
  // prohibited, by each cloud's own idea of a key
  [
    "aws",
    { ...GOOD.aws, Temp: "1" },
    "non_compliant",
    ["prohibited_tag", "Temp", null, "prohibited_tags[0]"],
  ],
  ["aws", { ...GOOD.aws, temp: "1" }, "compliant"],
  [
    "azure",
    { ...GOOD.azure, TEMP: "1" },
    "non_compliant",
    ["prohibited_tag", "TEMP", null, "prohibited_tags[0]"],
  ],
  [
    "gcp",
    { ...GOOD.gcp, temp: "1" },
    "non_compliant",
    ["prohibited_tag", "temp", null, "prohibited_tags[0]"],
  ],
  // naming rules
  [
    "aws",
    { ...GOOD.aws, "what?": "1" },
    "non_compliant",
    ["naming_rule", "what?", null, "tag_naming_rules.allow_special_characters"],
  ],
  ["aws", { ...GOOD.aws, "Größe_1 .:/=+-@": "1" }, "compliant"],
  [
    "aws",
    { ...GOOD.aws, aKeyOfTwentyOneLetter: "1" },
    "non_compliant",
    ["naming_rule", "aKeyOfTwentyOneLetter", null, "tag_naming_rules.max_key_length"],
  ],
  [
    "aws",
    { ...GOOD.aws, Note: "x".repeat(31) },
    "non_compliant",
    ["naming_rule", "Note", null, "tag_naming_rules.max_value_length"],
  ],
  ["aws", { ...GOOD.aws, Note: "😀".repeat(30) }, "compliant"],
  [
    "azure",
    { ...GOOD.azure, "CORP/x": "1" },
    "non_compliant",
    ["naming_rule", "CORP/x", null, "tag_naming_rules.reserved_prefixes[3]"],
  ],
  [
    "aws",
    { ...GOOD.aws, a: "1", b: "1", c: "1", d: "1", e: "1" },
    "non_compliant",
    ["naming_rule", "*", null, "tag_naming_rules.max_tags"],
  ],
  // the provider's own tags are neither judged nor counted, on its own cloud only
  [
    "aws",
    {
      ...GOOD.aws,
      "aws:cloudformation:stack-name?": "x".repeat(90),
      "aws:b": "1",
      "aws:c": "",
      "aws:d": "",
      "aws:e": "",
    },
    "compliant",
  ],
  [
    "azure",
    { ...GOOD.azure, "hidden-link:/subscriptions/0/providers/Microsoft.Web": "Resource?" },
    "compliant",
  ],
  ["gcp", { ...GOOD.gcp, "goog-managed-by-a-service-agent": "x" }, "compliant"],
  [
    "azure",
    { ...GOOD.azure, "aws:x": "1" },
    "non_compliant",
    ["naming_rule", "aws:x", null, "tag_naming_rules.reserved_prefixes[0]"],
  ],
];

const LENIENT: readonly Row[] = [
  [
    "aws",
    { ...without("aws", "CostCenter"), costcenter: "Sales" },
    "compliant",
    ["key_variant", "CostCenter", "CostCenter", "required_tags[0].name"],
  ],
  [
    "aws",
    { ...without("aws", "CostCenter"), COSTCENTER: "Legal" },
    "non_compliant",
    ["invalid_value", "CostCenter", null, "required_tags[0].allowed_values"],
    ["key_variant", "CostCenter", "CostCenter", "required_tags[0].name"],
  ],
  ["azure", { ...without("azure", "CostCenter"), costcenter: "Sales" }, "compliant"],
  [
    "gcp",
    { ...without("gcp", "cost_center"), costcenter: "sales" },
    "compliant",
    ["key_variant", "CostCenter", "cost_center", "required_tags[0].name"],
  ],
  [
    "aws",
    { ...GOOD.aws, TEMP: "1" },
    "non_compliant",
    ["prohibited_tag", "TEMP", null, "prohibited_tags[0]"],
  ],
  // an alias is the better spelling of the two: it is judged, both are reported
  [
    "aws",
    { ...without("aws", "CostCenter"), costcenter: "Legal", CC: "Sales" },
    "compliant",
    ["key_variant", "CostCenter", "CostCenter", "required_tags[0].aliases"],
    ["key_variant", "CostCenter", "CostCenter", "required_tags[0].name"],
  ],
];

describe.each([
  ["case_sensitivity: true", strict, STRICT],
  ["case_sensitivity: false", lenient, LENIENT],
] as const)("%s", (_, policy, rows) => {
  it.each(rows.map((row) => ({ row, title: `${row[0]} ${JSON.stringify(row[1]).slice(0, 80)}` })))(
    "$title",
    ({ row: [cloud, tags, verdict, ...violations] }) => {
      const judgement = policy.judge(resourceOf(cloud, tags), AT_MS);
      expect(judgement.verdict).toBe(verdict);
      expect(
        judgement.violations.map(({ kind, tag, suggestion, rule }) => [
          kind,
          tag,
          suggestion,
          rule,
        ]),
      ).toEqual(violations);
    },
  );
});

describe("what a violation says", () => {
  it("names the line of the policy and what would satisfy it", () => {
    const [violation] = strict.judge(
      resourceOf("gcp", { owner: "a", cost_center: "x1" }),
      AT_MS,
    ).violations;
    expect(violation?.expected).toBe('one of "eng", "marketing", "sales"');
    expect(violation?.actual).toBe("x1");
    expect(strict.lineOf(violation?.rule ?? "")).toBe(5);
  });

  it("says which key is missing on that cloud", () => {
    const [violation] = strict.judge(resourceOf("gcp", { owner: "a" }), AT_MS).violations;
    expect(violation?.expected).toBe('key "cost_center" with one of "eng", "marketing", "sales"');
    expect(violation?.actual).toBeNull();
  });

  it("knows nothing of a resource whose tags could not be read", () => {
    expect(strict.judge(resourceOf("aws", null), AT_MS)).toEqual({
      verdict: "unknown",
      violations: [],
    });
  });

  it("shares one object between all clean resources", () => {
    const first = strict.judge(resourceOf("aws", GOOD.aws), AT_MS);
    expect(strict.judge(resourceOf("aws", GOOD.aws, { id: "other" }), AT_MS)).toBe(first);
  });
});
