import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { complianceScore } from "../../src/domain/compliance/score.ts";
import { type Judge, VERDICTS, type Violation } from "../../src/domain/compliance/violation.ts";
import { AppError } from "../../src/domain/errors.ts";
import type { Resource, Tag } from "../../src/domain/resource.ts";
import { policyData, resource, tagSet } from "./arbitraries.ts";
import { AT_MS, policyOf, resourceOf } from "./fixtures.ts";
import { referenceVerdict } from "./reference.ts";

const LONG_MS = 240_000;

/** A policy of the arbitrary form; a few combine a list and a regex that contradict, which still loads. */
const compile = (data: unknown) => policyOf(JSON.stringify(data));

describe("6,000 sound policies and tag sets", () => {
  it("get the verdict of a second, naive reading of the rules", { timeout: LONG_MS }, () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(
        policyData,
        fc.array(resource, { minLength: 4, maxLength: 8 }),
        (data, resources) => {
          const policy = compile(data);
          const judged = resources.map((one) => policy.judge(one, AT_MS).verdict);
          for (const verdict of judged) seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
          expect(judged).toEqual(resources.map((one) => referenceVerdict(policy.document, one)));
        },
      ),
      { numRuns: 6000 },
    );
    expect([...seen.keys()].toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      "compliant",
      "non_compliant",
      "out_of_scope",
    ]);
    expect(Math.min(...seen.values())).toBeGreaterThan(500);
  });
});

const POLICIES = new URL("../../policies/", import.meta.url);
const texts = readdirSync(POLICIES).map((name) => readFileSync(new URL(name, POLICIES), "utf8"));

/** Small harm to a text: what editors, merges and attackers do. */
const harm = fc.record({
  at: fc.nat(),
  drop: fc.nat({ max: 12 }),
  put: fc.oneof(
    fc.constantFrom(
      "*",
      "&a ",
      "*a",
      "- ",
      ": ",
      "\t",
      "\n",
      "{",
      "}",
      "[",
      "]",
      '"',
      "'",
      "|",
      "!!",
      "%",
      "null",
      "__proto__: x",
      "0x1",
      "\u0000",
      "\ud800",
    ),
    fc.string({ maxLength: 8 }),
  ),
});

describe("4,000 damaged policy files", () => {
  it("are refused with issues, or judge", { timeout: LONG_MS }, () => {
    const seen = { refused: 0, accepted: 0 };
    const damaged = fc
      .record({
        text: fc.constantFrom(...texts),
        harms: fc.array(harm, { minLength: 1, maxLength: 4 }),
      })
      .map(({ text, harms }) =>
        harms.reduce((now, { at, drop, put }) => {
          const start = at % (now.length + 1);
          return now.slice(0, start) + put + now.slice(start + drop);
        }, text),
      );
    fc.assert(
      fc.property(damaged, tagSet, (text, tags) => {
        const outcome = judgeOrRefuse(text, { ...resourceOf("aws", {}), tags });
        seen[outcome === "refused" ? "refused" : "accepted"] += 1;
        expect(["refused", ...VERDICTS]).toContain(outcome);
      }),
      { numRuns: 4000 },
    );
    expect(seen.refused).toBeGreaterThan(500);
    expect(seen.accepted).toBeGreaterThan(500);
  });
});

function judgeOrRefuse(text: string, one: Resource): string {
  try {
    return policyOf(text).judge(one, AT_MS).verdict;
  } catch (error) {
    const isRefusal =
      error instanceof AppError && error.code === "policy_invalid" && error.issues.length > 0;
    if (!isRefusal) throw error;
    return "refused";
  }
}

