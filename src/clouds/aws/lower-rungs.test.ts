import { afterEach, describe, expect, test } from "vitest";
import type { ConfigOptions } from "../../../sandbox/aws/config.ts";
import { startAws } from "../../../sandbox/aws/server.ts";
import { createEstate } from "../../../sandbox/estate/estate.ts";
import type { EstateResource } from "../../../sandbox/estate/types.ts";
import { createFaultPlan, type FaultRule, type SandboxCall } from "../../../sandbox/faults.ts";
import { comparable, readInventory, silent } from "../../../test/moto/read-inventory.ts";
import { setEnvironment } from "../../../test/moto/server.ts";
import type { CloudProvider } from "../../ports/cloud.ts";
import { createAwsProvider } from "./provider.ts";

const estate = createEstate({ seed: 7, resources: 3000 });
const [management = "", member = ""] = estate.accounts
  .filter(({ cloud }) => cloud === "aws")
  .map(({ id }) => id);
const REGIONS = ["us-east-1", "eu-west-1"];

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

interface Setting {
  readonly config?: ConfigOptions;
  readonly aggregator?: string;
  readonly faults?: readonly FaultRule[];
}

/** An organization without Resource Explorer. */
async function start({ config, aggregator = "organization", faults }: Setting): Promise<{
  readonly aws: CloudProvider;
  readonly calls: readonly SandboxCall[];
}> {
  const calls: SandboxCall[] = [];
  const server = await startAws({
    estate,
    faults: createFaultPlan(faults),
    port: 0,
    latencyMs: 0,
    resourceExplorer: { state: "off" },
    ...(config === undefined ? {} : { config }),
    onCall: (call) => calls.push(call),
  });
  const restore = setEnvironment(server.env);
  const aws = createAwsProvider({
    logger: silent,
    roleName: "reader",
    accounts: [management, member],
    configAggregator: config && { name: aggregator, region: "us-east-1" },
  });
  cleanups.push(
    () => server.close(),
    restore,
    () => aws.close(),
  );
  return { aws, calls };
}

const allResources = estate.groups.flatMap((group) =>
  group.cloud === "aws"
    ? Array.from({ length: group.count }, (_, at) => estate.resource(group, at))
    : [],
);

