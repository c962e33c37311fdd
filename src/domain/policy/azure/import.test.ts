import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError } from "../../errors.ts";
import type { AzureParameters } from "./definition.ts";
import { type AzureImport, importAzureTagPolicies } from "./import.ts";

const DATA = new URL(
  "../../../../../shared/data/recorded/azure/azure-policy-builtin-tags/",
  import.meta.url,
);
const builtIns = ((): readonly string[] => {
  try {
    return readdirSync(DATA).filter((name) => name.endsWith(".json"));
  } catch {
    return [];
  }
})();

const options = {
  importedAt: "2026-11-22T10:00:00Z",
  sha256: (text: string) => createHash("sha256").update(text).digest("hex"),
};
const imported = (definition: string, parameters?: AzureParameters): AzureImport =>
  importAzureTagPolicies(
    [{ definition, ...(parameters === undefined ? {} : { parameters }) }],
    options,
  );

const GROUPS = "Microsoft.Resources/subscriptions/resourceGroups";
const SUBSCRIPTIONS = "Microsoft.Resources/subscriptions";
const parameters = { tagName: "CostCenter", tagValue: "1234" };
const required = (type: string | null, values?: readonly string[]) => ({
  required_tags: [
    {
      name: "CostCenter",
      applies_to: { azure: type === null ? [] : [type] },
      ...(values === undefined ? {} : { allowed_values: values, case_sensitive: false }),
    },
  ],
  optional_tags: [],
});
const inherited = {
  required_tags: [],
  optional_tags: [{ name: "CostCenter", applies_to: { azure: [] } }],
};

/** What each of Microsoft's built-in definitions of the category Tags says, read by hand. */
const MEANING: Readonly<Record<string, object>> = {
  "AddOrReplaceTag_Modify.json": required(null, ["1234"]),
  "AddOrReplaceTag_ResourceGroup_Modify.json": required(GROUPS, ["1234"]),
  "AddOrReplaceTag_Subscription_Modify.json": required(SUBSCRIPTIONS, ["1234"]),
  "AddTag_Modify.json": required(null),
  "AddTag_ResourceGroup_Modify.json": required(GROUPS),
  "AddTag_Subscription_Modify.json": required(SUBSCRIPTIONS),
  "ApplyTag_Append.json": required(null),
  "DepartmentTagRequired_Deny.json": {
    required_tags: [{ name: "department", applies_to: { azure: [] } }],
  },
  "EnvironmentTagValues_Deny.json": {
    required_tags: [
      { name: "environment", allowed_values: ["production", "dev", "test", "staging"] },
    ],
  },
  "InheritTag_AddOrReplace_FromSubscription.json": inherited,
  "InheritTag_AddOrReplace_Modify.json": inherited,
  "InheritTag_Add_FromSubscription.json": inherited,
  "InheritTag_Add_Modify.json": inherited,
  "InheritTag_Append.json": inherited,
  "RequireTagAndValue_Deny.json": required(null, ["1234"]),
  "RequireTag_Deny.json": required(null),
  "ResourceGroupApplyTag_Append.json": required(GROUPS),
  "ResourceGroupRequireTagAndValue_Deny.json": required(GROUPS, ["1234"]),
  "ResourceGroupRequireTag_Deny.json": required(GROUPS),
};

describe("Microsoft's built-in definitions", () => {
  const missing = builtIns.length === 0;
  test.skipIf(missing)("are the ones we know (needs shared/data/recorded/azure)", () => {
    expect(builtIns.toSorted()).toEqual(Object.keys(MEANING).toSorted());
  });
  test.skipIf(missing).each(missing ? ["definitions"] : builtIns)(
    "%s (needs shared/data/recorded/azure)",
    (name) => {
      const { policy, lossy } = imported(readFileSync(new URL(name, DATA), "utf8"), parameters);
      expect(policy).toMatchObject(MEANING[name] ?? {});
      expect(lossy.length).toBeGreaterThan(0);
      expect(policy.provenance?.notes).toHaveLength(lossy.length);
    },
  );
});

/** As text: a rule has a field `then`, which no object of a program should have. */
function definitionText(
  condition: unknown,
  declared: object = {},
  effect: unknown = "audit",
): string {
  const rule = `{"if":${JSON.stringify(condition)},"then":{"effect":${JSON.stringify(effect)}}}`;
  return `{"parameters":${JSON.stringify(declared)},"policyRule":${rule}}`;
}
const missingTag = { field: "tags['Owner']", exists: "false" };

