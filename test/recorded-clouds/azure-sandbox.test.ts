import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { startAzure } from "../../sandbox/azure/server.ts";
import { TENANT_ID } from "../../sandbox/azure/table.ts";
import { createEstate } from "../../sandbox/estate/estate.ts";
import { createFaultPlan, type FaultRule, type SandboxCall } from "../../sandbox/faults.ts";
import type { CloudServer } from "../../sandbox/server.ts";
import { type AzureProviderOptions, createAzureProvider } from "../../src/clouds/azure/provider.ts";
import { AppError, type ErrorCode } from "../../src/domain/errors.ts";
import { resourceKey } from "../../src/domain/resource.ts";
import { cellHolds } from "../../src/domain/scan/cell.ts";
import { EVERYTHING } from "../../src/domain/scan/scope.ts";
import type { CloudProvider } from "../../src/ports/cloud.ts";
import type { Logger } from "../../src/ports/logger.ts";
import { allResources, NEVER, readScope } from "./reading.ts";

const estate = createEstate({ seed: 20, resources: 60_000 });
const planted = estate.groups.filter((group) => group.cloud === "azure");
const faults = createFaultPlan();
const calls: SandboxCall[] = [];
const RETRY = { maxAttempts: 2, baseDelayMs: 1, maxDelayMs: 5000 };
const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** The subscription with the most resources, whose list has several pages. */
const LARGEST = largestAccount();
const SUBSCRIPTIONS = estate.accounts.filter(({ cloud }) => cloud === "azure");
const OTHER = SUBSCRIPTIONS.find(({ id }) => id !== LARGEST)?.id ?? "";

let server: CloudServer;
beforeAll(async () => {
  const onCall = (call: SandboxCall): void => {
    calls.push(call);
  };
  server = await startAzure({ estate, faults, port: 0, latencyMs: 0, quota: "off", onCall });
  // The credential chain is the real one: it finds the managed identity of the simulated cloud.
  for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);
  for (const name of ["AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_CLIENT_SECRET"])
    vi.stubEnv(name, undefined);
});
afterAll(async () => {
  await server.close();
  vi.unstubAllEnvs();
});
afterEach(() => {
  faults.replace([]);
});

function largestAccount(): string {
  const sizes = new Map<string, number>();
  for (const { account, count } of planted) sizes.set(account, (sizes.get(account) ?? 0) + count);
  return [...sizes].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? "";
}

function provider(options: Partial<AzureProviderOptions> = {}): CloudProvider {
  return createAzureProvider({ endpoint: server.url, logger: SILENT, retry: RETRY, ...options });
}

function plantedIn(matches: (group: (typeof planted)[number]) => boolean): number {
  return planted.filter(matches).reduce((sum, { count }) => sum + count, 0);
}

