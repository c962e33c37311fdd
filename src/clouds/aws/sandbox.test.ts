import { describe, expect, test } from "vitest";
import { type InventoryRead, readInventory } from "../../../test/moto/read-inventory.ts";
import {
  failures,
  found,
  inOrganization,
  larger,
  management,
  member,
  NATIVE,
  OFF,
  start,
  truth,
} from "../../../test/moto/simulated-inventory.ts";

/** The larger estate's first account in its first Region: more than one page of everything. */
function inFirstRegion(): readonly object[] {
  const first = larger.accounts.find(({ cloud }) => cloud === "aws");
  return truth(({ account, region }) => account === first?.id && region === "us-east-1", larger);
}

function expectOnlyUnsupported({ cells }: InventoryRead): void {
  const failed = cells.filter(({ failure }) => failure !== undefined);
  expect(new Set(failed.map(({ failure }) => failure?.code))).toEqual(
    new Set(["cloud_unsupported"]),
  );
  expect(failed.filter(({ cell }) => NATIVE.has(cell.resourceType))).toEqual([]);
}

describe("a whole organization", () => {
  test.each([{ includesTags: true }, { includesTags: false }])(
    "through Resource Explorer (%j): every resource once, with its tags",
    async (resourceExplorer) => {
      const { aws, calls } = await start({ resourceExplorer, provider: inOrganization });
      const read = await readInventory(aws);
      expect(read.gaps).toEqual([]);
      expect(failures(read)).toEqual([]);
      expect(found(read)).toEqual(truth(() => true));
      expect(new Set(read.cells.map(({ sees }) => sees))).toEqual(new Set(["everything"]));
      expect(aws.apiCalls()).toBeGreaterThanOrEqual(calls.length);
    },
  );

  test("without it: all that is listed natively; of the rest what was ever tagged", async () => {
    const { aws } = await start({ ...OFF, provider: inOrganization });
    const regions = ["us-east-1", "eu-west-1"];
    const read = await readInventory(aws, { regions });
    expect(read.gaps).toEqual([]);
    expectOnlyUnsupported(read);
    expect(found(read)).toEqual(
      truth(
        ({ region, type, condition }) =>
          regions.includes(region) && (NATIVE.has(type) || condition !== "never_tagged"),
      ),
    );
  });

  test("named types through an index that says it supports them: never-tagged ones too", async () => {
    const named = ["rds:db", "ec2:volume"];
    const supported = named.map((ResourceType) => ({ ResourceType }));
    const { aws } = await start({
      provider: inOrganization,
      control: ({ url }) =>
        url.pathname === "/ListSupportedResourceTypes"
          ? { status: 200, headers: {}, body: JSON.stringify({ ResourceTypes: supported }) }
          : undefined,
    });
    const read = await readInventory(aws, { resourceTypes: named });
    expect(failures(read)).toEqual([]);
    expect(new Set(read.cells.map(({ sees }) => sees))).toEqual(new Set(["everything"]));
    expect(found(read)).toEqual(truth(({ type }) => named.includes(type)));
  });

  test("lists of many pages, in one Region", async () => {
    const { aws } = await start({ estate: larger });
    const read = await readInventory(aws, { regions: ["us-east-1"] });
    const expected = inFirstRegion();
    expect(failures(read)).toEqual([]);
    expect(expected.length).toBeGreaterThan(100);
    expect(found(read)).toEqual(expected);
  });
});

