import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CLOUDS } from "../../src/domain/cloud.ts";
import { AppError } from "../../src/domain/errors.ts";
import { createEstate, LARGEST_ESTATE, SMALLEST_ESTATE } from "./estate.ts";
import { RESOURCE_GROUP, SUBSCRIPTION, TYPES_OF } from "./resource-types.ts";
import { decodeToken, encodeToken } from "./token.ts";
import { CONDITIONS, type Estate, type EstateResource } from "./types.ts";

function* everything(estate: Estate): Generator<EstateResource> {
  for (const group of estate.groups)
    for (let index = 0; index < group.count; index += 1) yield estate.resource(group, index);
}

describe("size and determinism", () => {
  test.each([300, 301, 999, 5_000, 100_000, 1_000_000])(
    "%i resources are exactly that many",
    (size) => {
      const estate = createEstate({ seed: 3, resources: size });
      expect(estate.groups.reduce((sum, group) => sum + group.count, 0)).toBe(size);
      expect(CLOUDS.reduce((sum, cloud) => sum + estate.truth(cloud).total, 0)).toBe(size);
    },
  );

  test.each(CLOUDS)("all of them can be in %s", (only) => {
    const estate = createEstate({ seed: 3, resources: 999, only });
    expect(estate.truth(only).total).toBe(999);
    expect(new Set(estate.accounts.map(({ cloud }) => cloud))).toEqual(new Set([only]));
  });

  test("equal options make byte-equal estates, another seed another one", () => {
    const text = (seed: number): string =>
      JSON.stringify([...everything(createEstate({ seed, resources: 2_000 }))]);
    expect(text(7)).toBe(text(7));
    expect(text(7)).not.toBe(text(8));
  });

  test("one resource is the same whether or not others were made before it", () => {
    const group = createEstate({ seed: 7, resources: 2_000 }).groups[40];
    if (group === undefined) throw new Error("the estate has fewer groups than expected");
    const fresh = createEstate({ seed: 7, resources: 2_000 }).resource(group, group.count - 1);
    const used = createEstate({ seed: 7, resources: 2_000 });
    const all = [...everything(used)];
    expect(all).toContainEqual(fresh);
  });

  test.each([
    { seed: 1, resources: SMALLEST_ESTATE - 1 },
    { seed: 1, resources: LARGEST_ESTATE + 1 },
    { seed: 1, resources: 400.5 },
    { seed: 1.5, resources: 400 },
    { seed: 2 ** 33, resources: 400 },
  ])("refuses $resources resources with seed $seed", (options) => {
    expect(() => createEstate(options)).toThrow(AppError);
  });

  test("a small company is a few accounts, a large one hundreds", () => {
    const accounts = (resources: number): Record<string, number> => {
      const estate = createEstate({ seed: 1, resources });
      return Object.fromEntries(
        CLOUDS.map((cloud) => [cloud, estate.accounts.filter((a) => a.cloud === cloud).length]),
      );
    };
    expect(accounts(300)).toEqual({ aws: 3, azure: 2, gcp: 2 });
    expect(accounts(1_000_000)).toEqual({ aws: 200, azure: 60, gcp: 60 });
  });

  test("every type occurs even in the smallest company", () => {
    for (const seed of [1, 2, 3, 42]) {
      const estate = createEstate({ seed, resources: SMALLEST_ESTATE });
      for (const cloud of CLOUDS)
        expect(new Set(estate.groups.filter((g) => g.cloud === cloud).map((g) => g.type))).toEqual(
          new Set(TYPES_OF[cloud].map(({ id }) => id)),
        );
    }
  });
});

