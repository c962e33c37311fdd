import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAwsProvider } from "../../src/clouds/aws/provider.ts";
import { EVERYTHING } from "../../src/domain/scan/scope.ts";
import { NATIVE_TYPES } from "../../src/clouds/aws/resource-types.ts";
import type { CloudProvider } from "../../src/ports/cloud.ts";
import { type SeededResource, SEEDED_REGIONS, SEEDED_ROLE, seedEstate } from "./estate.ts";
import { cellKeys, comparable, readInventory, silent } from "./read-inventory.ts";
import { MOTO_ACCOUNT, type MotoServer, motoMissing, setEnvironment, startMoto } from "./server.ts";

/** What the estate has in every state; reading all types of all Regions takes moto a minute. */
const BOTH: readonly string[] = ["ec2:instance", "s3:bucket"];

describe.skipIf(motoMissing !== undefined)(
  `the AWS inventory from moto ${motoMissing ?? ""}`,
  () => {
    let moto: MotoServer;
    let restore: () => void;
    let truth: readonly SeededResource[];
    let accounts: readonly string[];
    const providers: CloudProvider[] = [];

    beforeAll(async () => {
      moto = await startMoto();
      restore = setEnvironment(moto.env);
      ({ resources: truth, accounts } = await seedEstate(moto));
    }, 120_000);

    afterAll(async () => {
      for (const provider of providers) await provider.close();
      restore();
      await moto.close();
    });

    const provider = (options: Partial<Parameters<typeof createAwsProvider>[0]> = {}) => {
      const made = createAwsProvider({ logger: silent, ...options });
      providers.push(made);
      return made;
    };
    const expected = (keep: (resource: SeededResource) => boolean): readonly object[] =>
      truth
        .filter(keep)
        .map(({ account, region, type, id, tags }) => ({ account, region, type, id, tags }))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const sorted = (resources: Parameters<typeof comparable>[0][]): readonly object[] =>
      resources.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(comparable);

    test("every resource of the caller's account once, with its tags, never-tagged ones included", async () => {
      const aws = provider();
      const read = await readInventory(aws, { resourceTypes: BOTH });
      expect(read.gaps).toEqual([]);
      expect(read.cells.filter(({ failure }) => failure !== undefined)).toEqual([]);
      expect(sorted([...read.resources])).toEqual(
        expected(({ account, type }) => account === MOTO_ACCOUNT && BOTH.includes(type)),
      );
      expect(aws.apiCalls()).toBeGreaterThan(0);
    });

    test("buckets are one cell, every other type one a Region, and the rest says that it sees only tagged", async () => {
      const [region] = SEEDED_REGIONS;
      const { cells } = await readInventory(provider({ regions: [region, "global"] }));
      const planned = (at: string, global: boolean): readonly string[] =>
        [
          "*",
          ...NATIVE_TYPES.filter(({ facts }) => facts.global === global).map(
            ({ facts }) => facts.id,
          ),
        ].map((type) => `aws|${MOTO_ACCOUNT}|${at}|${type}`);
      expect(cellKeys(cells)).toEqual(
        [...planned(region, false), ...planned("global", true)].toSorted(),
      );
      for (const { cell, sees } of cells)
        expect(sees).toBe(cell.resourceType === "*" ? "tagged_only" : "everything");
      const whole = await readInventory(provider(), { resourceTypes: ["s3:bucket"] });
      expect(cellKeys(whole.cells)).toEqual([`aws|${MOTO_ACCOUNT}|*|s3:bucket`]);
    });

    test("every account of the organization through its role", async () => {
      const read = await readInventory(provider({ roleName: SEEDED_ROLE, externalId: "unit" }), {
        resourceTypes: BOTH,
      });
      expect(new Set(read.resources.map(({ account }) => account))).toEqual(new Set(accounts));
      expect(sorted([...read.resources])).toEqual(expected(({ type }) => BOTH.includes(type)));
    });

    test("a scope of one Region and one type reads nothing else", async () => {
      const read = await readInventory(provider(), {
        regions: ["eu-west-1"],
        resourceTypes: ["s3:bucket"],
      });
      expect(cellKeys(read.cells)).toEqual([`aws|${MOTO_ACCOUNT}|eu-west-1|s3:bucket`]);
      expect(sorted([...read.resources])).toEqual(
        expected(
          (resource) =>
            resource.account === MOTO_ACCOUNT &&
            resource.region === "eu-west-1" &&
            resource.type === "s3:bucket",
        ),
      );
    });

    test("what no list enumerates is read from the tagging API, and says so", async () => {
      const read = await readInventory(provider(), { regions: ["us-east-1"], resourceTypes: [] });
      const rest = read.cells.filter(({ cell }) => cell.resourceType === "*");
      expect(rest.map(({ sees }) => sees)).toEqual(rest.map(() => "tagged_only"));
      expect(rest.map(({ cell }) => cell.region)).toContain("us-east-1");
    });

    test("a Region that the account has not enabled is a gap, and only when asked for", async () => {
      const read = await readInventory(provider(), {
        regions: ["me-south-1", "us-east-1"],
        resourceTypes: BOTH,
      });
      expect(read.gaps).toEqual([
        {
          cell: { cloud: "aws", account: MOTO_ACCOUNT, region: "me-south-1", resourceType: "*" },
          status: "disabled_region",
          reason: "region_not_enabled",
          resources: 0,
        },
      ]);
      expect(new Set(read.cells.map(({ cell }) => cell.region))).toEqual(new Set(["us-east-1"]));
    });

    test.each([
      [{ regions: ["eu-wset-1"] }, "eu-west-1"],
      [{ accounts: ["123456789013"] }, MOTO_ACCOUNT],
    ])("%j names what does not exist: refused, with near matches", async (scope, near) => {
      await expect(readInventory(provider(), scope)).rejects.toMatchObject({
        code: "invalid_input",
        hint: expect.stringContaining(near) as string,
      });
    });

    test("an aborted plan ends at once and says so", async () => {
      const abort = new AbortController();
      abort.abort();
      const plan = provider().inventory.plan(EVERYTHING, abort.signal);
      await expect(Array.fromAsync(plan)).rejects.toMatchObject({ code: "cancelled" });
    });
  },
);
