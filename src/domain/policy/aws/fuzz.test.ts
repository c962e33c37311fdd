import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { AppError } from "../../errors.ts";
import { createCatalogue } from "../../resource-type.ts";
import { policySchema } from "../schema.ts";
import { type ConvertOptions, convertEffectivePolicy, convertTagPolicy } from "./convert.ts";
import { type ExportedTagPolicy, exportTagPolicy } from "./export.ts";
import { mergeTagPolicies } from "./merge.ts";
import { readTagPolicy, readTagPolicyLevels, validateTagPolicy } from "./validate.ts";

const CONTROL = "@@operators_allowed_for_child_policies";
const options: ConvertOptions = {
  source: "aws_tag_policy",
  policyIds: [],
  importedAt: "2026-11-22T10:00:00Z",
  sha256: (text) => createHash("sha256").update(text).digest("hex"),
};
const catalogue = createCatalogue([]);

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom("*", "**", "ec2:*", "ec2:instance", "@@none", "__proto__", "constructor"),
);

/** Mostly as it should be; now and then anything at all. */
function mostly<T>(right: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 120, arbitrary: right }, { weight: 1, arbitrary: anything });
}

const listOf = (texts: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  mostly(fc.array(mostly(texts), { maxLength: 3 }));
const values = listOf(fc.constantFrom("red", "blue", "gr*", "", 12, null, true));
const types = listOf(
  fc.constantFrom("ec2:instance", "s3:ALL_SUPPORTED", "ecs:*", "future:thing", "rds:db"),
);
const control = mostly(fc.subarray(["@@assign", "@@append", "@@remove", "@@all", "@@none"]));
const leafOf = (operand: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  mostly(
    fc.record(
      { "@@assign": operand, "@@append": operand, "@@remove": operand, [CONTROL]: control },
      { requiredKeys: [] },
    ),
  );
const ruleOf = (key: string): fc.Arbitrary<unknown> =>
  mostly(
    fc.record(
      {
        tag_key: mostly(fc.constantFrom({ "@@assign": key }, { "@@assign": key.toLowerCase() })),
        tag_value: leafOf(values),
        enforced_for: leafOf(types),
        report_required_tag_for: leafOf(types),
        [CONTROL]: control,
      },
      { requiredKeys: [] },
    ),
  );
/** Documents that are almost right: every level may hold something else. */
const almostPolicy = mostly(
  fc.record({
    tags: mostly(
      fc.record(
        {
          Owner: ruleOf("Owner"),
          constructor: ruleOf("constructor"),
          toString: ruleOf("toString"),
          [CONTROL]: control,
        },
        { requiredKeys: [] },
      ),
    ),
  }),
);
const oddKeys = fc
  .dictionary(fc.constantFrom("A", "a", "", "@@assign", "__proto__", "x\ny"), ruleOf("A"))
  .map((tags) => ({ tags }));
const document = fc.oneof(
  { weight: 9, arbitrary: almostPolicy },
  { weight: 1, arbitrary: oddKeys },
);

/** Reads, merges, converts and exports; the converted policy must be one that a policy file may hold. */
function wholeWay(levels: readonly (readonly unknown[])[]): ExportedTagPolicy {
  const effective = mergeTagPolicies(readTagPolicyLevels({ levels }));
  const { policy } = convertEffectivePolicy(effective, { ...options, requireEnforced: true });
  expect(policySchema.safeParse(policy).success).toBe(true);
  return exportTagPolicy(policy, catalogue);
}

test("whatever the documents, the answer is a policy or policy_invalid", {
  timeout: 120_000,
}, () => {
  let read = 0;
  fc.assert(
    fc.property(document, document, (parent, child) => {
      const exported = attempt(() => wholeWay([[parent], [child]]));
      if (exported === null) return;
      read += 1;
      expect(readTagPolicy(exported.text).document.rules).toHaveLength(
        Object.keys(exported.content.tags).length,
      );
    }),
    // Two documents a run: 10,000 in all.
    { numRuns: 5_000 },
  );
  // The generator would prove nothing if it never made a document that can be read.
  expect(read).toBeGreaterThan(500);
});

test("whatever the text, validating, reading and converting agree", { timeout: 120_000 }, () => {
  const text = fc.oneof(
    document.map((value) => JSON.stringify(value)),
    fc.string(),
  );
  fc.assert(
    fc.property(text, (one) => {
      const read = attempt(() => readTagPolicy(one));
      expect(validateTagPolicy(one).ok).toBe(read?.deviations.length === 0);
      const version = read === null ? null : convertTagPolicy(read, options).policy.version;
      expect(version).toBe(read === null ? null : "2.0");
    }),
    { numRuns: 1_000 },
  );
});

/** @throws anything that is not `policy_invalid` with issues. */
function attempt<T>(run: () => T): T | null {
  try {
    return run();
  } catch (error) {
    if (error instanceof AppError && error.code === "policy_invalid" && error.issues.length > 0) {
      return null;
    }
    throw error;
  }
}
