import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createEstate } from "../../sandbox/estate/estate.ts";
import { createFaultPlan, type FaultRule, type SandboxCall } from "../../sandbox/faults.ts";
import { FOLDER, ORGANIZATION } from "../../sandbox/gcp/hierarchy.ts";
import { startGcp } from "../../sandbox/gcp/server.ts";
import type { CloudServer } from "../../sandbox/server.ts";
import { createGcpProvider, type GcpProviderOptions } from "../../src/clouds/gcp/provider.ts";
import { AppError, type ErrorCode } from "../../src/domain/errors.ts";
import { cellHolds } from "../../src/domain/scan/cell.ts";
import type { CloudProvider } from "../../src/ports/cloud.ts";
import type { Logger } from "../../src/ports/logger.ts";
import { allResources, NEVER, readScope } from "./reading.ts";

const estate = createEstate({ seed: 20, resources: 90_000 });
const planted = estate.groups.filter((group) => group.cloud === "gcp");
const PROJECTS = estate.accounts.filter(({ cloud }) => cloud === "gcp");
const faults = createFaultPlan();
const calls: SandboxCall[] = [];
const RETRY = { maxAttempts: 2, baseDelayMs: 1, maxDelayMs: 1000 };
const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** The project with the most resources, whose list has several pages. */
const LARGEST = largestAccount();
const OTHER = PROJECTS.find(({ id }) => id !== LARGEST)?.id ?? "";

