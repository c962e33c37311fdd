import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { startAzure } from "../../sandbox/azure/server.ts";
import { TENANT_ID } from "../../sandbox/azure/table.ts";
import { createEstate } from "../../sandbox/estate/estate.ts";
import { createFaultPlan, FAULT_KINDS, type FaultRule } from "../../sandbox/faults.ts";
import { ORGANIZATION } from "../../sandbox/gcp/hierarchy.ts";
import { startGcp } from "../../sandbox/gcp/server.ts";
import { createAzureProvider } from "../../src/clouds/azure/provider.ts";
import { createGcpProvider } from "../../src/clouds/gcp/provider.ts";
import type { Cloud } from "../../src/domain/cloud.ts";
import type { CloudProvider } from "../../src/ports/cloud.ts";
import type { Logger } from "../../src/ports/logger.ts";
import { allResources, NEVER, readScope } from "../recorded-clouds/reading.ts";
import { createAzureOracle } from "./azure.ts";
import { createGcpOracle } from "./gcp.ts";
import { withSpecOracle, type WatchedServer } from "./proxy.ts";
import { isPublished } from "./published.ts";

/** What the product's own adapters send and are sent, held against what the vendors publish. */

const estate = createEstate({ seed: 23, resources: 60_000 });
const faults = createFaultPlan();
const sandbox = { estate, faults, port: 0, latencyMs: 0 } as const;
const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const OPTIONS = {
  logger: SILENT,
  retry: { maxAttempts: 2, baseDelayMs: 1, maxDelayMs: 20 },
} as const;

let server: WatchedServer;
afterEach(() => {
  faults.replace([]);
});

/** Each exchange is judged: an empty list of findings over no exchange would prove nothing. */
function findings(): unknown {
  return server.exchanges.length === 0 ? "nothing was sent" : server.violations;
}

function enter(watched: WatchedServer): void {
  server = watched;
  for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);
}

async function leave(): Promise<void> {
  await server.close();
  vi.unstubAllEnvs();
}

/** Its list has several pages. */
function largestAccount(cloud: Cloud): string {
  const sizeOf = (id: string): number => estate.truth(cloud, ({ account }) => account === id).total;
  const accounts = estate.accounts.filter((one) => one.cloud === cloud);
  return accounts.toSorted((a, b) => sizeOf(b.id) - sizeOf(a.id))[0]?.id ?? "";
}

/** Each fault at once, and the one that differs on a later page there, too. */
const FAULTS: readonly Pick<FaultRule, "kind" | "after">[] = [
  ...FAULT_KINDS.map((kind) => ({ kind })),
  { kind: "expire", after: 1 },
  { kind: "expire", after: 2 },
];

/** Reads one account under each fault. */
async function readUnderFaults(
  service: string,
  provider: (more: object) => CloudProvider,
): Promise<void> {
  for (const fault of FAULTS) {
    faults.replace([{ ...fault, service }]);
    const patience = fault.kind === "hang" ? { callTimeoutMs: 300 } : {};
    const cloud = provider(patience);
    await readScope(cloud, { accounts: [largestAccount(cloud.cloud)] });
  }
}