describe("Azure inventory against a simulated tenant", () => {
  it("reads every resource that exists, each once, as it is", async () => {
    calls.length = 0;
    const azure = provider();
    const read = await readScope(azure);
    expect(read.cells.map(({ error }) => error)).toEqual(SUBSCRIPTIONS.map(() => undefined));
    expect(read.cells.map(({ cell }) => cell.account).toSorted()).toEqual(
      SUBSCRIPTIONS.map(({ id }) => id).toSorted(),
    );
    const found = new Map(allResources(read).map((one) => [resourceKey("azure", one.id), one]));
    expect(allResources(read)).toHaveLength(estate.truth("azure").total);
    expect(found.size).toBe(estate.truth("azure").total);
    let differing = 0;
    for (const group of planted)
      for (let index = 0; index < group.count; index += 1) {
        const resource = estate.resource(group, index);
        const { id, account, region, type, tags } = resource;
        // Ids in links are in one case, because Azure spells one in several.
        const links = JSON.stringify(estate.linksOf(resource)).toLowerCase();
        const seen = found.get(resourceKey("azure", id));
        const same =
          seen?.account === account &&
          seen.region === region &&
          seen.type === type &&
          JSON.stringify(seen.tags) === JSON.stringify(tags) &&
          JSON.stringify(seen.links ?? []) === links;
        if (!same) differing += 1;
      }
    expect(differing).toBe(0);
    expect(azure.apiCalls()).toBe(calls.length);
  });

  it("divides a scope of regions and types into cells that do not overlap", async () => {
    const regions = [...new Set(planted.map(({ region }) => region))].slice(0, 2);
    const resourceTypes = [
      "Microsoft.Compute/virtualMachines",
      "Microsoft.Resources/subscriptions/resourceGroups",
    ];
    const read = await readScope(provider(), { accounts: [LARGEST], regions, resourceTypes });
    expect(read.cells).toHaveLength(4);
    for (const { cell, resources } of read.cells) {
      expect(resources.every((resource) => cellHolds(cell, resource))).toBe(true);
      expect(resources).toHaveLength(
        plantedIn(
          ({ account, region, type }) =>
            account === cell.account && region === cell.region && type === cell.resourceType,
        ),
      );
    }
  });

  it("asks nothing about types that cannot carry tags, or that it does not know", async () => {
    const resourceTypes = ["Microsoft.Network/virtualNetworks/subnets", "x' or true or '"];
    const read = await readScope(provider(), { resourceTypes });
    expect(read).toEqual({ cells: [], gaps: [] });
  });

  it("names near matches of a subscription that does not exist", async () => {
    const typo = LARGEST.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
    const reading = readScope(provider(), { accounts: [typo] });
    await expect(reading).rejects.toMatchObject({ code: "invalid_input" });
    await expect(reading).rejects.toMatchObject({ hint: expect.stringContaining(LARGEST) });
  });

  it("governs the subscriptions of a management group", async () => {
    const azure = provider({ managementGroups: [TENANT_ID] });
    const read = await readScope(azure, { resourceTypes: ["Microsoft.KeyVault/vaults"] });
    expect(read.gaps).toEqual([]);
    expect(read.cells.map(({ cell }) => cell.account).toSorted()).toEqual(
      SUBSCRIPTIONS.map(({ id }) => id).toSorted(),
    );
  });

  it("shows a configured subscription that cannot be read as a gap", async () => {
    const foreign = "99999999-8888-4777-8666-555555555555";
    const read = await readScope(provider({ subscriptions: [LARGEST.toUpperCase(), foreign] }));
    expect(read.cells.map(({ cell }) => cell.account)).toEqual([LARGEST]);
    expect(read.gaps).toEqual([
      {
        cell: { cloud: "azure", account: foreign, region: "*", resourceType: "*" },
        status: "denied",
        reason: "access_denied",
        resources: 0,
      },
    ]);
  });
});

