import { afterEach, describe, expect, test } from "vitest";
import { startAws } from "../../../sandbox/aws/server.ts";
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
const account = estate.accounts[0]?.id ?? "";
const group = { account, region: "eu-west-1", cluster: "shop", name: "spot" };
const anyTag: Judge = {
  policyHash: "none",
  judge: ({ tags }) => ({
    verdict: tags === null || tags.length === 0 ? "unknown" : "compliant",
    violations: [],
  }),
};

/** An organization with an aggregator index, and a node group beside the estate. */
async function start(faults: readonly FaultRule[]) {
  const calls: SandboxCall[] = [];
  const server = await startAws({
    estate,
    faults: createFaultPlan(faults),
    nodegroups: [group],
    port: 0,
    latencyMs: 0,
    onCall: (call) => calls.push(call),
  });
  cleanups.push(() => server.close(), setEnvironment(server.env));
  const provider = createAwsProvider({ logger: silent, roleName: "reader" });
  cleanups.push(() => provider.close());
  return { calls, provider };
}

/** A scan of every type in every Region of it. */
async function scanEverything(faults: readonly FaultRule[] = []) {
  const { calls, provider } = await start(faults);
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
        narrowed: narrowScope(EVERYTHING, [provider], catalogue),
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
    nodegroups: rows.filter(({ resourceType }) => resourceType === "eks:nodegroup"),
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

describe("types that Resource Explorer does not support, in a scan of every type", () => {
  test("a node group that never had a tag is found in an indexed Region", async () => {
    const found = await scanEverything();
    expect(found.nodegroups).toMatchObject([
      { account, region: group.region, counts: { unknown: 1 } },
    ]);
    expect(found.total).toBe(estate.truth("aws").total + 1);
    expect(found.problems).toEqual([]);
    expect(found.status).toBe("complete");
  });

  test("which types it supports is asked once for all accounts, and not again the same day", async () => {
    const { calls, scan } = await scanEverything();
    expect(new Set(calls.map((call) => call.account)).size).toBeGreaterThan(1);
    await scan("second");
    expect(listsOf(calls, "ListSupportedResourceTypes")).toBe(1);
  });

  test("a refused list of the type's own is a named gap, and coverage is not complete", async () => {
    const { problems, status } = await scanEverything([
      { service: "eks", operation: "ListClusters", region: group.region, account, kind: "deny" },
    ]);
    expect(problems).toEqual(["eu-west-1 eks:nodegroup access_denied"]);
    expect(status).toBe("partial");
  });

  test("an index that may not say what it supports: known gaps are closed, and no index cell is complete", async () => {
    const { nodegroups, total, problems, status } = await scanEverything([SUPPORTED_DENIED]);
    expect(nodegroups).toHaveLength(1);
    expect(total).toBe(estate.truth("aws").total + 1);
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
  });

  test("every type of the built-in list is one that we list natively", () => {
    const ids = new Set(AWS_RESOURCE_TYPES.map(({ id }) => id));
    expect([...NOT_INDEXED].filter((id) => !ids.has(id))).toEqual([]);
  });
});