describe.skipIf(!isPublished("specs/azure"))(
  "the Azure adapter (needs ../shared/data/specs/azure)",
  () => {
    beforeAll(async () => {
      const azure = await startAzure({ ...sandbox, quota: "off" });
      enter(await withSpecOracle(azure, await createAzureOracle()));
    });
    afterAll(leave);
    const provider = (more: object = {}) =>
      createAzureProvider({ ...OPTIONS, endpoint: server.url, ...more });

    it("asks as published when it reads a tenant", async () => {
      expect(allResources(await readScope(provider()))).toHaveLength(estate.truth("azure").total);
      expect(findings()).toEqual([]);
    });

    it("asks as published for small subscriptions together, and when it tries permissions", async () => {
      const cloud = provider();
      const type = "Microsoft.KeyVault/vaults";
      const read = await readScope(cloud, { resourceTypes: [type] });
      expect(allResources(read)).toHaveLength(
        estate.truth("azure", (group) => group.type === type).total,
      );
      const bodies = server.exchanges.map(({ requestBody }) => JSON.stringify(requestBody));
      expect(bodies.some((body) => /summarize/.test(body))).toBe(true);
      await Array.fromAsync(cloud.doctor?.checks(NEVER) ?? []);
      expect(findings()).toEqual([]);
    });

    it("asks as published for a management group, a region and a type", async () => {
      const read = await readScope(provider({ managementGroups: [TENANT_ID] }), {
        regions: ["westeurope"],
        resourceTypes: ["Microsoft.Compute/disks"],
      });
      const wanted = estate.truth(
        "azure",
        ({ region, type }) => region === "westeurope" && type === "Microsoft.Compute/disks",
      );
      expect(allResources(read)).toHaveLength(wanted.total);
      expect(findings()).toEqual([]);
    });

    it("asks as published where the columns of networks are refused, and once for all", async () => {
      const refuseComputedColumns = ["InvalidQuery", "ParserFailure"];
      const azure = await startAzure({ ...sandbox, quota: "off", refuseComputedColumns });
      const watched = await withSpecOracle(azure, await createAzureOracle());
      const read = await readScope(createAzureProvider({ ...OPTIONS, endpoint: watched.url }));
      await watched.close();
      expect(allResources(read)).toHaveLength(estate.truth("azure").total);
      expect(watched.exchanges.filter(({ status }) => status === 400)).toHaveLength(1);
      expect(watched.violations).toEqual([]);
    });

    it("is answered as published when things go wrong", async () => {
      await readUnderFaults("resourcegraph", provider);
      const statuses = new Set(server.exchanges.map(({ status }) => status));
      expect(statuses).toEqual(new Set([200, 400, 401, 403, 429]));
      expect(findings()).toEqual([]);
    });
  },
);

describe.skipIf(!isPublished("specs/gcp"))(
  "the GCP adapter (needs ../shared/data/specs/gcp)",
  () => {
    beforeAll(async () => {
      enter(await withSpecOracle(await startGcp(sandbox), createGcpOracle()));
    });
    afterAll(leave);
    const provider = (more: object = {}) =>
      createGcpProvider({ ...OPTIONS, endpoint: server.url, ...more });

    it("asks as published when it reads every project", async () => {
      expect(allResources(await readScope(provider()))).toHaveLength(estate.truth("gcp").total);
      expect(findings()).toEqual([]);
    });

    it("asks as published for small projects together, and when it tries permissions", async () => {
      const organization = ORGANIZATION.replace("organizations/", "");
      const cloud = provider({ organization });
      const type = "pubsub.googleapis.com/Topic";
      const read = await readScope(cloud, { resourceTypes: [type] });
      expect(allResources(read)).toHaveLength(
        estate.truth("gcp", (group) => group.type === type).total,
      );
      expect(server.exchanges.some(({ target }) => /query=project%3A/.test(target))).toBe(true);
      await Array.fromAsync(cloud.doctor?.checks(NEVER) ?? []);
      expect(findings()).toEqual([]);
    });

    it("asks as published for an organization, a region and a type", async () => {
      const organization = ORGANIZATION.replace("organizations/", "");
      const read = await readScope(provider({ organization }), {
        regions: ["us-central1"],
        resourceTypes: ["compute.googleapis.com/Instance"],
      });
      const wanted = estate.truth(
        "gcp",
        ({ region, type }) =>
          region === "us-central1" && type === "compute.googleapis.com/Instance",
      );
      expect(allResources(read)).toHaveLength(wanted.total);
      expect(findings()).toEqual([]);
    });

    it("is answered as published when things go wrong", async () => {
      await readUnderFaults("cloudasset", provider);
      const statuses = new Set(server.exchanges.map(({ status }) => status));
      expect(statuses).toEqual(new Set([200, 400, 401, 403, 429, 503]));
      expect(findings()).toEqual([]);
    });
  },
);