describe("what goes wrong stays where it is", () => {
  const tagging = { service: "tagging", region: "eu-west-1" } as const;
  const instances = { resourceTypes: ["ec2:instance"], regions: ["us-east-1", "eu-west-1"] };

  test("tags denied in one Region: its resources are seen, their tags unknown, and the cell ends denied", async () => {
    const { aws } = await start({ faults: [{ ...tagging, kind: "deny" }] });
    const read = await readInventory(aws);
    expect(failures(read)).toEqual(["eu-west-1 * cloud_denied"]);
    const expected = truth(({ account }) => account === management);
    expect(found(read)).toEqual(
      expected.map((row) =>
        "region" in row && row.region === "eu-west-1" ? { ...row, tags: null } : row,
      ),
    );
    const denied = read.cells.find(({ failure }) => failure !== undefined);
    expect(denied?.failure?.details).toMatchObject({ deniedBy: "service_control_policy" });
  });

  test("tags denied, and an index without tags: unknown, which is never untagged", async () => {
    const { aws } = await start({
      resourceExplorer: { includesTags: false },
      faults: [{ ...tagging, kind: "deny" }],
    });
    const { resources } = await readInventory(aws, { regions: ["eu-west-1"] });
    expect(resources.length).toBeGreaterThan(0);
    expect(resources.filter(({ tags }) => tags !== null)).toEqual([]);
  });

  test("the index denied: the next rung is taken", async () => {
    const { aws } = await start({ faults: [{ service: "resource-explorer-2", kind: "deny" }] });
    const read = await readInventory(aws, { regions: ["us-east-1"] });
    expectOnlyUnsupported(read);
    expect(read.cells.map(({ cell }) => cell.resourceType)).toContain("ec2:instance");
  });

  test("a few throttles are waited out", async () => {
    const { aws, calls } = await start({
      ...OFF,
      faults: [{ service: "ec2", operation: "DescribeInstances", kind: "throttle", times: 2 }],
    });
    const read = await readInventory(aws, { ...instances, regions: ["us-east-1"] });
    expect(failures(read)).toEqual([]);
    expect(calls.filter(({ operation }) => operation === "DescribeInstances")).toHaveLength(3);
  });

  test("endless throttles end one cell, after six attempts", async () => {
    const { aws, calls } = await start({
      ...OFF,
      faults: [
        { service: "ec2", operation: "DescribeInstances", region: "eu-west-1", kind: "throttle" },
      ],
    });
    const read = await readInventory(aws, instances);
    expect(failures(read)).toEqual(["eu-west-1 ec2:instance cloud_throttled"]);
    const there = calls.filter((call) => call.service === "ec2" && call.region === "eu-west-1");
    expect(there).toHaveLength(6);
    expect(read.resources.map(({ region }) => region)).toContain("us-east-1");
  });

  test("a silent socket is cut, and only its cell fails", async () => {
    const { aws } = await start({
      ...OFF,
      faults: [
        { service: "ec2", operation: "DescribeInstances", region: "eu-west-1", kind: "hang" },
      ],
      provider: { callTimeoutMs: 500 },
    });
    const read = await readInventory(aws, instances);
    expect(failures(read)).toEqual(["eu-west-1 ec2:instance cloud_timeout"]);
    expect(read.resources.map(({ region }) => region)).toContain("us-east-1");
  });

  test("cancelling ends reads that wait for a silent socket", async () => {
    const { aws } = await start({
      ...OFF,
      faults: [{ service: "ec2", operation: "DescribeInstances", kind: "hang" }],
    });
    const abort = new AbortController();
    const reading = readInventory(aws, instances, abort.signal);
    setTimeout(() => abort.abort(), 500);
    expect(failures(await reading)).toEqual([
      "eu-west-1 ec2:instance cancelled",
      "us-east-1 ec2:instance cancelled",
    ]);
  });

  test("an expired session is assumed anew, once", async () => {
    const { aws, calls } = await start({
      ...OFF,
      faults: [{ service: "ec2", operation: "DescribeInstances", kind: "expire", times: 1 }],
      provider: inOrganization,
    });
    const read = await readInventory(aws, {
      resourceTypes: ["ec2:instance"],
      regions: ["us-east-1"],
      accounts: [member],
    });
    expect(failures(read)).toEqual([]);
    expect(read.resources.length).toBeGreaterThan(0);
    expect(calls.filter(({ operation }) => operation === "AssumeRole")).toHaveLength(2);
  });

  test("credentials that stay expired say so", async () => {
    const { aws } = await start({ faults: [{ service: "sts", kind: "expire" }] });
    await expect(readInventory(aws)).rejects.toMatchObject({ code: "credentials_expired" });
  });

  test("credentials that AWS does not know are no disabled Region", async () => {
    const { aws } = await start({ env: { AWS_ACCESS_KEY_ID: "UNKNOWN" } });
    await expect(readInventory(aws)).rejects.toMatchObject({ code: "credentials_missing" });
  });

  test("a page token that expires restarts the list, and nothing is given twice", async () => {
    const { aws, calls } = await start({
      estate: larger,
      faults: [{ service: "tagging", kind: "expire", after: 1, times: 1 }],
    });
    const read = await readInventory(aws, { regions: ["us-east-1"] });
    expect(calls.filter(({ operation }) => operation === "GetResources")).toHaveLength(4);
    expect(failures(read)).toEqual([]);
    expect(found(read)).toEqual(inFirstRegion());
  });

  test("a type's list that is refused: what the tagging API gave before it broke is kept", async () => {
    const { aws } = await start({ ...OFF, faults: [{ ...tagging, kind: "partial" }] });
    const read = await readInventory(aws, {
      regions: ["eu-west-1"],
      resourceTypes: ["ec2:volume"],
    });
    expect(failures(read)).toEqual(["eu-west-1 ec2:volume cloud_unsupported"]);
    expect(read.resources).toHaveLength(1);
  });

  test("buckets are asked for their tags one by one where the tagging API is denied", async () => {
    const { aws } = await start({ ...OFF, faults: [{ service: "tagging", kind: "deny" }] });
    const read = await readInventory(aws, { resourceTypes: ["s3:bucket"] });
    expect(failures(read)).toEqual([]);
    expect(found(read)).toEqual(
      truth(({ account, type }) => account === management && type === "s3:bucket"),
    );
  });

  test("buckets whose tags are denied by every way are there, their tags unknown", async () => {
    const { aws } = await start({
      ...OFF,
      faults: [
        { service: "tagging", kind: "deny" },
        { service: "s3", operation: "GetBucketTagging", kind: "deny" },
      ],
    });
    const { resources } = await readInventory(aws, { resourceTypes: ["s3:bucket"] });
    expect(resources.length).toBeGreaterThan(0);
    expect(resources.filter(({ tags }) => tags !== null)).toEqual([]);
  });
});