describe("Azure inventory under faults", () => {
  const graph: Pick<FaultRule, "service" | "account"> = {
    service: "resourcegraph",
    account: LARGEST,
  };

  it.each<[ErrorCode, string, FaultRule, boolean]>([
    ["cloud_denied", "denied", { ...graph, kind: "deny" }, false],
    ["cloud_throttled", "always throttled", { ...graph, kind: "throttle" }, false],
    ["credentials_expired", "an expired token", { ...graph, kind: "expire", times: 1 }, false],
    ["cloud_timeout", "a silent socket", { ...graph, kind: "hang" }, false],
    ["cloud_truncated", "a truncated answer", { ...graph, kind: "partial" }, false],
    ["cloud_page_expired", "an expired page token", { ...graph, kind: "expire", after: 1 }, true],
    ["cloud_denied", "denied on the second page", { ...graph, kind: "deny", after: 1 }, true],
  ])("is %s for %s, in that cell only", async (code, _, rule, somethingRead) => {
    faults.replace([rule]);
    const accounts = [LARGEST, OTHER];
    const read = await readScope(provider({ callTimeoutMs: 250 }), { accounts });
    expect(read.cells).toHaveLength(2);
    const broken = read.cells.filter(({ error }) => error !== undefined);
    expect(broken.map(({ cell }) => cell.account)).toEqual([LARGEST]);
    const [cell] = broken;
    expect(cell?.error).toBeInstanceOf(AppError);
    expect(cell?.error).toMatchObject({ code });
    expect((cell?.resources.length ?? 0) > 0).toBe(somethingRead);
  });

  it("gets over a throttle that ends", async () => {
    faults.replace([{ ...graph, kind: "throttle", times: 1 }]);
    const read = await readScope(provider(), { accounts: [LARGEST] });
    expect(read.cells.map(({ error }) => error)).toEqual([undefined]);
    expect(allResources(read)).toHaveLength(plantedIn(({ account }) => account === LARGEST));
  });

  it.each<[ErrorCode, FaultRule]>([
    ["cloud_denied", { service: "subscriptions", kind: "deny" }],
    ["credentials_expired", { service: "subscriptions", kind: "expire", times: 1 }],
    ["cloud_timeout", { service: "subscriptions", kind: "hang" }],
  ])("throws %s when subscriptions cannot be listed", async (code, rule) => {
    faults.replace([rule]);
    await expect(readScope(provider({ callTimeoutMs: 250 }))).rejects.toMatchObject({ code });
  });

  it("stops a hanging read at once", async () => {
    faults.replace([{ ...graph, kind: "hang" }]);
    calls.length = 0;
    const stop = new AbortController();
    const reading = readScope(provider(), { accounts: [LARGEST] }, stop.signal);
    await expect.poll(() => calls.some(({ service }) => service === "resourcegraph")).toBe(true);
    stop.abort();
    const { cells } = await reading;
    expect(cells.map(({ error }) => error)).toMatchObject([{ code: "cancelled" }]);
  });
});

describe("Azure inventory and the query quota", () => {
  it("keeps under the documented 15 queries in 5 seconds without being refused, many at once", async () => {
    const strict = await startAzure({ estate, faults, port: 0, latencyMs: 0 });
    for (const [name, value] of Object.entries(strict.env)) vi.stubEnv(name, value);
    const repeated: string[] = [];
    const logger = { ...SILENT, debug: (message: string) => void repeated.push(message) };
    const azure = provider({ endpoint: strict.url, logger });
    const counts = await readAtOnce(azure);
    await strict.close();
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(estate.truth("azure").total);
    expect(azure.apiCalls()).toBeGreaterThan(20);
    expect(repeated).toEqual([]);
  });
});

/** Resources of each cell, all cells read at the same time. */
async function readAtOnce(azure: CloudProvider): Promise<readonly number[]> {
  const planned = await Array.fromAsync(azure.inventory.plan(EVERYTHING, NEVER));
  return Promise.all(
    planned.map(async (one) => {
      if (one.kind === "gap") throw new Error("There should be no gap.");
      const pages = await Array.fromAsync(one.reader.read(NEVER));
      return pages.flat().length;
    }),
  );
}

