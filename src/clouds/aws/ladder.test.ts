import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Resource } from "../../domain/resource.ts";
import { cellHolds } from "../../domain/scan/cell.ts";
import { type AccountView, type CellPlan, planCells } from "./ladder.ts";
import { GLOBAL } from "./region-names.ts";
import { AWS_RESOURCE_TYPES, findType, NATIVE_TYPES } from "./resource-types.ts";

const ACCOUNT = "123456789012";
const REGIONS = ["us-east-1", "eu-west-1", "ap-south-1", "sa-east-1"];

function speakers(plans: readonly CellPlan[], region: string, type: string): readonly CellPlan[] {
  const resource: Resource = {
    cloud: "aws",
    account: ACCOUNT,
    region,
    type,
    id: "arn:aws:x:::y",
    tags: [],
    createdAt: null,
  };
  return plans.filter(({ cell, except }) => cellHolds(cell, resource) && !except.includes(type));
}

/** A list of every Region, and a list a Region: enough to tell the rungs apart. */
const FEW = NATIVE_TYPES.filter(({ facts }) => ["ec2:instance", "s3:bucket"].includes(facts.id));

const base: AccountView = {
  account: ACCOUNT,
  regions: ["us-east-1", "eu-west-1"],
  global: true,
  allRegions: true,
  types: [],
  native: FEW,
  explorer: null,
  config: null,
};
const shown = (view: Partial<AccountView>): readonly string[] =>
  planCells({ ...base, ...view })
    .map(({ cell, rung }) => `${cell.region} ${cell.resourceType} ${rung}`)
    .toSorted();
const named = (...ids: string[]) => ids.flatMap((id) => findType(id) ?? []);

/** Records these types in these Regions. */
function recordedOf(
  places: readonly (readonly [region: string, type: string])[] | null,
): AccountView["config"] {
  const known = new Set(places?.map((place) => place.join(" ")));
  return places && { records: (region, { id }) => known.has(`${region} ${id}`) };
}

describe("the cells of one account", () => {
  test("without Resource Explorer: native cells, and the tagging API for the rest", () => {
    expect(shown({})).toEqual([
      "* s3:bucket native",
      "eu-west-1 * tagging",
      "eu-west-1 ec2:instance native",
      "global * tagging",
      "us-east-1 * tagging",
      "us-east-1 ec2:instance native",
    ]);
  });

  test("with Resource Explorer in every Region: one cell each", () => {
    const explorer = { regions: new Set(base.regions), types: null };
    expect(shown({ explorer })).toEqual([
      "eu-west-1 * explorer",
      "global * explorer",
      "us-east-1 * explorer",
    ]);
  });

  test("a Region without an index falls to the next rung, its buckets with it", () => {
    const explorer = { regions: new Set(["us-east-1"]), types: null };
    expect(shown({ explorer })).toEqual([
      "eu-west-1 * tagging",
      "eu-west-1 ec2:instance native",
      "eu-west-1 s3:bucket native",
      "global * explorer",
      "us-east-1 * explorer",
    ]);
  });

  test("a type that the index does not support has cells of its own", () => {
    const regions = new Set(base.regions);
    const wanted = ["ec2:instance", "eks:nodegroup"];
    const native = NATIVE_TYPES.filter(({ facts }) => wanted.includes(facts.id));
    const index = ["eu-west-1 * explorer", "global * explorer", "us-east-1 * explorer"];
    const groups = ["eu-west-1 eks:nodegroup native", "us-east-1 eks:nodegroup native"];
    for (const types of [new Set(["ec2:instance"]), null])
      expect(shown({ native, explorer: { regions, types } })).toEqual(
        [...index, ...groups].toSorted(),
      );
    const all = new Set(wanted);
    expect(shown({ native, explorer: { regions, types: all } })).toEqual(index);
  });

  test("named types only; what no source lists is planned as unreadable", () => {
    const types = named("s3:bucket", "rds:db", "iam:role", "cloudfront:distribution");
    expect(shown({ types, regions: ["us-east-1"], allRegions: false })).toEqual([
      "global cloudfront:distribution tagging",
      "global iam:role none",
      "us-east-1 rds:db tagging",
      "us-east-1 s3:bucket native",
    ]);
  });

  test("a named type is entrusted to Resource Explorer only if it says that it supports it", () => {
    const regions = new Set(base.regions);
    const view = { types: named("rds:db"), regions: ["us-east-1"] };
    expect(shown({ ...view, explorer: { regions, types: new Set(["rds:db"]) } })).toEqual([
      "us-east-1 rds:db explorer",
    ]);
    expect(shown({ ...view, explorer: { regions, types: null } })).toEqual([
      "us-east-1 rds:db tagging",
    ]);
  });

  test("without an index, AWS Config where it records the type, before the type's own service", () => {
    const config = recordedOf([
      ["us-east-1", "ec2:instance"],
      ["us-east-1", "rds:db"],
      ["us-east-1", "s3:bucket"],
      ["eu-west-1", "ec2:instance"],
    ]);
    const explorer = { regions: new Set(["eu-west-1"]), types: null };
    expect(shown({ config, explorer })).toEqual([
      "eu-west-1 * explorer",
      "global * explorer",
      "us-east-1 * tagging",
      "us-east-1 ec2:instance config",
      "us-east-1 s3:bucket native",
    ]);
    expect(shown({ config, types: named("rds:db", "ec2:instance") })).toEqual([
      "eu-west-1 ec2:instance config",
      "eu-west-1 rds:db tagging",
      "us-east-1 ec2:instance config",
      "us-east-1 rds:db tagging",
    ]);
  });

  test("exactly one cell speaks for every resource in scope, none for others", () => {
    const ids = AWS_RESOURCE_TYPES.map(({ id }) => id);
    const view = fc.record({
      regions: fc.subarray(REGIONS),
      global: fc.boolean(),
      allRegions: fc.boolean(),
      types: fc.subarray([...AWS_RESOURCE_TYPES], { maxLength: 6 }),
      native: fc.subarray([...NATIVE_TYPES]),
      explorer: fc.option(
        fc.record({
          regions: fc.subarray(REGIONS).map((names) => new Set(names)),
          types: fc.option(fc.subarray(ids).map((some) => new Set(some))),
        }),
      ),
      recorded: fc.option(
        fc.uniqueArray(fc.tuple(fc.constantFrom(...REGIONS), fc.constantFrom(...ids)), {
          maxLength: 40,
        }),
      ),
    });
    fc.assert(
      fc.property(view, (random) => {
        const plans = planCells({
          ...random,
          config: recordedOf(random.recorded),
          account: ACCOUNT,
        });
        const wrong = AWS_RESOURCE_TYPES.flatMap(({ id, global }) =>
          (global ? [GLOBAL] : REGIONS).filter((region) => {
            const inRegion = global ? random.global : random.regions.includes(region);
            const asked = random.types.length === 0 || random.types.some((type) => type.id === id);
            const found = speakers(plans, region, id);
            // "Every Region" may hold Regions that are not enabled: a whole-account list reads them too.
            const whole = found.length === 1 && found[0]?.cell.region === "*";
            const right = whole && random.allRegions ? asked : inRegion && asked;
            return found.length !== (right ? 1 : 0);
          }),
        );
        expect(wrong).toEqual([]);
      }),
    );
  });
});
