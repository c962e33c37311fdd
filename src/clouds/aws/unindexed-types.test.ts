import { afterEach, describe, expect, test } from "vitest";
import { type AwsOptions, startAws } from "../../../sandbox/aws/server.ts";
import { createWorld } from "../../../sandbox/aws/world.ts";
import { createEstate } from "../../../sandbox/estate/estate.ts";
import { createFaultPlan, type FaultRule, type SandboxCall } from "../../../sandbox/faults.ts";
import { silent } from "../../../test/moto/read-inventory.ts";
import { setEnvironment } from "../../../test/moto/server.ts";
import { runScan } from "../../app/scan.ts";
import type { Judge } from "../../domain/compliance/violation.ts";
import { createCatalogue } from "../../domain/resource-type.ts";
import { narrowScope } from "../../domain/scan/narrow.ts";
import { EVERYTHING } from "../../domain/scan/scope.ts";
import { createInventoryStore } from "../../storage/inventory.ts";
import { openSqlite } from "../../storage/sqlite.ts";
import { NOT_INDEXED } from "./explorer-types.ts";
import { createAwsProvider } from "./provider.ts";
import { AWS_RESOURCE_TYPES } from "./resource-types.ts";

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

const estate = createEstate({ seed: 7, resources: 300, only: "aws" });
const [account = "", member = ""] = estate.accounts.map(({ id }) => id);
const group = { account, region: "eu-west-1", cluster: "shop", name: "spot" };
const nodegroups = [
  group,
  { ...group, account: member, name: "one" },
  { ...group, account: member, name: "two" },
  { ...group, account: member, region: "ap-south-1" },
];
const workgroups = [
  { account, region: "eu-west-1", name: "reports" },
  { account: member, region: "sa-east-1", name: "reports" },
];
const CLUSTERS = 3;
const world = createWorld(estate);
/** Enabled Regions of all accounts. */
const PLACES = world.accounts
  .flatMap(({ id }) => world.regions(id))
  .filter(({ optInStatus }) => optInStatus !== "not-opted-in").length;
/** What the estate has, and what is planted beside it. */
const TOTAL = estate.truth("aws").total + CLUSTERS + nodegroups.length + 2 * workgroups.length;
const anyTag: Judge = {
  policyHash: "none",
  judge: ({ tags }) => ({
    verdict: tags === null || tags.length === 0 ? "unknown" : "compliant",
    violations: [],
  }),
};

/** An organization with an aggregator index, and what that does not show beside the estate. */
async function start(faults: readonly FaultRule[], aws: AwsOptions = {}) {
  const calls: SandboxCall[] = [];
  const server = await startAws({
    estate,
    faults: createFaultPlan(faults),
    nodegroups,
    workgroups,
    ...aws,
    port: 0,
    latencyMs: 0,
    onCall: (call) => calls.push(call),
  });
  cleanups.push(() => server.close(), setEnvironment(server.env));
  const provider = createAwsProvider({ logger: silent, roleName: "reader" });
  cleanups.push(() => provider.close());
  return { calls, provider };
}

interface Wanted {
  readonly faults?: readonly FaultRule[];
  readonly aws?: AwsOptions;
  /** Default: every type. */
  readonly resourceTypes?: readonly string[];
}

/** A scan of every Region of it. */
async function scanAll({ faults = [], aws, resourceTypes = [] }: Wanted = {}) {
  const { calls, provider } = await start(faults, aws);
  const clock = { now: () => Date.now() };
  const inventory = createInventoryStore(await openSqlite(":memory:"), { clock });
  cleanups.push(() => inventory.close());
  const catalogue = createCatalogue(AWS_RESOURCE_TYPES);
  const scan = (id: string) =>
    runScan(
      {
        providers: [provider],
        inventory,
        clock,
        logger: silent,
        ids: { next: () => id },
        cellConcurrency: 64,
      },
      {
        narrowed: narrowScope({ ...EVERYTHING, resourceTypes }, [provider], catalogue),
        judge: anyTag,
        snapshot: null,
        signal: new AbortController().signal,
      },
    );
  const { status } = await scan("first");
  const outcomes = await inventory.coverage(EVERYTHING);
  const rows = await inventory.breakdown({ scope: EVERYTHING, severities: [] });
  return {
    status,
    calls,
    scan,
    total: rows.reduce((sum, { counts }) => sum + counts.compliant + counts.unknown, 0),
    found: (type: string): readonly string[] =>
      rows
        .filter(({ resourceType }) => resourceType === type)
        .map((row) => `${row.account} ${row.region} ${row.counts.unknown}`)
        .toSorted(),
    problems: outcomes
      .filter((outcome) => outcome.status !== "complete")
      .map(({ cell, reason }) => `${cell.region} ${cell.resourceType} ${reason}`),
  };
}

