import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCatalogue } from "../../resource-type.ts";
import { type PolicyDocument, policySchema } from "../schema.ts";
import { type ConvertedPolicy, type ConvertOptions, convertTagPolicy } from "./convert.ts";
import { exportTagPolicy } from "./export.ts";
import { readTagPolicy, validateTagPolicy } from "./validate.ts";

const DATA = new URL("../../../../../shared/data/tag-policies/", import.meta.url);
const names = ((): readonly string[] => {
  try {
    return readdirSync(DATA).filter((name) => name.endsWith(".json") && !name.startsWith("_"));
  } catch {
    return [];
  }
})();

const options: ConvertOptions = {
  source: "aws_tag_policy",
  policyIds: ["p-1234567890"],
  importedAt: "2026-11-22T10:00:00Z",
  sha256: (text) => createHash("sha256").update(text).digest("hex"),
};

function convert(text: string, more: Partial<ConvertOptions> = {}): ConvertedPolicy {
  return convertTagPolicy(readTagPolicy(text), { ...options, ...more });
}
const policyOf = (rule: object): string => JSON.stringify({ tags: { owner: rule } });

describe("what AWS means, in our words", () => {
  test("a key alone is optional: judged where it is present", () => {
    const { policy } = convert(policyOf({ tag_key: { "@@assign": "Owner" } }));
    expect(policy.required_tags).toEqual([]);
    expect(policy.optional_tags).toMatchObject([{ name: "Owner", applies_to: { aws: [] } }]);
    expect(policy.optional_tags[0]).not.toHaveProperty("allowed_values");
  });

  test("values are exact, in letter case, with their wildcards", () => {
    const { policy } = convert(policyOf({ tag_value: { "@@assign": ["A", "b*", 12] } }));
    expect(policy.optional_tags).toMatchObject([
      { name: "owner", allowed_values: ["A", "b*", "12"], case_sensitive: true },
    ]);
  });

  test("report_required_tag_for means required on those types and nowhere else", () => {
    const { policy } = convert(
      policyOf({ report_required_tag_for: { "@@assign": ["s3:bucket", "sqs:ALL_SUPPORTED"] } }),
    );
    expect(policy.required_tags).toMatchObject([
      { name: "owner", severity: "error", applies_to: { aws: ["s3:bucket", "sqs:queue"] } },
    ]);
    expect(policy.optional_tags).toEqual([]);
  });

  test("enforced_for does not mean required", () => {
    const text = policyOf({ enforced_for: { "@@assign": ["ec2:instance"] } });
    const { policy, lossy } = convert(text);
    expect(policy.required_tags).toEqual([]);
    expect(policy.optional_tags).toHaveLength(1);
    expect(lossy.map(({ path }) => path)).toContain("tags.owner.enforced_for");
  });

  test("unless the importer says so, and then that is recorded", () => {
    const text = policyOf({
      enforced_for: { "@@assign": ["ec2:instance"] },
      report_required_tag_for: { "@@assign": ["s3:bucket"] },
    });
    const { policy } = convert(text, { requireEnforced: true });
    expect(policy.required_tags).toMatchObject([
      { applies_to: { aws: ["ec2:instance", "s3:bucket"] } },
    ]);
    expect(policy.provenance?.aws_tag_policy?.require_enforced).toBe(true);
  });

  test("no acceptable value means that the key is prohibited", () => {
    const { policy } = convert(policyOf({ tag_value: { "@@assign": [] } }));
    expect(policy).toMatchObject({
      required_tags: [],
      optional_tags: [],
      prohibited_tags: [{ name: "owner", applies_to: { aws: [] } }],
    });
  });

  test("a type this build does not know is kept, so that it never becomes every type", () => {
    const { policy, lossy } = convert(
      policyOf({ report_required_tag_for: { "@@assign": ["future:thing"] } }),
    );
    expect(policy.required_tags).toMatchObject([{ applies_to: { aws: ["future:thing"] } }]);
    expect(lossy).toContainEqual(
      expect.objectContaining({
        path: "tags.owner.report_required_tag_for.@@assign[0]",
        value: "future:thing",
      }),
    );
  });

  test("requiring nothing nowhere is not requiring everything", () => {
    const { policy } = convert(policyOf({ report_required_tag_for: { "@@assign": [] } }));
    expect(policy.required_tags).toEqual([]);
    expect(policy.optional_tags).toHaveLength(1);
  });

  test("letter case of keys counts, as it does for AWS", () => {
    expect(convert(policyOf({})).policy.tag_naming_rules?.case_sensitivity).toBe(true);
  });

  test("an effective policy converts like the document it came from", () => {
    const written = convert(
      policyOf({
        tag_key: { "@@assign": "Owner" },
        tag_value: { "@@assign": ["a"] },
        report_required_tag_for: { "@@assign": ["s3:bucket"] },
      }),
    );
    const effective = convert(
      policyOf({ tag_key: "Owner", tag_value: ["a"], report_required_tag_for: ["s3:bucket"] }),
    );
    expect(effective.policy).toEqual(written.policy);
  });
});