describe("Azure subscriptions that share a query", () => {
  const crowd = createEstate({ seed: 21, resources: 6000 });
  const inCrowd = crowd.accounts.filter(({ cloud }) => cloud === "azure").map(({ id }) => id);
  const [first = "", second = ""] = inCrowd;
  const types = ["Microsoft.Compute/virtualMachines", "Microsoft.Compute/disks"];
  let small: CloudServer;
  beforeAll(async () => {
    const onCall = (call: SandboxCall): void => void calls.push(call);
    small = await startAzure({
      estate: crowd,
      faults,
      port: 0,
      latencyMs: 0,
      quota: "off",
      onCall,
    });
  });
  afterAll(() => small.close());
  const open = (options: Partial<AzureProviderOptions> = {}): CloudProvider => {
    for (const [name, value] of Object.entries(small.env)) vi.stubEnv(name, value);
    return provider({ endpoint: small.url, ...options });
  };
  const queries = (): number => calls.filter(({ service }) => service === "resourcegraph").length;
  const resourcesOf = (account: string): number =>
    crowd.truth("azure", (group) => group.account === account).total;

  it("are read by fewer queries than there are cells, each resource in its own cell", async () => {
    calls.length = 0;
    const read = await readScope(open(), { resourceTypes: types });
    expect(read.cells).toHaveLength(inCrowd.length * 2);
    expect(queries()).toBeLessThan(inCrowd.length);
    for (const { cell, resources, error } of read.cells) {
      expect(error).toBeUndefined();
      expect(resources.every((resource) => cellHolds(cell, resource))).toBe(true);
      const truth = crowd.truth(
        "azure",
        ({ account, type }) => account === cell.account && type === cell.resourceType,
      );
      expect(resources).toHaveLength(truth.total);
    }
  });

  it("show one that is denied as denied, though the shared answer only lacks it", async () => {
    faults.replace([{ service: "resourcegraph", account: second, kind: "deny" }]);
    const read = await readScope(open());
    const broken = read.cells.filter(({ error }) => error !== undefined);
    expect(broken).toMatchObject([{ cell: { account: second }, error: { code: "cloud_denied" } }]);
    expect(allResources(read)).toHaveLength(crowd.truth("azure").total - resourcesOf(second));
  });

  it.each<[FaultRule["kind"], ErrorCode]>([
    ["throttle", "cloud_throttled"],
    ["expire", "credentials_expired"],
    ["hang", "cloud_timeout"],
    ["partial", "cloud_truncated"],
  ])("are told apart when one of them makes the shared query fail: %s", async (kind, code) => {
    faults.replace([{ service: "resourcegraph", account: first, kind }]);
    const read = await readScope(open({ callTimeoutMs: 250 }), { accounts: inCrowd.slice(0, 5) });
    const broken = read.cells.filter(({ error }) => error !== undefined);
    expect(broken).toMatchObject([{ cell: { account: first }, error: { code } }]);
    const others = inCrowd.slice(1, 5).reduce((sum, id) => sum + resourcesOf(id), 0);
    expect(read.cells.flatMap(({ error, resources }) => (error ? [] : resources))).toHaveLength(
      others,
    );
  });

  it("stop together", async () => {
    const stop = new AbortController();
    faults.replace([{ service: "resourcegraph", account: first, kind: "hang", after: 1 }]);
    const planned = await Array.fromAsync(open().inventory.plan(EVERYTHING, stop.signal));
    const reads = planned.flatMap((one) =>
      one.kind === "gap" ? [] : [Array.fromAsync(one.reader.read(stop.signal))],
    );
    calls.length = 0;
    await expect.poll(queries).toBeGreaterThanOrEqual(1);
    stop.abort();
    const ended = await Promise.allSettled(reads);
    const failures = ended.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    expect(failures.length).toBeGreaterThan(0);
    expect(failures.every((error) => error instanceof AppError && error.code === "cancelled")).toBe(
      true,
    );
  });
});

describe("Azure tenants", () => {
  const elsewhere = "0f0f0f0f-1111-4222-8333-444444444444";
  const signedOut = () => {
    throw new AppError("config_invalid", "There is no such secret.");
  };

  it("are read side by side, and one that cannot be signed in to is a gap of its own", async () => {
    const azure = provider({
      tenants: [
        { tenantId: TENANT_ID },
        { tenantId: elsewhere, clientId: elsewhere, clientSecret: signedOut },
      ],
    });
    const read = await readScope(azure, { resourceTypes: ["Microsoft.KeyVault/vaults"] });
    expect(read.cells).toHaveLength(SUBSCRIPTIONS.length);
    expect(read.gaps).toMatchObject([{ cell: { account: elsewhere }, status: "failed" }]);
  });

  it("count a subscription that two of them see once", async () => {
    const azure = provider({ tenants: [{ tenantId: TENANT_ID }, { tenantId: elsewhere }] });
    const read = await readScope(azure, { resourceTypes: ["Microsoft.KeyVault/vaults"] });
    expect(new Set(read.cells.map(({ cell }) => cell.account)).size).toBe(read.cells.length);
  });

  it("fail as a whole when not one answers", async () => {
    const tenants = [{ tenantId: elsewhere, clientId: elsewhere, clientSecret: signedOut }];
    await expect(readScope(provider({ tenants }))).rejects.toMatchObject({
      code: "config_invalid",
    });
  });

  it("do not make an account unknown that a silent one may hold", async () => {
    const azure = provider({
      tenants: [
        { tenantId: TENANT_ID },
        { tenantId: elsewhere, clientId: elsewhere, clientSecret: signedOut },
      ],
    });
    const read = await readScope(azure, { accounts: [elsewhere] });
    expect(read).toMatchObject({ cells: [], gaps: [{ cell: { account: elsewhere } }] });
  });
});