function truth(type: string, keep: (resource: EstateResource) => boolean = () => true) {
  return allResources
    .filter(
      (resource) =>
        resource.type === type &&
        REGIONS.includes(resource.region) &&
        [management, member].includes(resource.account) &&
        keep(resource),
    )
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

const asFound = (resources: readonly EstateResource[]) =>
  resources.map(({ account, region, type, id, tags }) => ({
    account,
    region,
    type,
    id,
    tags: tags.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
  }));

async function read(aws: CloudProvider, ...resourceTypes: readonly string[]) {
  const { cells, resources } = await readInventory(aws, { regions: REGIONS, resourceTypes });
  return {
    found: resources.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(comparable),
    failures: cells.flatMap(({ failure }) => failure?.code ?? []),
    sees: new Set(cells.map(({ sees }) => sees)),
  };
}

const operationsOf = (calls: readonly SandboxCall[]) => new Set(calls.map((c) => c.operation));

// The sandbox's EC2 lists no volumes, so that only AWS Config can show those that never had a tag.
const VOLUMES = "ec2:volume";
const neverTagged = (resource: EstateResource) => resource.condition === "never_tagged";

describe("AWS Config, where Resource Explorer has no index", () => {
  test("shows every resource once, with its tags and age, and the never-tagged ones", async () => {
    const { aws, calls } = await start({ config: { state: "on" } });
    const { found, failures, sees } = await read(aws, VOLUMES);
    expect(truth(VOLUMES).some(neverTagged)).toBe(true);
    expect(failures).toEqual([]);
    expect(sees).toEqual(new Set(["everything"]));
    expect(found).toEqual(asFound(truth(VOLUMES)));
    const queries = calls.filter((c) => c.operation === "SelectAggregateResourceConfig");
    expect(new Set(queries.map((c) => `${c.account} ${c.region}`))).toEqual(
      new Set([`${management} us-east-1`]),
    );
  });

  const place = `${member} eu-west-1`;
  const untrusted: readonly (readonly [string, Partial<ConfigOptions>])[] = [
    ["a source that could not be copied", { failed: [place] }],
    ["a source whose copy is old", { outdated: [place] }],
    ["a recorder that is stopped", { stopped: [place] }],
  ];
  test.each(untrusted)("%s leaves its cell to the next source", async (_, options) => {
    const { aws, calls } = await start({ config: { state: "on", ...options } });
    const { found, failures } = await read(aws, VOLUMES);
    // The next source is the service itself, which the sandbox lacks: then what was ever tagged.
    expect(failures).toEqual(["cloud_unsupported"]);
    const there = (r: EstateResource) => `${r.account} ${r.region}` === place;
    expect(truth(VOLUMES, (r) => there(r) && neverTagged(r)).length).toBeGreaterThan(0);
    expect(found).toEqual(asFound(truth(VOLUMES, (r) => !there(r) || !neverTagged(r))));
    expect(operationsOf(calls)).toContain("SelectAggregateResourceConfig");
  });

  const silentOnes: readonly (readonly [string, Setting])[] = [
    [
      "a type that the recorders leave out",
      { config: { state: "on", types: ["AWS::SQS::Queue"] } },
    ],
    [
      "a type that Config turns out not to record",
      { config: { state: "on", unavailable: ["AWS::EC2::Volume", "AWS::EC2::Instance"] } },
    ],
    ["an aggregator that does not exist", { config: { state: "on" }, aggregator: "other" }],
    [
      "an aggregator that may not be queried",
      {
        config: { state: "on" },
        faults: [
          {
            cloud: "aws",
            service: "config",
            operation: "SelectAggregateResourceConfig",
            kind: "deny",
          },
        ],
      },
    ],
  ];
  test.each(silentOnes)("%s is listed by its own service", async (_, setting) => {
    const { aws, calls } = await start(setting);
    const { found, failures } = await read(aws, "ec2:instance");
    expect(failures).toEqual([]);
    expect(found).toEqual(asFound(truth("ec2:instance")));
    expect(operationsOf(calls)).toContain("DescribeInstances");
    const volumes = await read(aws, VOLUMES);
    expect(volumes.failures).toContain("cloud_unsupported");
  });

  test("is asked once for all cells of an account", async () => {
    const { aws, calls } = await start({ config: { state: "on" } });
    const types = [VOLUMES, "dynamodb:table", "rds:db", "kms:key", "sns:topic"];
    const { found } = await read(aws, ...types);
    const whole = types.flatMap((type) => truth(type)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(found).toEqual(asFound(whole));
    const queries = calls.filter((c) => c.operation === "SelectAggregateResourceConfig");
    const pages = [management, member].map((id) =>
      Math.max(1, Math.ceil(whole.filter(({ account }) => account === id).length / 100)),
    );
    expect(queries).toHaveLength(pages.reduce((sum, n) => sum + n, 0));
  });
});

describe("Cloud Control, for types that are asked for by their CloudFormation name", () => {
  const typed = (type: string, name: string, keep?: (resource: EstateResource) => boolean) =>
    asFound(truth(type, keep)).map((resource) => ({ ...resource, type: name }));

  test.each([
    ["a list with the ARN", "sns:topic", "AWS::SNS::Topic"],
    ["a list without it: each is read by itself", "sqs:queue", "AWS::SQS::Queue"],
  ])("%s", async (_, type, name) => {
    const { aws } = await start({});
    const { found, failures, sees } = await read(aws, name);
    expect(truth(type).some(neverTagged)).toBe(true);
    expect(failures).toEqual([]);
    expect(sees).toEqual(new Set(["everything"]));
    expect(found).toEqual(typed(type, name));
  });

  test("without the tagging API, what has no tags to show is unknown, not untagged", async () => {
    const faults = [{ cloud: "aws", service: "tagging", kind: "deny" }] as const;
    const { aws } = await start({ faults });
    const { found, failures } = await read(aws, "AWS::SNS::Topic");
    expect(new Set(failures)).toEqual(new Set(["cloud_denied"]));
    const known = typed("sns:topic", "AWS::SNS::Topic").map((resource) =>
      resource.tags.length > 0 ? resource : { ...resource, tags: null },
    );
    expect(found).toEqual(known);
  });

  test.each([
    ["is listed for a parent only", "AWS::EKS::Nodegroup", "AWS::WAFv2::WebACL"],
    ["does not exist", "AWS::Unicorn::Stable", "AWS::S3::Unicorn"],
  ])("a type that %s ends unsupported", async (_, ...names) => {
    const { aws } = await start({});
    const { found, failures } = await read(aws, ...names);
    expect(found).toEqual([]);
    expect(new Set(failures)).toEqual(new Set(["cloud_unsupported"]));
  });

  test("a type of the long tail that the account has none of is read completely", async () => {
    const { aws, calls } = await start({});
    const { found, failures } = await read(aws, "ec2:dedicated-host", "apprunner:service");
    expect([found, failures]).toEqual([[], []]);
    expect(operationsOf(calls)).toContain("ListResources");
  });

  test("a list that breaks off gives what it had, and says so", async () => {
    const faults = [
      { cloud: "aws", service: "cloudcontrolapi", operation: "ListResources", kind: "partial" },
    ] as const;
    const { aws } = await start({ faults });
    const { found, failures } = await read(aws, "AWS::SNS::Topic");
    expect(failures.length).toBeGreaterThan(0);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThan(truth("sns:topic").length);
  });
});
