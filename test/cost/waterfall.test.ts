import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocationJudge, COST_BUCKETS } from "../../src/domain/cost/allocation.ts";
import { CHARGE_CLASSES, isTaggable } from "../../src/domain/cost/charge-class.ts";
import type { CostGroup } from "../../src/domain/cost/cost-line.ts";
import { GAP_GROUPINGS, type GapGrouping, GapTally } from "../../src/domain/cost/gap.ts";
import {
  denominatorsOf,
  NO_BUCKETS,
  sharesOf,
  whyNoShare,
} from "../../src/domain/cost/waterfall.ts";
import { AT_MS } from "../policy/fixtures.ts";
import { charge, POLICY } from "./fixtures.ts";

const judge = allocationJudge(POLICY, ["CostCenter"], AT_MS);

describe("a charge is in the bucket", () => {
  it.each<[string, CostGroup, string]>([
    ["a valid value", charge({ CostCenter: "Sales" }), "allocated"],
    ["a valid value under an alias", charge({ "cost-center": "Sales" }), "allocated"],
    [
      "the right key before its alias",
      charge({ "cost-center": "x", CostCenter: "Sales" }),
      "allocated",
    ],
    [
      "a value in the spelling of GCP",
      charge({ cost_center: "sales" }, { cloud: "gcp" }),
      "allocated",
    ],
    [
      "Azure's indifference to case",
      charge({ COSTCENTER: "Sales" }, { cloud: "azure" }),
      "allocated",
    ],
    [
      "another case on AWS, which is another key",
      charge({ costcenter: "Sales" }),
      "gap_missing_or_empty",
    ],
    ["no tag", charge({}), "gap_missing_or_empty"],
    ["an empty value", charge({ CostCenter: "" }), "gap_missing_or_empty"],
    ["a blank value", charge({ CostCenter: "  " }), "gap_missing_or_empty"],
    ["the provider's own tag", charge({ "aws:CostCenter": "Sales" }), "gap_missing_or_empty"],
    ["a foreign value", charge({ CostCenter: "Quidditch" }), "gap_invalid_value"],
    ["a typo", charge({ CostCenter: "sales" }), "gap_invalid_value"],
    ["an exempt account", charge({}, { account: "999999999999" }), "exempt"],
    [
      "a valid value in an exempt account",
      charge({ CostCenter: "Sales" }, { account: "999999999999" }),
      "allocated",
    ],
    ["an exemption by tag", charge({ Lifecycle: "Retiring" }), "exempt"],
    [
      "no resource and no tag",
      charge({}, { hasResource: false, resourceId: null }),
      "no_resource_id",
    ],
    [
      "no resource but a valid tag",
      charge({ CostCenter: "Sales" }, { hasResource: false }),
      "allocated",
    ],
    [
      "unknown whether there is a resource",
      charge({}, { hasResource: null }),
      "gap_missing_or_empty",
    ],
    [
      "tax, whatever its tags",
      charge({ CostCenter: "Sales" }, { charge: "tax" }),
      "not_taggable_charge",
    ],
    [
      "a negotiated discount on tagged use",
      charge({ CostCenter: "Sales" }, { charge: "discount" }),
      "allocated",
    ],
  ])("%s", (_, group, bucket) => expect(judge.judge(group).bucket).toBe(bucket));

  it("of several tags, missing beats wrong, and all must be valid", () => {
    const both = allocationJudge(POLICY, ["CostCenter", "Owner"], AT_MS);
    expect(both.judge(charge({ CostCenter: "Sales", Owner: "a" })).bucket).toBe("allocated");
    expect(both.judge(charge({ CostCenter: "Quidditch" })).bucket).toBe("gap_missing_or_empty");
    expect(both.judge(charge({ CostCenter: "Quidditch", Owner: "a" })).bucket).toBe(
      "gap_invalid_value",
    );
    // The exemption by tag waives CostCenter only.
    expect(both.judge(charge({ Lifecycle: "Retiring", Owner: "a" })).bucket).toBe("exempt");
    expect(both.judge(charge({ Lifecycle: "Retiring" })).bucket).toBe("gap_missing_or_empty");
  });

  it("an expired exemption exempts nothing", () => {
    const later = allocationJudge(POLICY, ["CostCenter"], Date.UTC(2027, 5, 1));
    expect(later.judge(charge({}, { account: "999999999999" })).bucket).toBe(
      "gap_missing_or_empty",
    );
  });
});

