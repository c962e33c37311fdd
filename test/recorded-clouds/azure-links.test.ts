import { afterEach, describe, expect, it, vi } from "vitest";
import { type AzureServerOptions, startAzure } from "../../sandbox/azure/server.ts";
import { createEstate } from "../../sandbox/estate/estate.ts";
import { createFaultPlan } from "../../sandbox/faults.ts";
import type { CloudServer } from "../../sandbox/server.ts";
import { createAzureProvider } from "../../src/clouds/azure/provider.ts";
import { resourceKey } from "../../src/domain/resource.ts";
import { EVERYTHING } from "../../src/domain/scan/scope.ts";
import type { CloudProvider } from "../../src/ports/cloud.ts";
import type { Logger } from "../../src/ports/logger.ts";
import { allResources, NEVER, readScope, type ScopeRead } from "./reading.ts";

/** What a tenant sees whose Resource Graph does not take the columns that tell of networks. */

const estate = createEstate({ seed: 22, resources: 20_000 });
const total = estate.truth("azure").total;

interface Tenant {
  readonly azure: CloudProvider;
  readonly warnings: readonly string[];
  /** Calls that were repeated. */
  readonly repeated: readonly string[];
}

const servers: CloudServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  vi.unstubAllEnvs();
});

async function open(options: Partial<AzureServerOptions>): Promise<Tenant> {
  const faults = createFaultPlan();
  const base = { estate, faults, port: 0, latencyMs: 0, quota: "off" } as const;
  const server = await startAzure({ ...base, ...options });
  servers.push(server);
  for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);
  for (const name of ["AZURE_CLIENT_ID", "AZURE_TENANT_ID"]) vi.stubEnv(name, undefined);
  const warnings: string[] = [];
  const repeated: string[] = [];
  const logger: Logger = {
    debug: (message) => void repeated.push(message),
    info() {},
    warn: (message) => void warnings.push(message),
    error() {},
  };
  return { azure: createAzureProvider({ endpoint: server.url, logger }), warnings, repeated };
}

/** All cells at once, as a scan reads them. */
async function readAtOnce({ inventory }: CloudProvider): Promise<ScopeRead> {
  const planned = await Array.fromAsync(inventory.plan(EVERYTHING, NEVER));
  const cells = planned.map(async (one) => {
    if (one.kind === "gap") throw new Error("There should be no gap.");
    const pages = await Array.fromAsync(one.reader.read(NEVER));
    return { cell: one.reader.cell, resources: pages.flat(), error: undefined };
  });
  return { cells: await Promise.all(cells), gaps: [] };
}

function keys(read: ScopeRead): ReadonlySet<string> {
  return new Set(allResources(read).map(({ id }) => resourceKey("azure", id)));
}

describe("Azure, where the columns of networks are refused", () => {
  it.each([
    ["as it cannot be parsed", ["InvalidQuery", "ParserFailure", "ParserFailure"]],
    ["as it makes no sense", ["InvalidQuery", "SemanticError"]],
  ])("reads every resource without links, for one refusal in all: %s", async (_, codes) => {
    const taken = await open({});
    const links = allResources(await readAtOnce(taken.azure)).filter((one) => one.links);
    expect(links.length).toBeGreaterThan(0);

    const refused = await open({ refuseComputedColumns: codes });
    const read = await readAtOnce(refused.azure);
    expect(allResources(read)).toHaveLength(total);
    expect(keys(read).size).toBe(total);
    expect(allResources(read).filter((one) => "links" in one)).toEqual([]);
    const first = refused.azure.apiCalls();
    expect(first).toBe(taken.azure.apiCalls() + 1);
    expect(refused.warnings).toHaveLength(1);
    expect(taken.warnings).toEqual([]);

    expect(allResources(await readScope(refused.azure))).toHaveLength(total);
    expect(refused.azure.apiCalls()).toBe(2 * first - 1);
    expect(refused.warnings).toHaveLength(1);
  });

  it("counts the refusal against the quota, and is not throttled", async () => {
    const codes = ["InvalidQuery", "ParserFailure"];
    const { azure, repeated } = await open({ refuseComputedColumns: codes, quota: "real" });
    // More queries than a window has.
    const types = ["Microsoft.Compute/disks", "Microsoft.Compute/virtualMachines"];
    for (const resourceTypes of [types, types, types]) await readScope(azure, { resourceTypes });
    await readAtOnce(azure);
    expect(azure.apiCalls()).toBeGreaterThan(15);
    expect(repeated).toEqual([]);
  });

  it.each([
    ["another error", ["TooManyRows"], "internal"],
    ["nothing said", [], "internal"],
    ["no subscription", ["NoValidSubscriptionsInQueryRequest"], "cloud_denied"],
    ["too large", ["ResponsePayloadTooLarge"], "cloud_truncated"],
  ])("fails as before on any other 400: %s", async (_, codes, code) => {
    const { azure, warnings } = await open({ refuseComputedColumns: codes });
    const { cells } = await readScope(azure);
    expect(cells.length).toBeGreaterThan(1);
    for (const { error } of cells) expect(error).toMatchObject({ code });
    expect(warnings).toEqual([]);
  });
});