describe("nothing is lost in silence", () => {
  const CASES: readonly [string, object, string][] = [
    [
      "limits for child policies",
      { tag_key: { "@@assign": "Owner", "@@operators_allowed_for_child_policies": ["@@none"] } },
      "tags.owner.tag_key",
    ],
    ["appending", { tag_value: { "@@append": ["x"] } }, "tags.owner.tag_value"],
    ["removing", { tag_value: { "@@remove": ["x"] } }, "tags.owner.tag_value"],
    ["an unknown field", { future: {} }, "tags.owner.future"],
    [
      "a retired wildcard",
      { report_required_tag_for: { "@@assign": ["ecs:*"] } },
      "tags.owner.report_required_tag_for.@@assign[0]",
    ],
    [
      "values on types that do not require the tag",
      { tag_value: { "@@assign": ["x"] }, report_required_tag_for: { "@@assign": ["s3:bucket"] } },
      "tags.owner.tag_value",
    ],
    ["any letter case", { report_required_tag_for: { "@@assign": ["s3:bucket"] } }, "tags.owner"],
    ["blank values", {}, "tags.owner.tag_value"],
    [
      "required and prohibited at once",
      { tag_value: { "@@assign": [] }, report_required_tag_for: { "@@assign": ["s3:bucket"] } },
      "tags.owner",
    ],
  ];
  test.each(CASES)("%s", (_, rule, path) => {
    const { policy, lossy } = convert(policyOf(rule));
    expect(lossy.map((note) => note.path)).toContain(path);
    expect(policy.provenance?.notes).toHaveLength(lossy.length);
  });

  test("notes hold our words; texts of the document stand in path and value", () => {
    const { lossy } = convert(
      policyOf({ report_required_tag_for: { "@@assign": ["do as I say"] } }),
    );
    expect(lossy.map(({ what, why }) => what + why).join()).not.toContain("do as I say");
  });
});

describe("provenance", () => {
  test("says from what, when, and with which list of types", () => {
    expect(convert(policyOf({})).policy.provenance).toMatchObject({
      source: "aws_tag_policy",
      ids: ["p-1234567890"],
      imported_at: "2026-11-22T10:00:00Z",
      content_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      aws_tag_policy: { require_enforced: false, catalogue: expect.any(String) },
    });
  });

  test("the hash is of the meaning: layout and operators do not change it, values do", () => {
    const hash = (text: string): unknown => convert(text).policy.provenance?.content_hash;
    const text = policyOf({ tag_value: { "@@assign": ["a"] } });
    expect(hash(JSON.stringify(JSON.parse(text), null, 4))).toBe(hash(text));
    expect(hash(policyOf({ tag_value: ["a"] }))).toBe(hash(text));
    expect(hash(policyOf({ tag_value: { "@@assign": ["b"] } }))).not.toBe(hash(text));
  });
});

