import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createEstate } from "../../sandbox/estate/estate.ts";
import type { EstateResource } from "../../sandbox/estate/types.ts";
import { sha256 } from "../../src/app/policy/sha256.ts";
import { CLOUDS, type Cloud } from "../../src/domain/cloud.ts";
import {
  type Judge,
  VIOLATION_KINDS,
  type Verdict,
  type ViolationKind,
} from "../../src/domain/compliance/violation.ts";
import { compilePolicy } from "../../src/domain/policy/compile.ts";
import { parsePolicy } from "../../src/domain/policy/parse.ts";
import { createCatalogue } from "../../src/domain/resource-type.ts";

/**
 * The estate counts what it planted without knowing this engine. Judging every resource of it under
 * the company's policy must find exactly what was planted, resource by resource and kind by kind.
 */
const AT_MS = Date.UTC(2026, 10, 22);
const POLICY = new URL("../../sandbox/policy.yaml", import.meta.url);

const estate = createEstate({ seed: 42, resources: 5000 });
const resources = estate.groups.flatMap((group) =>
  Array.from({ length: group.count }, (_, index) => estate.resource(group, index)),
);

function sandboxJudge(): Judge {
  const types = new Map(
    estate.groups.map(({ cloud, type }) => [`${cloud} ${type}`, { cloud, type }]),
  );
  const catalogue = createCatalogue(
    [...types.values()].map(({ cloud, type }) => ({
      cloud,
      id: type,
      category: "other",
      billable: true,
      taggable: true,
    })),
  );
  const text = readFileSync(POLICY, "utf8");
  return compilePolicy(parsePolicy(text, { catalogue, atMs: AT_MS, sha256 }), catalogue);
}

function expectedVerdict({ condition }: EstateResource): Verdict {
  if (condition === "exempt") return "exempt";
  return condition === "compliant" || condition === "key_variant" ? "compliant" : "non_compliant";
}

function countsOf(judge: Judge, cloud: Cloud) {
  const verdicts: Partial<Record<Verdict, number>> = {};
  const kinds = Object.fromEntries(VIOLATION_KINDS.map((kind) => [kind, 0])) as Record<
    ViolationKind,
    number
  >;
  for (const resource of resources.filter((one) => one.cloud === cloud)) {
    const { verdict, violations } = judge.judge(resource, AT_MS);
    verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
    for (const { kind } of violations) kinds[kind] += 1;
  }
  return { verdicts, kinds };
}

describe("judging the simulated company [P1-CORE-3] [P3-SERVER-5] [P3-CROSS-4]", () => {
  const judge = sandboxJudge();

  it("has every planted condition in it", () => {
    expect(new Set(resources.map(({ condition }) => condition)).size).toBe(11);
    expect(resources).toHaveLength(5000);
  });

  it("gives every resource the verdict of what was planted on it", () => {
    const wrong = resources.flatMap((resource) => {
      const { verdict, violations } = judge.judge(resource, AT_MS);
      const expected = expectedVerdict(resource);
      return verdict === expected ? [] : [{ resource, expected, verdict, violations }];
    });
    expect(wrong).toEqual([]);
  });

  it.each(CLOUDS)("counts on %s what was counted while planting", (cloud) => {
    const truth = estate.truth(cloud);
    const { verdicts, kinds } = countsOf(judge, cloud);
    expect(verdicts).toEqual({
      compliant: truth.compliant,
      non_compliant: truth.nonCompliant,
      exempt: truth.exempt,
    });
    expect(kinds).toEqual(truth.byKind);
  });

  it("suggests the one value that a planted variant stands for", () => {
    const variants = resources.filter(({ condition }) => condition === "value_variant");
    const suggestions = variants.flatMap((resource) =>
      judge.judge(resource, AT_MS).violations.map(({ suggestion }) => suggestion),
    );
    expect(variants.length).toBeGreaterThan(100);
    expect(suggestions).not.toContain(null);
  });
});