describe("Azure doctor", () => {
  const diagnose = async (options: Partial<AzureProviderOptions> = {}) => {
    const { doctor } = provider(options);
    if (doctor === undefined) throw new Error("Azure has no doctor.");
    const checks = await Array.fromAsync(doctor.checks(NEVER));
    return checks.map(({ account, permission, state }) => `${permission} ${account} ${state}`);
  };
  const reader = "*/read (role Reader)";

  it("finds nothing missing for a reader of the tenant", async () => {
    const found = await diagnose({ managementGroups: [TENANT_ID] });
    expect(found).toEqual([
      "Microsoft.Resources/subscriptions/read * ok",
      `Microsoft.Management/managementGroups/read ${TENANT_ID} ok`,
      "Microsoft.ResourceGraph/resources/read * ok",
      ...SUBSCRIPTIONS.map(({ id }) => `${reader} ${id} ok`),
      "Microsoft.Insights/eventtypes/values/read * not_needed",
    ]);
  });

  it("tries the Activity Log of each subscription where it is asked for who changed tags", async () => {
    faults.replace([{ service: "activitylog", account: OTHER, kind: "deny" }]);
    const found = await diagnose({ changeLog: true, subscriptions: [OTHER, LARGEST] });
    expect(found.filter((line) => line.startsWith("Microsoft.Insights"))).toEqual([
      `Microsoft.Insights/eventtypes/values/read ${OTHER} missing`,
      `Microsoft.Insights/eventtypes/values/read ${LARGEST} ok`,
    ]);
  });

  it("names the subscription that cannot be read", async () => {
    faults.replace([{ service: "resourcegraph", account: OTHER, kind: "deny" }]);
    const found = await diagnose();
    expect(found.filter((line) => line.endsWith("missing"))).toEqual([
      `${reader} ${OTHER} missing`,
    ]);
  });

  it("names a management group that is not there, and says what could not be told", async () => {
    const found = await diagnose({ managementGroups: ["nobody"], subscriptions: [OTHER] });
    expect(found).toContain("Microsoft.Management/managementGroups/read nobody unknown");
    faults.replace([{ service: "resourcegraph", kind: "throttle" }]);
    expect(await diagnose({ subscriptions: [OTHER] })).toContain(`${reader} ${OTHER} unknown`);
  });

  it("throws what keeps everything from being tried", async () => {
    faults.replace([{ service: "subscriptions", kind: "expire", times: 1 }]);
    await expect(diagnose()).rejects.toMatchObject({ code: "credentials_expired" });
  });
});

describe("Azure provider", () => {
  it("makes no call before it is asked", async () => {
    calls.length = 0;
    const azure = provider();
    expect(azure.resourceTypes.length).toBeGreaterThan(60);
    expect(azure.regions).toContain("westeurope");
    expect([azure.apiCalls(), calls.length]).toEqual([0, 0]);
    await azure.close();
    const stopped = azure.inventory.plan(
      { clouds: ["azure"], accounts: [], regions: [], resourceTypes: [] },
      NEVER,
    );
    await expect(Array.fromAsync(stopped)).rejects.toMatchObject({ code: "cancelled" });
  });

  it("knows every region and type of the estate by name", () => {
    const azure = provider();
    for (const { region, type } of planted) {
      expect(azure.regions).toContain(region);
      expect(azure.resourceTypes.map(({ id }) => id)).toContain(type);
    }
  });
});