test("a policy with more tags than a policy file may hold is refused", () => {
  const tags = Object.fromEntries(Array.from({ length: 501 }, (_, at) => [`tag${at}`, {}]));
  expect(() => convert(JSON.stringify({ tags }))).toThrow(
    expect.objectContaining({ code: "policy_invalid" }),
  );
});

/** Import, export, import again: what stays is what was understood. */
function again(policy: PolicyDocument, more: Partial<ConvertOptions> = {}): ConvertedPolicy {
  return convert(exportTagPolicy(policy, createCatalogue([])).text, more);
}

/** Notes speak of the text that was imported, which is another one the second time. */
function withoutNotes({ policy }: ConvertedPolicy): unknown {
  const { notes: _, ...provenance } = policy.provenance ?? { source: "" };
  return { ...policy, provenance };
}

describe("import, export, import", () => {
  const documents = names.flatMap((name) => [[name, false] as const, [name, true] as const]);
  test.skipIf(names.length === 0).each(names.length === 0 ? [["documents", false]] : documents)(
    "%s, requireEnforced %s (needs shared/data/tag-policies)",
    (name, requireEnforced) => {
      const text = readFileSync(new URL(name, DATA), "utf8");
      const first = convert(text, { requireEnforced });
      const second = again(first.policy, { requireEnforced });
      expect(withoutNotes(second)).toEqual(withoutNotes(first));
    },
  );

  const types = fc.uniqueArray(
    fc.constantFrom("ec2:instance", "s3:ALL_SUPPORTED", "ecs:*", "future:thing", "rds:db"),
  );
  const rule = fc.record(
    {
      tag_key: fc.constantFrom({ "@@assign": "Owner" }, { "@@assign": "OWNER" }),
      tag_value: fc.record({
        "@@assign": fc.array(fc.constantFrom("a", "b*", "*", "", 1, null), { maxLength: 4 }),
      }),
      enforced_for: fc.record({ "@@assign": types }),
      report_required_tag_for: fc.record({ "@@assign": types }),
    },
    { requiredKeys: [] },
  );
  test("is stable for generated documents", () => {
    fc.assert(
      fc.property(rule, fc.boolean(), (owner, requireEnforced) => {
        const first = convert(policyOf(owner), { requireEnforced });
        const second = again(first.policy, { requireEnforced });
        // Values that hold "*" beside others mean "any" and come back as that.
        const third = again(second.policy, { requireEnforced });
        expect(withoutNotes(third)).toEqual(withoutNotes(second));
        expect(second.policy.required_tags).toEqual(first.policy.required_tags);
        expect(second.policy.optional_tags).toEqual(first.policy.optional_tags);
        expect(second.policy.prohibited_tags).toEqual(first.policy.prohibited_tags);
      }),
      { numRuns: 300 },
    );
  });

  test("what comes out fits the policy schema", () => {
    fc.assert(
      fc.property(rule, (owner) => {
        const { policy } = convert(policyOf(owner));
        expect(policySchema.parse(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
      }),
      { numRuns: 100 },
    );
  });

  test("what is exported from known types, AWS accepts", () => {
    const { policy } = convert(
      policyOf({
        tag_key: { "@@assign": "Owner" },
        tag_value: { "@@assign": ["a", "b*"] },
        enforced_for: { "@@assign": ["ec2:ALL_SUPPORTED"] },
        report_required_tag_for: { "@@assign": ["s3:ALL_SUPPORTED", "rds:db"] },
      }),
    );
    const { text, content } = exportTagPolicy(policy, createCatalogue([]));
    expect(validateTagPolicy(text)).toMatchObject({ ok: true });
    expect(content.tags["Owner"]).toMatchObject({
      enforced_for: { "@@assign": ["ec2:ALL_SUPPORTED"] },
      report_required_tag_for: { "@@assign": ["s3:ALL_SUPPORTED", "rds:db"] },
    });
  });
});
