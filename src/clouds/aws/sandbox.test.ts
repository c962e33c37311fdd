import { afterEach, describe, expect, test } from "vitest";
import { type AwsOptions, startAws } from "../../../sandbox/aws/server.ts";
import { createEstate } from "../../../sandbox/estate/estate.ts";
import type { Estate, EstateResource } from "../../../sandbox/estate/types.ts";
import { createFaultPlan, type FaultRule, type SandboxCall } from "../../../sandbox/faults.ts";
import {
  comparable,
  type InventoryRead,
  readInventory,
  silent,
} from "../../../test/moto/read-inventory.ts";
import { setEnvironment } from "../../../test/moto/server.ts";
import type { CloudServerOptions } from "../../../sandbox/server.ts";
import type { CloudProvider } from "../../ports/cloud.ts";
import type { AwsProviderOptions } from "./options.ts";
import { createAwsProvider } from "./provider.ts";

const small = createEstate({ seed: 7, resources: 300 });
const larger = createEstate({ seed: 11, resources: 6000 });
const [management = "", member = ""] = small.accounts
  .filter(({ cloud }) => cloud === "aws")
  .map(({ id }) => id);

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

interface Setting extends AwsOptions, Pick<CloudServerOptions, "control"> {
  readonly estate?: Estate;
  readonly faults?: readonly FaultRule[];
  readonly env?: Readonly<Record<string, string>>;
  readonly provider?: Partial<AwsProviderOptions>;
}

interface Started {
  readonly aws: CloudProvider;
  /** Requests as the server understood them. */
  readonly calls: readonly SandboxCall[];
}

async function start({ estate = small, faults, env, provider, ...aws }: Setting): Promise<Started> {
  const calls: SandboxCall[] = [];
  const server = await startAws({
    ...aws,
    estate,
    faults: createFaultPlan(faults),
    port: 0,
    latencyMs: 0,
    onCall: (call) => calls.push(call),
  });
  cleanups.push(() => server.close());
  cleanups.push(setEnvironment({ ...server.env, ...env }));
  const made = createAwsProvider({ logger: silent, ...provider });
  cleanups.push(() => made.close());
  return { aws: made, calls };
}

function truth(keep: (resource: EstateResource) => boolean, of = small): readonly object[] {
  return of.groups
    .filter(({ cloud }) => cloud === "aws")
    .flatMap((group) => Array.from({ length: group.count }, (_, at) => of.resource(group, at)))
    .filter(keep)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ account, region, type, id, tags }) => ({
      account,
      region,
      type,
      id,
      tags: tags.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    }));
}

/** The larger estate's first account in its first Region: more than one page of everything. */
function inFirstRegion(): readonly object[] {
  const first = larger.accounts.find(({ cloud }) => cloud === "aws");
  return truth(({ account, region }) => account === first?.id && region === "us-east-1", larger);
}

const found = ({ resources }: Pick<InventoryRead, "resources">): readonly object[] =>
  resources.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(comparable);

/** `region type code` of every cell that threw. */
const failures = ({ cells }: InventoryRead): readonly string[] =>
  cells
    .filter(({ failure }) => failure !== undefined)
    .map(({ cell, failure }) => `${cell.region} ${cell.resourceType} ${failure?.code}`)
    .toSorted();

/** What the sandbox lists natively; of the rest it has only the tagging API and Resource Explorer. */
const NATIVE = new Set([
  "ec2:instance",
  "lambda:function",
  "rds:db",
  "s3:bucket",
  "sns:topic",
  "sqs:queue",
]);

function expectOnlyUnsupported({ cells }: InventoryRead): void {
  const failed = cells.filter(({ failure }) => failure !== undefined);
  expect(new Set(failed.map(({ failure }) => failure?.code))).toEqual(
    new Set(["cloud_unsupported"]),
  );
  expect(failed.filter(({ cell }) => NATIVE.has(cell.resourceType))).toEqual([]);
}

const OFF = { resourceExplorer: { state: "off" } } as const;
const inOrganization = { roleName: "reader" };

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

describe("what cannot be planned is a gap", () => {
  const gapsOf = ({ gaps }: InventoryRead): readonly string[] =>
    gaps.map(({ cell, status, reason }) => `${cell.account} ${cell.region} ${status} ${reason}`);

  test("an account whose role cannot be assumed", async () => {
    const { aws } = await start({
      faults: [{ service: "sts", operation: "AssumeRole", kind: "deny" }],
      provider: { ...inOrganization, accounts: [management, member] },
    });
    const read = await readInventory(aws);
    expect(gapsOf(read)).toEqual([`${member} * denied access_denied`]);
    expect(found(read)).toEqual(truth(({ account }) => account === management));
  });

  test("another account without any role to assume", async () => {
    const { aws } = await start({ provider: { accounts: [member] } });
    expect(gapsOf(await readInventory(aws))).toEqual([`${member} * failed credentials_missing`]);
  });

  test("accounts that the organization does not list to us", async () => {
    const { aws } = await start({
      faults: [{ service: "organizations", kind: "deny" }],
      provider: inOrganization,
    });
    const read = await readInventory(aws);
    expect(gapsOf(read)).toEqual(["* * denied access_denied"]);
    expect(new Set(read.resources.map(({ account }) => account))).toEqual(new Set([management]));
  });

  test("accounts after those that the organization has listed", async () => {
    const estate = createEstate({ seed: 11, resources: 15_000, only: "aws" });
    const { aws } = await start({
      estate,
      faults: [{ operation: "ListAccounts", kind: "deny", after: 1 }],
      provider: inOrganization,
    });
    const read = await readInventory(aws, { regions: ["us-east-1"] });
    expect(gapsOf(read)).toEqual(["* * denied access_denied"]);
    const firstPage = new Set(estate.accounts.slice(0, 20).map(({ id }) => id));
    expect(estate.accounts.length).toBeGreaterThan(firstPage.size);
    expect(found(read)).toEqual(
      truth(({ account, region }) => firstPage.has(account) && region === "us-east-1", estate),
    );
  });

  test("opt-in Regions when Regions may not be listed; the others are read", async () => {
    const { aws } = await start({
      faults: [{ service: "ec2", operation: "DescribeRegions", kind: "deny" }],
    });
    const read = await readInventory(aws);
    expect(gapsOf(read)).toContain(`${management} af-south-1 denied access_denied`);
    expect(gapsOf(read)).not.toContain(`${management} us-east-1 denied access_denied`);
    expect(found(read)).toEqual(truth(({ account }) => account === management));
  });
});