const text = (...values: string[]) => fc.constantFrom(...values);
const group: fc.Arbitrary<CostGroup> = fc.record({
  cloud: fc.constantFrom("aws", "azure", "gcp"),
  month: text("2026-09", "2026-10"),
  charge: fc.constantFrom(...CHARGE_CLASSES),
  account: fc.option(text("111111111111", "222222222222", "999999999999")),
  region: fc.option(text("eu-west-1", "us-east-1")),
  service: fc.option(text("AmazonEC2", "AmazonS3")),
  resourceType: fc.option(text("ec2:instance", "rds:db")),
  resourceId: fc.option(text("i-1", "i-2")),
  hasResource: fc.option(fc.boolean()),
  tags: fc.array(
    fc.record({
      key: text("CostCenter", "costcenter", "cost-center", "cost_center", "Owner", "Lifecycle"),
      value: text("Sales", "sales", "", " ", "Retiring", "Engineering"),
    }),
    { maxLength: 3 },
  ),
  effectiveMicros: fc.bigInt({ min: -(10n ** 15n), max: 10n ** 16n }),
  billedMicros: fc.option(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 16n })),
  currency: text("USD", "EUR"),
  lines: fc.nat({ max: 1000 }),
});
const groups = fc.array(group, { maxLength: 40 });

function tallied(all: readonly CostGroup[], grouping: GapGrouping | null = null) {
  const tally = new GapTally({ judge, grouping, teamTag: "Owner", metric: "effective" });
  for (const one of all) tally.add(one);
  return tally.sums();
}

function sumOf(all: readonly CostGroup[], currency: string): bigint {
  return all
    .filter((one) => one.currency === currency)
    .reduce((sum, { effectiveMicros }) => sum + effectiveMicros, 0n);
}

describe("whatever the bill", () => {
  it("the buckets add up to it, currency by currency", () => {
    fc.assert(
      fc.property(groups, (all) => {
        for (const { currency, buckets } of tallied(all))
          expect(denominatorsOf(buckets).total).toBe(sumOf(all, currency));
      }),
    );
  });

  it("every grouping adds up to the same buckets", () => {
    fc.assert(
      fc.property(groups, fc.constantFrom(...GAP_GROUPINGS), (all, grouping) => {
        for (const { buckets, rows, months } of tallied(all, grouping))
          for (const parts of [rows, months])
            for (const bucket of COST_BUCKETS)
              expect(parts.reduce((sum, row) => sum + row.buckets[bucket], 0n)).toBe(
                buckets[bucket],
              );
      }),
    );
  });

  it("the order of lines changes nothing, nor does it matter how they are cut into parts", () => {
    fc.assert(
      fc.property(groups, fc.nat(40), (all, at) => {
        const options = {
          judge,
          grouping: "account",
          teamTag: "Owner",
          metric: "effective",
        } as const;
        const [first, second] = [new GapTally(options), new GapTally(options)];
        for (const one of all.slice(0, at)) first.add(one);
        for (const one of all.slice(at).toReversed()) second.add(one);
        second.absorb(first);
        const plain = ({ cells, owners, ...rest }: ReturnType<GapTally["sums"]>[number]) => ({
          ...rest,
          cells: new Set(
            cells.map((cell) =>
              JSON.stringify(cell, (_, v) => (typeof v === "bigint" ? String(v) : v)),
            ),
          ).size,
          owners: owners.size,
        });
        expect(second.sums().map(plain)).toEqual(tallied(all, "account").map(plain));
      }),
    );
  });

  it("taggable spend has no charge in it that no tag can reach", () => {
    fc.assert(
      fc.property(groups, (all) => {
        const unreachable = all.filter(({ charge: kind }) => !isTaggable(kind));
        for (const { currency, buckets } of tallied(all))
          expect(buckets.not_taggable_charge).toBe(sumOf(unreachable, currency));
      }),
    );
  });
});

describe("shares", () => {
  it("are null where nothing was spent, or refunds outweigh it, and say why", () => {
    expect(sharesOf(NO_BUCKETS, "allocated")).toEqual({ ofTotal: null, ofTaggable: null });
    expect(whyNoShare(0n)).toBe("no_spend");
    const refunded = { ...NO_BUCKETS, allocated: -5n };
    expect(sharesOf(refunded, "allocated").ofTaggable).toBeNull();
    expect(whyNoShare(-5n)).toBe("negative_spend");
  });

  it("have two denominators", () => {
    const buckets = {
      ...NO_BUCKETS,
      allocated: 60n,
      gap_invalid_value: 20n,
      not_taggable_charge: 20n,
    };
    expect(sharesOf(buckets, "allocated")).toEqual({ ofTotal: 0.6, ofTaggable: 0.75 });
    expect(sharesOf(buckets, "not_taggable_charge")).toEqual({ ofTotal: 0.2, ofTaggable: null });
  });
});
