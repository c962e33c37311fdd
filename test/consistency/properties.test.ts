import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CountedSample } from "../../src/domain/compliance/consistency/counted-sample.ts";
import { usageFor } from "../../src/domain/compliance/consistency/find-inconsistencies.ts";
import { sameMeaningConfidence } from "../../src/domain/compliance/consistency/key-confidence.ts";
import { NAME_RELATIONS } from "../../src/domain/compliance/consistency/name-likeness.ts";
import { createTagUsage, USAGE_LIMITS } from "../../src/domain/compliance/consistency/tag-usage.ts";
import { PAYER_LIMITS } from "../../src/domain/compliance/consistency/payers.ts";
import { CLOUDS } from "../../src/domain/cloud.ts";
import { POLICY, plantedEstate, randomFrom } from "./estate.ts";

const texts = fc.array(fc.tuple(fc.string({ maxLength: 6 }), fc.integer({ min: 1, max: 9 })), {
  maxLength: 120,
});

describe("a counted sample", () => {
  test("is exact and complete within its limit, and a fair part beyond it, in any order", () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 30 }), fc.integer(), (added, limit, seed) => {
        const exact = new Map<string, number>();
        for (const [text, count] of added) exact.set(text, (exact.get(text) ?? 0) + count);
        const read = (items: typeof added): ReturnType<CountedSample["read"]> => {
          const sample = new CountedSample(limit);
          for (const [text, count] of items) {
            sample.add(text, count);
            expect(sample.size).toBeLessThanOrEqual(2 * limit);
          }
          return sample.read();
        };
        const random = randomFrom(seed);
        const shuffled = added
          .map((item) => [random(), item] as const)
          .toSorted(([a], [b]) => a - b)
          .map(([, item]) => item);
        const sample = read(added);
        expect(read(shuffled).counts).toEqual(sample.counts);
        expect(sample.counts.size).toBeLessThanOrEqual(limit);
        expect(sample.total).toBe([...exact.values()].reduce((sum, one) => sum + one, 0));
        for (const [text, count] of sample.counts) expect(count).toBe(exact.get(text));
        expect(sample.complete).toBe(exact.size <= limit);
        expect(sample.counts.size === exact.size).toBe(sample.complete);
      }),
    );
  });
});

describe("tag usage", () => {
  test("does not depend on the order of resources, of tags, or on how counts are grouped", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (estateSeed, orderSeed) => {
        const resources = [...plantedEstate(estateSeed, 300)];
        const random = randomFrom(orderSeed);
        const shuffled = resources
          .map((resource) => [random(), resource] as const)
          .toSorted(([a], [b]) => a - b)
          .map(([, { cloud, tags }]) => ({ cloud, tags: tags.toReversed() }));
        const once = usageFor(POLICY);
        for (const resource of resources) once.add(resource, 2);
        const twice = usageFor(POLICY);
        for (const resource of [...shuffled, ...resources]) twice.add(resource);
        expect(twice.read()).toEqual(once.read());
      }),
      { numRuns: 25 },
    );
  });

  test("holds a bounded number of texts of a hostile estate, the same in any order, and says what it left out", () => {
    const usage = createTagUsage((_, key) => {
      const role = key.startsWith("app") ? "application" : key === "cc" ? "cost_center" : null;
      return role === null ? null : { role, rank: 0, canonical: (value) => value };
    });
    const backwards = createTagUsage(() => null);
    const resources = Array.from({ length: 30_000 }, (_, at) => ({
      cloud: "aws" as const,
      tags: [
        { key: `app-${at % 9_000}`, value: `application ${at}` },
        { key: "cc", value: `center ${at}` },
        { key: `key-${at}`, value: `value-${at}` },
      ],
    }));
    const perKey = 2 * USAGE_LIMITS.values + 1;
    const perCloud =
      3 * USAGE_LIMITS.keys * perKey + 2 * (USAGE_LIMITS.keys + USAGE_LIMITS.keySets);
    const payers =
      2 * 2 * PAYER_LIMITS.payers * (1 + 8 + CLOUDS.length * 2 * PAYER_LIMITS.costCenters);
    let most = 0;
    for (const [at, resource] of resources.entries()) {
      usage.add(resource);
      if (at % 250 === 0) most = Math.max(most, usage.tracked);
    }
    for (const resource of resources.toReversed()) backwards.add(resource);
    // One-value keys, as here, stay far below the worst case that the limits allow.
    expect(most).toBeLessThan(perCloud + payers);
    expect(most).toBeLessThan(90_000);
    const aws = usage.read().clouds.get("aws");
    expect(aws?.keys.size).toBeLessThanOrEqual(USAGE_LIMITS.keys);
    expect(aws?.tagsNotCompared).toBeGreaterThan(0);
    expect(backwards.read().clouds.get("aws")).toEqual(aws);
  });
});

describe("confidence", () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  test("lies in [0, 1], grows with equal values and falls with standing together", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...NAME_RELATIONS),
        fc.record({ overlap: share, reliability: share, shared: fc.nat({ max: 50 }) }),
        fc.record({ together: share, expected: share, reliability: share }),
        (relation, values, apart) => {
          const confidence = sameMeaningConfidence(relation, values, apart);
          expect(confidence).toBeGreaterThanOrEqual(0);
          expect(confidence).toBeLessThanOrEqual(1);
          const alike = sameMeaningConfidence(relation, { ...values, overlap: 1 }, apart);
          expect(alike).toBeGreaterThanOrEqual(confidence);
          const beside = sameMeaningConfidence(relation, values, { ...apart, together: 1 });
          expect(beside).toBeLessThanOrEqual(confidence);
        },
      ),
    );
  });
});