const SUPPORTED_DENIED: FaultRule = {
  service: "resource-explorer-2",
  operation: "ListSupportedResourceTypes",
  kind: "deny",
};

const listsOf = (calls: readonly SandboxCall[], operation: string): number =>
  calls.filter((call) => call.operation === operation).length;

const NODEGROUPS = [
  `${account} eu-west-1 1`,
  `${member} ap-south-1 1`,
  `${member} eu-west-1 2`,
].toSorted();
const WORKGROUPS = workgroups.map((one) => `${one.account} ${one.region} 1`).toSorted();

describe("types that Resource Explorer does not support, in a scan of every type", () => {
  test("what never had a tag is found in indexed Regions, and only where it can be is it asked for", async () => {
    const { calls, found, total, problems, status } = await scanAll();
    expect(found("eks:nodegroup")).toEqual(NODEGROUPS);
    expect(found("redshift-serverless:workgroup")).toEqual(WORKGROUPS);
    expect(found("redshift-serverless:namespace")).toEqual(WORKGROUPS);
    expect(total).toBe(TOTAL);
    expect(problems).toEqual([]);
    expect(status).toBe("complete");
    const counted = (...operations: readonly string[]) =>
      Object.fromEntries(operations.map((name) => [name, listsOf(calls, name)]));
    expect(counted("ListClusters", "ListNodegroups", "DescribeNodegroup")).toEqual({
      ListClusters: 0,
      ListNodegroups: CLUSTERS,
      DescribeNodegroup: nodegroups.length,
    });
    expect(counted("ListNamespaces", "ListWorkgroups")).toEqual({
      ListNamespaces: PLACES,
      ListWorkgroups: workgroups.length,
    });
    // Of each account: what has no tag, what the tagging API may not show, and the clusters.
    expect(listsOf(calls, "ListResources")).toBe(3 * estate.accounts.length);
  });

  test("which types it supports is asked once for all accounts, and not again the same day", async () => {
    const { calls, scan } = await scanAll();
    expect(new Set(calls.map((call) => call.account)).size).toBeGreaterThan(1);
    await scan("second");
    expect(listsOf(calls, "ListSupportedResourceTypes")).toBe(1);
  });

  test("a second scan asks anew: nothing of the first is remembered", async () => {
    const { calls, scan } = await scanAll();
    const first = listsOf(calls, "ListNamespaces");
    await scan("second");
    expect(listsOf(calls, "ListNamespaces")).toBe(2 * first);
    expect(listsOf(calls, "ListNodegroups")).toBe(2 * CLUSTERS);
  });

  test("a refused list of the type's own is a named gap, and coverage is not complete", async () => {
    const { problems, status } = await scanAll({
      faults: [
        {
          service: "eks",
          operation: "ListNodegroups",
          region: group.region,
          account,
          kind: "deny",
        },
      ],
    });
    expect(problems).toEqual(["eu-west-1 eks:nodegroup access_denied"]);
    expect(status).toBe("partial");
  });

  test("an index that fails is no proof of no clusters: their own service lists them", async () => {
    const service = "resource-explorer-2";
    const { calls, found, problems } = await scanAll({
      faults: [{ service, operation: "ListResources", account: member, kind: "deny" }],
    });
    expect(found("eks:nodegroup")).toEqual(NODEGROUPS);
    expect(problems.filter((problem) => problem.includes("eks:"))).toEqual([]);
    const asked = calls.filter(({ operation }) => operation === "ListClusters");
    expect(new Set(asked.map((call) => call.account))).toEqual(new Set([member]));
    expect(asked.length).toBeGreaterThanOrEqual(17);
  });

  test("refused namespaces leave unknown what workgroups there are, and are asked once for both", async () => {
    const region = "eu-west-1";
    const { calls, problems, status, found } = await scanAll({
      faults: [
        {
          service: "redshift-serverless",
          operation: "ListNamespaces",
          account,
          region,
          kind: "deny",
        },
      ],
    });
    expect(problems.toSorted()).toEqual([
      "eu-west-1 redshift-serverless:namespace access_denied",
      "eu-west-1 redshift-serverless:workgroup access_denied",
    ]);
    expect(status).toBe("partial");
    expect(found("redshift-serverless:workgroup")).toEqual([`${member} sa-east-1 1`]);
    expect(listsOf(calls, "ListNamespaces")).toBe(PLACES);
  });

  test("an index that may not say what it supports: known gaps are closed, and no index cell is complete", async () => {
    const { found, total, problems, status, calls } = await scanAll({
      faults: [SUPPORTED_DENIED],
    });
    expect(found("eks:nodegroup")).toEqual(NODEGROUPS);
    expect(listsOf(calls, "ListClusters")).toBe(PLACES);
    expect(total).toBe(TOTAL);
    expect(status).toBe("partial");
    expect(new Set(problems.map((problem) => problem.split(" ").slice(1).join(" ")))).toEqual(
      new Set(["* tagged_only"]),
    );
  });

  test("the doctor names exactly the permission that the index needs", async () => {
    const { provider } = await start([SUPPORTED_DENIED]);
    const checks = await Array.fromAsync(
      provider.doctor?.checks(new AbortController().signal) ?? [],
    );
    const missing = checks.filter(({ state }) => state === "missing");
    expect(new Set(missing.map(({ permission }) => permission))).toEqual(
      new Set(["resource-explorer-2:ListSupportedResourceTypes"]),
    );
    // A trial asks the list itself, even where a scan would have no need to.
    const tried = checks.filter(
      ({ permission }) => permission === "redshift-serverless:ListWorkgroups",
    );
    expect(tried.map(({ state }) => state)).toContain("ok");
  });

  test("every type of the built-in list is one that we list natively", () => {
    const ids = new Set(AWS_RESOURCE_TYPES.map(({ id }) => id));
    expect([...NOT_INDEXED].filter((id) => !ids.has(id))).toEqual([]);
  });
});