describe("a definition", () => {
  test("without parameters says what it says", () => {
    const { policy, lossy } = imported(definitionText(missingTag));
    expect(policy.required_tags).toMatchObject([{ name: "Owner", applies_to: { azure: [] } }]);
    expect(lossy).toEqual([]);
  });

  test("takes its own defaults where no value is given, and a given value before them", () => {
    const text = definitionText(
      { field: "tags['Owner']", notIn: "[parameters('owners')]" },
      { owners: { type: "Array", defaultValue: ["a", "b"] } },
    );
    expect(imported(text).policy.required_tags[0]?.allowed_values).toEqual(["a", "b"]);
    expect(imported(text, { owners: ["c"] }).policy.required_tags[0]?.allowed_values).toEqual([
      "c",
    ]);
  });

  test("that is disabled asks for nothing, and that is said", () => {
    const { policy, lossy } = imported(definitionText(missingTag, {}, "Disabled"));
    expect([...policy.required_tags, ...policy.optional_tags]).toEqual([]);
    expect(lossy).toMatchObject([{ what: "Left out." }]);
  });

  const REFUSED: readonly [string, string, string][] = [
    ["text that is not JSON", "{", "definitions[0]"],
    ["no rule", "{}", "definitions[0].policyRule"],
    [
      "a rule about something else",
      definitionText({ field: "location", notEquals: "x" }),
      "definitions[0].policyRule.if.field",
    ],
    [
      "two tags at once",
      definitionText({ allOf: [missingTag, { field: "tags['B']", exists: "false" }] }),
      "definitions[0].policyRule.if",
    ],
    ["anyOf", definitionText({ anyOf: [missingTag] }), "definitions[0].policyRule.if.field"],
    [
      "a pattern",
      definitionText({ field: "tags['Owner']", notLike: "a*" }),
      "definitions[0].policyRule.if.notIn",
    ],
    [
      "a tag that must be absent",
      definitionText({ field: "tags['Owner']", exists: "true" }),
      "definitions[0].policyRule.if.notIn",
    ],
    [
      "a parameter without a value",
      definitionText({ field: "tags['Owner']", notEquals: "[parameters('x')]" }),
      "definitions[0].policyRule.if.notEquals",
    ],
    [
      "an expression",
      definitionText({ field: "tags['Owner']", notEquals: "[toLower('X')]" }),
      "definitions[0].policyRule.if.notEquals",
    ],
    [
      "another condition beside",
      definitionText({ allOf: [missingTag, { value: "[utcNow()]", notEquals: "" }] }),
      "definitions[0].policyRule.if.allOf[1]",
    ],
  ];
  test.each(REFUSED)("is refused with %s", (_, text, path) => {
    expect(() => imported(text)).toThrow(
      expect.objectContaining({
        code: "policy_invalid",
        issues: expect.arrayContaining([expect.objectContaining({ path })]),
      }),
    );
  });

  test("every definition that is not understood is named at once", () => {
    const bad = { definition: "{}" };
    expect(() =>
      importAzureTagPolicies([bad, { definition: definitionText(missingTag) }, bad], options),
    ).toThrow(
      expect.objectContaining({
        issues: [
          expect.objectContaining({ path: "definitions[0].policyRule" }),
          expect.objectContaining({ path: "definitions[2].policyRule" }),
        ],
      }),
    );
  });
});

test("whatever the text, the answer is a policy or policy_invalid", () => {
  const node = fc.jsonValue({ maxDepth: 2 });
  const condition = fc.oneof(
    node,
    fc.record(
      {
        field: fc.oneof(node, fc.constantFrom("type", "tags", "tags['a']", "[parameters('p')]")),
        exists: fc.oneof(node, fc.constantFrom("false", false)),
        notEquals: node,
        in: node,
        not: node,
        value: node,
      },
      { requiredKeys: [] },
    ),
  );
  const rule = fc
    .tuple(
      fc.oneof(condition, fc.record({ allOf: fc.array(condition, { maxLength: 3 }) })),
      fc.oneof(node, fc.constantFrom("deny", "[parameters('p')]")),
    )
    .map(([one, effect]) => definitionText(one, {}, effect));
  const text = fc.oneof(rule, fc.string());
  fc.assert(
    fc.property(text, (document) => {
      expect(["policy", "policy_invalid"]).toContain(outcomeOf(document));
    }),
    { numRuns: 2_000 },
  );
});

function outcomeOf(text: string): string {
  try {
    imported(text, { p: "x" });
    return "policy";
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}