let server: CloudServer;
beforeAll(async () => {
  const onCall = (call: SandboxCall): void => {
    calls.push(call);
  };
  server = await startGcp({ estate, faults, port: 0, latencyMs: 0, onCall });
  // Application Default Credentials are the real ones: they find the simulated metadata server.
  for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);
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

function provider(options: Partial<GcpProviderOptions> = {}): CloudProvider {
  return createGcpProvider({ endpoint: server.url, logger: SILENT, retry: RETRY, ...options });
}

function plantedIn(matches: (group: (typeof planted)[number]) => boolean): number {
  return planted.filter(matches).reduce((sum, { count }) => sum + count, 0);
}

describe("GCP inventory against a simulated organization", () => {
  it("reads every resource that exists, each once, as it is", async () => {
    calls.length = 0;
    const gcp = provider();
    const read = await readScope(gcp);
    expect(read.cells.map(({ error }) => error)).toEqual(PROJECTS.map(() => undefined));
    expect(read.cells.map(({ cell }) => cell.account)).toEqual(
      PROJECTS.map(({ id }) => id).toSorted(),
    );
    const found = new Map(allResources(read).map((resource) => [resource.id, resource]));
    expect(allResources(read)).toHaveLength(estate.truth("gcp").total);
    expect(found.size).toBe(estate.truth("gcp").total);
    let differing = 0;
    for (const group of planted)
      for (let index = 0; index < group.count; index += 1) {
        const resource = estate.resource(group, index);
        const { id, account, region, type, tags, createdAt } = resource;
        const links = JSON.stringify(estate.linksOf(resource));
        const seen = found.get(id);
        const same =
          seen?.account === account &&
          seen.region === region &&
          seen.type === type &&
          seen.createdAt === new Date(createdAt).toISOString() &&
          JSON.stringify(seen.tags) === JSON.stringify(tags) &&
          JSON.stringify(seen.links ?? []) === links;
        if (!same) differing += 1;
      }
    expect(differing).toBe(0);
    expect(gcp.apiCalls()).toBe(calls.length);
  });

  it("keeps Resource Manager tags of the organization apart from labels", async () => {
    const all = allResources(await readScope(provider()));
    const [organization] = all[0]?.inheritedTags?.map(({ from }) => from) ?? [];
    expect(organization).toMatch(/\/organizations\/\d+$/);
    const told = new Set(all.map(({ inheritedTags }) => JSON.stringify(inheritedTags)));
    expect(told.size).toBe(1);
    expect(all[0]?.inheritedTags?.[0]).toMatchObject({
      key: expect.stringMatching(/^\d+\/data-residency$/),
      value: "eu",
    });
    const labels = all.flatMap(({ tags }) => (tags ?? []).map(({ key }) => key));
    expect(labels.filter((key) => key.includes("data-residency"))).toEqual([]);
  });

  it("divides a scope of regions and types into cells that do not overlap", async () => {
    const regions = [...new Set(planted.map(({ region }) => region))].filter((r) => r !== "global");
    const resourceTypes = ["compute.googleapis.com/Instance", "storage.googleapis.com/Bucket"];
    const read = await readScope(provider(), { accounts: [LARGEST], regions, resourceTypes });
    expect(read.cells).toHaveLength(regions.length * 2);
    for (const { cell, resources } of read.cells) {
      expect(resources.every((resource) => cellHolds(cell, resource))).toBe(true);
      expect(resources).toHaveLength(
        plantedIn(
          ({ account, region, type }) =>
            account === cell.account && region === cell.region && type === cell.resourceType,
        ),
      );
    }
    expect(allResources(read).length).toBeGreaterThan(0);
  });

  it("finds what has no region under global", async () => {
    const read = await readScope(provider(), { accounts: [LARGEST], regions: ["global"] });
    expect(allResources(read)).toHaveLength(
      plantedIn(({ account, region }) => account === LARGEST && region === "global"),
    );
    expect(allResources(read).length).toBeGreaterThan(0);
  });

  it("asks nothing about types that cannot carry labels, or that it does not know", async () => {
    const resourceTypes = ["compute.googleapis.com/Network", ".*"];
    expect(await readScope(provider(), { resourceTypes })).toEqual({ cells: [], gaps: [] });
  });

  it("names near matches of a project that does not exist", async () => {
    const reading = readScope(provider(), { accounts: [`${LARGEST}x`] });
    await expect(reading).rejects.toMatchObject({ code: "invalid_input" });
    await expect(reading).rejects.toMatchObject({ hint: expect.stringContaining(LARGEST) });
  });

  it("reads configured projects without listing any, and is told which it may not read", async () => {
    calls.length = 0;
    const read = await readScope(provider({ projects: [LARGEST, "somebody-elses"] }));
    expect(calls.some(({ service }) => service === "cloudresourcemanager")).toBe(false);
    expect(read.cells.map(({ error }) => error)).toMatchObject([
      undefined,
      { code: "cloud_denied" },
    ]);
  });
});

describe("GCP inventory under faults", () => {
  const search: Pick<FaultRule, "service" | "account"> = {
    service: "cloudasset",
    account: LARGEST,
  };

  it.each<[ErrorCode, string, FaultRule, boolean]>([
    ["cloud_denied", "denied", { ...search, kind: "deny" }, false],
    ["cloud_throttled", "always throttled", { ...search, kind: "throttle" }, false],
    ["credentials_expired", "an expired token", { ...search, kind: "expire", times: 1 }, false],
    ["cloud_timeout", "a silent socket", { ...search, kind: "hang" }, false],
    ["cloud_unavailable", "failing after a first page", { ...search, kind: "partial" }, true],
    ["cloud_page_expired", "an expired page token", { ...search, kind: "expire", after: 1 }, true],
    ["cloud_denied", "denied on the second page", { ...search, kind: "deny", after: 1 }, true],
  ])("is %s for %s, in that cell only", async (code, _, rule, somethingRead) => {
    faults.replace([rule]);
    const accounts = [LARGEST, OTHER];
    const read = await readScope(provider({ callTimeoutMs: 500 }), { accounts });
    expect(read.cells).toHaveLength(2);
    const broken = read.cells.filter(({ error }) => error !== undefined);
    expect(broken.map(({ cell }) => cell.account)).toEqual([LARGEST]);
    const [cell] = broken;
    expect(cell?.error).toBeInstanceOf(AppError);
    expect(cell?.error).toMatchObject({ code });
    expect((cell?.resources.length ?? 0) > 0).toBe(somethingRead);
  });

  it("gets over a throttle that ends", async () => {
    faults.replace([{ ...search, kind: "throttle", times: 1 }]);
    const read = await readScope(provider(), { accounts: [LARGEST] });
    expect(read.cells.map(({ error }) => error)).toEqual([undefined]);
    expect(allResources(read)).toHaveLength(plantedIn(({ account }) => account === LARGEST));
  });

  it.each<[ErrorCode, FaultRule]>([
    ["cloud_denied", { service: "cloudresourcemanager", kind: "deny" }],
    ["credentials_expired", { service: "cloudresourcemanager", kind: "expire", times: 1 }],
    ["cloud_timeout", { service: "cloudresourcemanager", kind: "hang" }],
  ])("throws %s when projects cannot be listed", async (code, rule) => {
    faults.replace([rule]);
    await expect(readScope(provider({ callTimeoutMs: 500 }))).rejects.toMatchObject({ code });
  });

  it("stops a hanging read at once", async () => {
    faults.replace([{ ...search, kind: "hang" }]);
    calls.length = 0;
    const stop = new AbortController();
    const reading = readScope(provider(), { accounts: [LARGEST] }, stop.signal);
    await expect.poll(() => calls.some(({ service }) => service === "cloudasset")).toBe(true);
    stop.abort();
    const { cells } = await reading;
    expect(cells.map(({ error }) => error)).toMatchObject([{ code: "cancelled" }]);
  });
});

describe("GCP projects that share a search", () => {
  const organization = ORGANIZATION.replace("organizations/", "");
  const folder = FOLDER.replace("folders/", "");
  const searches = (): number => calls.filter(({ service }) => service === "cloudasset").length;
  const sizeOf = (id: string): number => plantedIn(({ account }) => account === id);

  it.each([
    ["an organization", { organization }],
    ["a folder", { folders: [folder] }],
    ["both, each project once", { organization, folders: [folder] }],
  ])("of %s are read whole, each resource in its own cell", async (_, options) => {
    const read = await readScope(provider(options));
    expect(read.cells.map(({ cell }) => cell.account).toSorted()).toEqual(
      PROJECTS.map(({ id }) => id).toSorted(),
    );
    for (const { cell, resources, error } of read.cells) {
      expect(error).toBeUndefined();
      expect(resources.every((resource) => cellHolds(cell, resource))).toBe(true);
      expect(resources).toHaveLength(sizeOf(cell.account));
    }
  });

  it("are read by fewer searches than there are cells, in a region and a type, too", async () => {
    calls.length = 0;
    const resourceTypes = ["run.googleapis.com/Service", "container.googleapis.com/Cluster"];
    const regions = ["us-central1", "europe-west1"];
    const read = await readScope(provider({ organization }), { regions, resourceTypes });
    expect(read.cells).toHaveLength(PROJECTS.length * 4);
    expect(searches()).toBeLessThan(PROJECTS.length);
    for (const { cell, resources } of read.cells)
      expect(resources).toHaveLength(
        plantedIn(
          ({ account, region, type }) =>
            account === cell.account && region === cell.region && type === cell.resourceType,
        ),
      );
  });

  it("are joined by size once they were read", async () => {
    const gcp = provider({ organization });
    const costOf = async (): Promise<number> => {
      calls.length = 0;
      expect(allResources(await readScope(gcp))).toHaveLength(estate.truth("gcp").total);
      return searches();
    };
    const first = await costOf();
    expect(await costOf()).toBeLessThan(first);
  });

  it.each<[FaultRule["kind"]]>([["deny"], ["throttle"], ["partial"], ["expire"], ["hang"]])(
    "are searched one by one where the organization's search fails: %s",
    async (kind) => {
      // The first search lists the projects, the second one is theirs together.
      faults.replace([{ service: "cloudasset", account: "", kind, after: 1 }]);
      const read = await readScope(provider({ organization, callTimeoutMs: 300 }), {
        resourceTypes: ["pubsub.googleapis.com/Topic"],
      });
      expect(read.cells.every(({ error }) => error === undefined)).toBe(true);
      expect(allResources(read)).toHaveLength(
        plantedIn(({ type }) => type === "pubsub.googleapis.com/Topic"),
      );
    },
  );

  it("leave a folder that cannot be listed as a gap", async () => {
    const read = await readScope(provider({ folders: [folder, "999"] }), {
      resourceTypes: ["pubsub.googleapis.com/Topic"],
    });
    expect(read.cells).toHaveLength(PROJECTS.length);
    expect(read.gaps).toMatchObject([{ cell: { account: "folders/999" }, status: "denied" }]);
    const one = await readScope(provider({ folders: [folder, "999"] }), {
      accounts: ["somebody-elses"],
    });
    expect(one).toMatchObject({ cells: [], gaps: [{ cell: { account: "folders/999" } }] });
    await expect(readScope(provider({ folders: ["999"] }))).rejects.toMatchObject({
      code: "cloud_denied",
    });
  });
});

describe("GCP inventory and the search quota", () => {
  it("waits instead of being refused when it is paced", async () => {
    const slept: number[] = [];
    let now = 0;
    const timing = {
      now: () => now,
      random: () => 0,
      sleep: async (ms: number) => {
        slept.push(ms);
        now += ms;
      },
    };
    const gcp = provider({ paced: true, timing });
    const resourceTypes = ["pubsub.googleapis.com/Topic", "run.googleapis.com/Service"];
    const { cells } = await readScope(gcp, { resourceTypes });
    expect(cells.every(({ error }) => error === undefined)).toBe(true);
    // A burst of seven, then 6.55 a second.
    expect(slept.length).toBeGreaterThan(5);
    expect(Math.max(...slept)).toBeLessThanOrEqual(153);
  });
});

describe("GCP doctor", () => {
  const diagnose = async (options: Partial<GcpProviderOptions> = {}) => {
    const { doctor } = provider(options);
    if (doctor === undefined) throw new Error("Google Cloud has no doctor.");
    const checks = await Array.fromAsync(doctor.checks(NEVER));
    return checks.map(({ account, permission, state }) => `${permission} ${account} ${state}`);
  };
  const search = "cloudasset.assets.searchAllResources";

  it("finds nothing missing for a viewer of every project", async () => {
    expect(await diagnose()).toEqual([
      "resourcemanager.projects.get * ok",
      ...PROJECTS.map(({ id }) => id)
        .toSorted()
        .map((id) => `${search} ${id} ok`),
      "API cloudasset.googleapis.com * ok",
      "serviceusage.services.use * not_needed",
      "logging.logEntries.list * not_needed",
    ]);
  });

  it("tries the audit log of each project where it is asked for who changed labels", async () => {
    faults.replace([{ service: "logging", account: OTHER, kind: "deny" }]);
    const checks = await diagnose({ changeLog: true, projects: [LARGEST, OTHER] });
    expect(checks.filter((line) => line.startsWith("logging."))).toEqual([
      `logging.logEntries.list ${LARGEST} ok`,
      `logging.logEntries.list ${OTHER} missing`,
    ]);
  });

  it("names the project that cannot be read, and the folder", async () => {
    faults.replace([{ service: "cloudasset", account: OTHER, kind: "deny" }]);
    const missing = (lines: readonly string[]) => lines.filter((line) => line.endsWith("missing"));
    expect(missing(await diagnose({ projects: [LARGEST, OTHER] }))).toEqual([
      `${search} ${OTHER} missing`,
    ]);
    expect(missing(await diagnose({ folders: ["999"] }))).toEqual([
      `${search} folders/999 missing`,
    ]);
  });

  it("says what could not be told, and that projects cannot be listed", async () => {
    faults.replace([{ service: "cloudasset", kind: "throttle" }]);
    expect(await diagnose({ projects: [OTHER] })).toContain(`${search} ${OTHER} unknown`);
    faults.replace([{ service: "cloudresourcemanager", kind: "deny" }]);
    expect(await diagnose()).toContain("resourcemanager.projects.get * missing");
  });

  it("throws what keeps everything from being tried", async () => {
    faults.replace([{ service: "cloudasset", kind: "expire", times: 1 }]);
    await expect(diagnose({ projects: [OTHER] })).rejects.toMatchObject({
      code: "credentials_expired",
    });
  });
});

describe("GCP provider", () => {
  it("makes no call before it is asked, and none after it is closed", async () => {
    calls.length = 0;
    const gcp = provider();
    expect([gcp.apiCalls(), calls.length]).toEqual([0, 0]);
    await gcp.close();
    await expect(readScope(gcp)).rejects.toMatchObject({ code: "cancelled" });
    expect(calls).toEqual([]);
  });

  it("knows every region and type of the estate by name", () => {
    const gcp = provider();
    for (const { region, type } of planted) {
      expect(gcp.regions).toContain(region);
      expect(gcp.resourceTypes.map(({ id }) => id)).toContain(type);
    }
  });
});