describe("scans of these types alone", () => {
  test.each([
    ["without an index", { state: "off" }, PLACES],
    ["with an index", {}, 0],
  ] as const)("node groups %s", async (_, resourceExplorer, lists) => {
    const resourceTypes = ["eks:nodegroup"];
    const scanned = await scanAll({ aws: { resourceExplorer }, resourceTypes });
    expect(scanned.found("eks:nodegroup")).toEqual(NODEGROUPS);
    expect(scanned.total).toBe(nodegroups.length);
    expect(scanned.status).toBe("complete");
    expect(listsOf(scanned.calls, "ListClusters")).toBe(lists);
  });

  test("clusters and their node groups by a view that shows no tags: each cell has its own list", async () => {
    const { found, status } = await scanAll({
      aws: { resourceExplorer: { includesTags: false } },
      resourceTypes: ["eks:cluster", "eks:nodegroup"],
    });
    expect(found("eks:nodegroup")).toEqual(NODEGROUPS);
    expect(found("eks:cluster")).toHaveLength(CLUSTERS);
    expect(status).toBe("complete");
  });

  test("workgroups", async () => {
    const { found, status } = await scanAll({ resourceTypes: ["redshift-serverless:workgroup"] });
    expect(found("redshift-serverless:workgroup")).toEqual(WORKGROUPS);
    expect(status).toBe("complete");
  });
});