describe("a judgement", () => {
  const run = { numRuns: 1000 };

  it("does not depend on the order of tags", { timeout: LONG_MS }, () => {
    fc.assert(
      fc.property(policyData, resource, fc.infiniteStream(fc.nat()), (data, one, order) => {
        const policy = compile(data);
        const shuffled = (one.tags ?? [])
          .map((tag) => ({ tag, at: order.next().value ?? 0 }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ tag }) => tag);
        expect(policy.judge({ ...one, tags: shuffled }, AT_MS)).toEqual(policy.judge(one, AT_MS));
      }),
      run,
    );
  });

  it("does not depend on what was judged before", { timeout: LONG_MS }, () => {
    fc.assert(
      fc.property(
        policyData,
        fc.array(resource, { maxLength: 5 }),
        resource,
        (data, before, one) => {
          const used = compile(data);
          for (const other of before) used.judge(other, AT_MS);
          expect(used.judge(one, AT_MS)).toEqual(compile(data).judge(one, AT_MS));
        },
      ),
      run,
    );
  });

  it("has violations that name a line, and errors exactly when non-compliant", {
    timeout: LONG_MS,
  }, () => {
    fc.assert(
      fc.property(policyData, resource, (data, one) => {
        const policy = compile(data);
        const { verdict, violations } = policy.judge(one, AT_MS);
        expect(violations.some(({ severity }) => severity === "error")).toBe(
          verdict === "non_compliant",
        );
        for (const { rule, expected } of violations) {
          expect(policy.lineOf(rule)).toBe(1);
          expect(expected).not.toBe("");
        }
      }),
      run,
    );
  });

  it("is satisfied by its own suggestion", { timeout: LONG_MS }, () => {
    let suggestions = 0;
    fc.assert(
      fc.property(policyData, resource, (data, one) => {
        const policy = compile(data);
        for (const violation of policy.judge(one, AT_MS).violations) {
          if (violation.kind !== "value_variant") continue;
          suggestions += 1;
          const repaired = { ...one, tags: replaceValue(one.tags ?? [], violation) };
          const left = policy.judge(repaired, AT_MS).violations;
          expect(
            left.filter(
              ({ rule, actual }) => rule === violation.rule && actual === violation.suggestion,
            ),
          ).toEqual([]);
        }
      }),
      { numRuns: 3000 },
    );
    expect(suggestions).toBeGreaterThan(10);
  });
});

function replaceValue(tags: readonly Tag[], { actual, suggestion }: Violation): readonly Tag[] {
  return tags.map((tag) => (tag.value === actual ? { ...tag, value: suggestion ?? "" } : tag));
}

describe("the score", () => {
  const scoreOf = (judge: Judge, resources: readonly Resource[]): number | null => {
    const verdicts = resources.map((one) => judge.judge(one, AT_MS).verdict);
    const count = (wanted: string): number => verdicts.filter((one) => one === wanted).length;
    return complianceScore(count("compliant"), count("non_compliant"));
  };

  it("is in [0, 1], or null when nothing was judged", { timeout: LONG_MS }, () => {
    fc.assert(
      fc.property(policyData, fc.array(resource, { maxLength: 6 }), (data, resources) => {
        const score = scoreOf(compile(data), resources) ?? 0.5;
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
    expect(scoreOf(compile({ version: "2.0", required_tags: [{ name: "A" }] }), [])).toBeNull();
  });

  /**
   * Without conditions, prohibitions and a limit on the number of tags, which exist to make one more tag
   * matter, and without aliases, which could make one key serve two rules.
   */
  it("never falls when a missing tag is added with a value that satisfies it", {
    timeout: LONG_MS,
  }, () => {
    let added = 0;
    fc.assert(
      fc.property(
        policyData,
        fc.array(resource, { minLength: 1, maxLength: 4 }),
        (data, resources) => {
          const bare = (rules: readonly object[] = []) =>
            rules.map((rule) =>
              Object.fromEntries(
                Object.entries(rule).filter(([field]) => field !== "when" && field !== "aliases"),
              ),
            );
          const policy = compile({
            version: "2.0",
            required_tags: bare(data.required_tags),
            optional_tags: bare(data.optional_tags),
          });
          const before = scoreOf(policy, resources);
          const repaired = resources.map((one) => {
            const missing = policy
              .judge(one, AT_MS)
              .violations.find(({ kind }) => kind === "missing_required_tag");
            const tag = missing && satisfyingTag(policy, one, missing);
            if (!tag) return one;
            added += 1;
            return { ...one, tags: [...(one.tags ?? []), tag] };
          });
          expect(scoreOf(policy, repaired) ?? -1).toBeGreaterThanOrEqual(before ?? -1);
        },
      ),
      { numRuns: 1000 },
    );
    expect(added).toBeGreaterThan(200);
  });
});

/** A tag under which no rule of that name is broken, or null when the rules contradict each other. */
function satisfyingTag(policy: Judge, one: Resource, { tag, expected }: Violation): Tag | null {
  const key = /^key "([^"]+)"/.exec(expected)?.[1];
  if (key === undefined) return null;
  for (const value of ["red", "green", "blue-1", "x9", "xx", "Red", "a-1"]) {
    const added = { key, value };
    const left = policy.judge({ ...one, tags: [...(one.tags ?? []), added] }, AT_MS).violations;
    if (!left.some((violation) => violation.tag === tag && violation.kind !== "key_variant"))
      return added;
  }
  return null;
}
