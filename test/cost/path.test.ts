import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fixPointsOf, type SpendFix } from "../../src/domain/cost/fix-points.ts";
import { parentOf } from "../../src/domain/cost/parents.ts";
import { coverPath } from "../../src/domain/cost/path-to-allocated.ts";
import { estates, pathRatio, sumsOf } from "./path-quality.ts";
import { ACCOUNT, charge } from "./fixtures.ts";

describe("on 50 seeded estates, compared with every possible choice", () => {
  it("is within 5 % of the fewest steps, and never claims a bound above them", () => {
    const compared = estates.filter(({ best }) => best.fewest !== null);
    expect(compared.length).toBeGreaterThan(30);
    for (const { path, best } of compared) {
      expect(path.reached).toBe(true);
      expect(path.atLeast).toBeLessThanOrEqual(best.fewest ?? 0);
    }
    expect(pathRatio().ratio).toBeLessThanOrEqual(1.05);
  });

  it("gains at least 95 % of what so many steps can gain, on every one", () => {
    for (const { path, target, best } of estates) {
      const most = best.mostGained[path.steps.length] ?? 0n;
      const aim = most < target ? most : target;
      expect(path.gainMicros * 100n >= aim * 95n).toBe(true);
    }
  });

  it("says so where no choice reaches the target", () => {
    for (const { path, best } of estates) expect(path.reached).toBe(best.fewest !== null);
  });
});

describe("a path", () => {
  const cells = fc.array(fc.bigInt({ min: -100n, max: 1000n }), { minLength: 1, maxLength: 12 });

  it("has steps that gain something, each only what the others did not, in falling order", () => {
    fc.assert(
      fc.property(
        cells,
        fc.array(fc.uniqueArray(fc.nat(11)), { maxLength: 8 }),
        (amounts, reaches) => {
          const points = reaches.map((all, fix) => ({
            fix,
            reaches: all.filter((at) => at < amounts.length),
          }));
          const target = amounts.reduce((sum, micros) => sum + micros, 0n) / 2n;
          const { steps, gainMicros } = coverPath(amounts, points, target);
          const reached = new Set(steps.flatMap(({ fix }) => points[fix]?.reaches ?? []));
          const gained = [...reached].reduce((sum, at) => {
            const micros = amounts[at] ?? 0n;
            return micros > 0n ? sum + micros : sum;
          }, 0n);
          expect(gainMicros).toBe(gained);
          const gains = steps.map((step) => step.gainMicros);
          expect(gains.every((gain) => gain > 0n)).toBe(true);
          expect(gains).toEqual(gains.toSorted((a, b) => (a > b ? -1 : 1)));
        },
      ),
    );
  });

  it("needs no step where the target is already met", () => {
    expect(coverPath([5n], [{ fix: 0, reaches: [0] }], 0n)).toMatchObject({
      steps: [],
      atLeast: 0,
      reached: true,
    });
  });
});

describe("fix points", () => {
  const kinds = (groups: Parameters<typeof sumsOf>[0]): readonly SpendFix["kind"][] =>
    fixPointsOf(sumsOf(groups))
      .map(({ fix }) => fix.kind)
      .toSorted();

  it("give an account to one owner only where it looks like one owner's", () => {
    const untagged = charge({});
    const sales = charge({ CostCenter: "Sales" });
    const marketing = charge({ CostCenter: "Marketing" });
    expect(kinds([untagged])).toEqual(["account_default"]);
    expect(kinds([untagged, sales, sales, sales, sales, marketing])).toEqual(["account_default"]);
    expect(kinds([untagged, sales, sales, marketing])).toEqual([]);
  });

  it("read values that are right but for their case by one line of the policy", () => {
    const shared = [charge({ CostCenter: "Sales" }), charge({ CostCenter: "Marketing" })];
    const wrong = ["sales", "MARKETING", "Salse"].map((value) => charge({ CostCenter: value }));
    expect(kinds([...shared, ...wrong])).toEqual(["ignore_case", "value", "value", "value"]);
  });

  it("tag the parent that the bill names: Auto Scaling group before stack, Azure resource group", () => {
    const stack = { "aws:cloudformation:stack-name": "shop" };
    const inGroup = charge({ ...stack, "aws:autoscaling:groupName": "web" });
    const inAzure = charge(
      {},
      { cloud: "azure", resourceId: "/subscriptions/s/resourceGroups/RG-1/providers/x/y/z" },
    );
    const parents = fixPointsOf(sumsOf([inGroup, charge(stack), inAzure])).map(({ fix }) =>
      fix.kind === "parent" ? fix.parent : "",
    );
    expect(parents.filter((parent) => parent !== "").toSorted()).toEqual([
      "auto_scaling_group web",
      "cloudformation_stack shop",
      "resource_group rg-1",
    ]);
  });
});

describe("the parent of a charge", () => {
  it.each([
    [{ ManagedBy: "terraform", Module: "network" }, "terraform_module network"],
    [{ "managed-by": "Terraform", workspace: "prod-eu" }, "terraform_workspace prod-eu"],
    [{ managed_by: "opentofu", terraform_stack: "core" }, "terraform_stack core"],
    [{ ManagedBy: "terraform", Stack: "a", Module: "b" }, "terraform_module b"],
    [
      { ManagedBy: "terraform", Module: "b", "aws:autoscaling:groupName": "web" },
      "auto_scaling_group web",
    ],
    [{ ManagedBy: "terraform" }, null],
    [{ Module: "network" }, null],
    [{ ManagedBy: "someone", Module: "network" }, null],
  ])("%j is %s", (tags, parent) => {
    expect(parentOf(charge(tags))).toBe(parent);
  });

  it("gains nothing by charges that are no part of taggable spend", () => {
    const nameless = charge({}, { resourceId: null, hasResource: false });
    const tax = charge({}, { charge: "tax" });
    expect(sumsOf([nameless, tax]).cells).toEqual([]);
  });

  it("is one step for all that the code made", () => {
    const made = { ManagedBy: "terraform", TerraformModule: "network" };
    const sums = sumsOf([charge(made), charge(made, { account: "222222222222" }), charge({})]);
    const parents = fixPointsOf(sums).filter(({ fix }) => fix.kind === "parent");
    expect(parents.map(({ fix }) => fix)).toMatchObject([
      { account: ACCOUNT, parent: "terraform_module network" },
      { account: "222222222222", parent: "terraform_module network" },
    ]);
  });
});