describe("ids", () => {
  const estate = createEstate({ seed: 11, resources: 6_000 });
  const all = [...everything(estate)];

  test("are unique, and find their resource again", () => {
    expect(new Set(all.map(({ id }) => id.toLowerCase())).size).toBe(all.length);
    for (const resource of all) expect(estate.find(resource.cloud, resource.id)).toEqual(resource);
  });

  test("Azure ids are found in any case, others only as they are", () => {
    for (const { cloud, id } of all) {
      const shouted = id.toUpperCase();
      expect(estate.find(cloud, shouted)?.id).toBe(cloud === "azure" ? id : undefined);
    }
  });

  test("what looks like an id but is none is not found", () => {
    const [first] = all;
    if (first === undefined) throw new Error("the estate is empty");
    expect(estate.find("aws", "arn:aws:s3:::somebody-elses-bucket")).toBeUndefined();
    expect(estate.find("aws", first.id.replace(first.account, "000000000000"))).toBeUndefined();
    expect(estate.find("azure", first.id)).toBeUndefined();
  });

  test("positions survive the token, whatever the seed", () => {
    const half = fc.integer({ min: 0, max: 0xfffff });
    fc.assert(
      fc.property(fc.integer(), half, half, (seed, ordinal, index) => {
        const token = encodeToken(seed, { ordinal, index });
        expect(token).toMatch(/^[0-9a-f]{10}$/);
        expect(decodeToken(seed, `prefix-${token}`)).toEqual({ ordinal, index });
      }),
    );
  });

  /** Shapes from the vendors' naming rules. */
  test.each([
    ["ec2:instance", /^arn:aws:ec2:[a-z0-9-]+:\d{12}:instance\/i-[0-9a-f]{17}$/],
    ["ec2:volume", /^arn:aws:ec2:[a-z0-9-]+:\d{12}:volume\/vol-[0-9a-f]{17}$/],
    ["s3:bucket", /^arn:aws:s3:::[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/],
    ["kms:key", /:key\/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
    ["lambda:function", /:function:[a-zA-Z0-9-_]{1,64}$/],
    ["sqs:queue", /^arn:aws:sqs:[a-z0-9-]+:\d{12}:[a-zA-Z0-9-_]{1,80}$/],
    ["rds:db", /:db:[a-z][a-z0-9-]{0,62}$/],
    ["Microsoft.Storage/storageAccounts", /\/storageAccounts\/[a-z0-9]{3,24}$/],
    ["Microsoft.KeyVault/vaults", /\/vaults\/[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$/],
    [
      "Microsoft.Compute/virtualMachines",
      /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[^/]+\//,
    ],
    ["storage.googleapis.com/Bucket", /^\/\/storage\.googleapis\.com\/[a-z0-9-]{3,63}$/],
    ["bigquery.googleapis.com/Dataset", /\/datasets\/\w{1,1024}$/],
    [
      "compute.googleapis.com/Instance",
      /\/zones\/[a-z0-9-]+-[abc]\/instances\/[a-z][a-z0-9-]{0,62}$/,
    ],
    [
      "pubsub.googleapis.com/Topic",
      /^\/\/pubsub\.googleapis\.com\/projects\/[a-z0-9-]{6,30}\/topics\//,
    ],
  ])("%s", (type, shape) => {
    const ids = all.filter((resource) => resource.type === type).map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(0);
    for (const id of ids) expect(id).toMatch(shape);
  });

  test("every Azure resource lives in a resource group that exists in its subscription", () => {
    const azure = all.filter(({ cloud, type }) => cloud === "azure" && type !== SUBSCRIPTION);
    const groups = new Set(azure.filter((r) => r.type === RESOURCE_GROUP).map(({ id }) => id));
    for (const { id } of azure) expect(groups).toContain(id.split("/").slice(0, 5).join("/"));
  });
});

describe("tags", () => {
  const all = [...everything(createEstate({ seed: 5, resources: 30_000 }))];

  test("GCP labels keep to Google's character rules", () => {
    for (const { tags } of all.filter(({ cloud }) => cloud === "gcp"))
      for (const { key, value } of tags) {
        expect(key).toMatch(/^[a-z][a-z0-9_-]{0,62}$/);
        expect(value).toMatch(/^[a-z0-9_-]{0,63}$/);
      }
  });

  test("AWS and Azure keys are unique as the cloud compares them", () => {
    for (const { cloud, tags } of all) {
      const keys = tags.map(({ key }) => (cloud === "aws" ? key : key.toLowerCase()));
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  test("only AWS knows resources that lost their tags", () => {
    expect(
      new Set(all.filter((r) => r.condition === "previously_tagged").map((r) => r.cloud)),
    ).toEqual(new Set(["aws"]));
  });

  test("an exempt resource is always one that the policy's exemptions match", () => {
    for (const { condition, id, tags } of all) {
      const matched = id.includes("legacy") || tags.some(({ key }) => key === "Lifecycle");
      expect(matched).toBe(condition === "exempt");
    }
  });
});

describe("truth", () => {
  const estate = createEstate({ seed: 9, resources: 100_000 });

  test.each(CLOUDS)("%s adds up", (cloud) => {
    const truth = estate.truth(cloud);
    expect(truth.compliant + truth.nonCompliant + truth.exempt).toBe(truth.total);
    expect(CONDITIONS.reduce((sum, c) => sum + truth.byCondition[c], 0)).toBe(truth.total);
    expect(truth.byKind.naming_rule).toBe(0);
    expect(truth.byKind.key_variant).toBe(truth.byCondition.key_variant);
    expect(truth.byKind.missing_required_tag).toBeGreaterThan(3 * truth.byCondition.never_tagged);
  });

  test.each(CLOUDS)("%s has the documented proportions", (cloud) => {
    const { compliant, total, byCondition } = estate.truth(cloud);
    expect(compliant / total).toBeGreaterThan(0.45);
    expect(compliant / total).toBeLessThan(0.6);
    expect(byCondition.never_tagged / total).toBeGreaterThan(0.1);
    expect(byCondition.never_tagged / total).toBeLessThan(0.16);
    const absent = CONDITIONS.filter((condition) => byCondition[condition] === 0);
    expect(absent).toEqual(cloud === "aws" ? [] : ["previously_tagged"]);
  });

  test("splits over any predicate on groups", () => {
    const whole = estate.truth("aws");
    const inUsEast = estate.truth("aws", ({ region }) => region === "us-east-1");
    const elsewhere = estate.truth("aws", ({ region }) => region !== "us-east-1");
    expect(inUsEast.total).toBeGreaterThan(0);
    expect(inUsEast.compliant + elsewhere.compliant).toBe(whole.compliant);
    expect(inUsEast.byKind.empty_value + elsewhere.byKind.empty_value).toBe(
      whole.byKind.empty_value,
    );
  });

  test("sandbox accounts are kept worse than production", () => {
    const score = (word: string): number => {
      const chosen = estate.accounts.filter((a) => a.name.endsWith(word));
      const ids = new Set(chosen.map(({ id }) => id));
      const { compliant, nonCompliant } = estate.truth("aws", (g) => ids.has(g.account));
      return compliant / (compliant + nonCompliant);
    };
    expect(score("sandbox")).toBeLessThan(score("production") - 0.2);
  });
});
