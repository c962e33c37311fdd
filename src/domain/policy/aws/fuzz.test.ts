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

/** Documents that are almost right: every level may hold something else. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom("*", "**", "ec2:*", "ec2:instance", "@@none", "__proto__", "constructor"),
);
const names = fc.constantFrom(
  "A",
  "a",
  "B",
  "tag_key",
  "@@assign",
  CONTROL,
  "__proto__",
  "toString",
  "",
);
const leaf = fc.oneof(
  anything,
  fc.dictionary(
    fc.constantFrom("@@assign", "@@append", "@@remove", CONTROL, "x"),
    fc.oneof(anything, fc.array(anything, { maxLength: 3 })),
  ),
);
const almostRule = fc.oneof(
  anything,
  fc.dictionary(
    fc.constantFrom("tag_key", "tag_value", "enforced_for", "report_required_tag_for", "x"),
    leaf,
  ),
);
const almostPolicy = fc.oneof(
  anything,
  fc.record({ tags: fc.oneof(anything, fc.dictionary(names, almostRule)) }),
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
    fc.property(almostPolicy, almostPolicy, (parent, child) => {
      const exported = attempt(() => wholeWay([[parent], [child]]));
      if (exported === null) return;
      read += 1;
      expect(readTagPolicy(exported.text).document.rules).toHaveLength(
        Object.keys(exported.content.tags).length,
      );
    }),
    { numRuns: 10_000 },
  );
  // The generator would prove nothing if it never made a document that can be read.
  expect(read).toBeGreaterThan(10);
});

test("whatever the text, validating, reading and converting agree", { timeout: 120_000 }, () => {
  const text = fc.oneof(
    almostPolicy.map((value) => JSON.stringify(value)),
    fc.string(),
  );
  fc.assert(
    fc.property(text, (document) => {
      const read = attempt(() => readTagPolicy(document));
      expect(validateTagPolicy(document).ok).toBe(read?.deviations.length === 0);
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
