import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { startAzure } from "../../sandbox/azure/server.ts";
import { createBill, type DatedLine } from "../../sandbox/estate/bill.ts";
import { createEstate } from "../../sandbox/estate/estate.ts";
import { createFaultPlan } from "../../sandbox/faults.ts";
import type { CloudServer } from "../../sandbox/server.ts";
import { createAzureCosts } from "../../src/clouds/azure/costs.ts";
import type { CostDimension, CostGroup } from "../../src/domain/cost/cost-line.ts";
import type { CostRequest, CostSource } from "../../src/ports/costs.ts";
import type { Logger } from "../../src/ports/logger.ts";
import { createAzureOracle } from "../spec-oracles/azure.ts";
import { withSpecOracle, type WatchedServer } from "../spec-oracles/proxy.ts";
import { isPublished } from "../spec-oracles/published.ts";
import { allGroups, NEVER, sumsOf, truthOf } from "./billed-groups.ts";
import { classOf } from "./charge-kinds.ts";

const estate = createEstate({ seed: 5, resources: 2000 });
const bill = createBill(estate);
const faults = createFaultPlan();
const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const subscriptions = estate.accounts.filter(({ cloud }) => cloud === "azure");

function open(server: CloudServer): CostSource {
  for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);
  return createAzureCosts({
    endpoint: server.url,
    logger: SILENT,
    retry: { maxAttempts: 2, baseDelayMs: 1, maxDelayMs: 2000 },
  });
}

const OCTOBER = { from: "2026-10-01", to: "2026-11-01" };
const request = (more: Partial<CostRequest> = {}): CostRequest => ({
  period: OCTOBER,
  dimensions: [],
  keys: [{ tag: "CostCenter", spellings: ["CostCenter"], ignoreCase: true }],
  accounts: [],
  ...more,
});

/** Cost Management is asked for one metric, amortised. */
const amortised = (sums: ReturnType<typeof sumsOf>) =>
  Object.fromEntries(
    Object.entries(sums).flatMap(([key, { effective }]) =>
      effective === 0n ? [] : [[key, effective]],
    ),
  );

function expected({ period, keys, dimensions }: CostRequest, placeOf: (line: DatedLine) => string) {
  return amortised(
    truthOf(
      bill.truth("azure", { from: period.from, until: period.to }, (dated) => {
        const { line, month } = dated;
        // Grouped by something else, a purchase does not say who published it.
        const kind = classOf("azure", line.kind);
        const charge =
          kind === "marketplace" && dimensions.some((d) => d !== "account") ? "fee" : kind;
        const name = keys[0]?.tag.toLowerCase();
        const value = line.tags.find(({ key }) => key.toLowerCase() === name)?.value ?? "";
        return [month, charge, placeOf(dated), charge === "usage" ? value : ""].join("|");
      }),
    ),
  );
}

function read(groups: readonly CostGroup[]) {
  return amortised(
    sumsOf(groups, ({ month, charge, account, region, service, resourceType, resourceId, tags }) =>
      [
        month,
        charge,
        account ?? region ?? service ?? resourceType ?? resourceId ?? "",
        tags[0]?.value ?? "",
      ].join("|"),
    ),
  );
}

const PLACES: readonly (readonly [CostDimension | null, (dated: DatedLine) => string])[] = [
  [null, () => ""],
  ["account", ({ line }) => line.account],
  ["region", ({ line }) => line.region],
  ["service", ({ line }) => line.service],
  ["resource_type", ({ line }) => line.resource?.type ?? ""],
  ["resource", ({ line }) => line.resource?.id.toLowerCase() ?? ""],
];

describe("Cost Management", () => {
  let server: CloudServer;
  let source: CostSource;
  beforeAll(async () => {
    server = await startAzure({ estate, faults, port: 0, latencyMs: 0, quota: "off" });
    source = open(server);
  });
  afterEach(() => faults.replace([]));
  afterAll(async () => {
    await source.close();
    await server.close();
    vi.unstubAllEnvs();
  });

  for (const [dimension, placeOf] of PLACES)
    it(`adds up to the bill to the micro-unit, by ${dimension ?? "nothing"}`, async () => {
      const asked = request({
        period: { from: "2026-09-10", to: "2026-11-01" },
        dimensions: dimension === null ? [] : [dimension],
      });
      const reading = source.read(asked, NEVER);
      expect(read(await allGroups(reading))).toEqual(expected(asked, placeOf));
      expect(reading.facts()).toMatchObject({ missing: [], keys: [{ state: "active" }] });
    });

  it("names a subscription that may not be read, and does not count it as nothing", async () => {
    const denied = subscriptions[1]?.id ?? "";
    faults.replace([{ kind: "deny", service: "costmanagement", account: denied }]);
    const reading = source.read(request({ dimensions: ["account"] }), NEVER);
    const groups = await allGroups(reading);
    expect(groups.some(({ account }) => account === denied)).toBe(false);
    expect(reading.facts().missing).toEqual([
      { cloud: "azure", account: denied, period: OCTOBER, reason: "cloud_denied" },
    ]);
  });

  it("waits as long as Cost Management asks, and fails when nobody may be read", async () => {
    const [{ id } = { id: "" }] = subscriptions;
    faults.replace([{ kind: "throttle", service: "costmanagement", times: 1 }]);
    const reading = source.read(request({ accounts: [id] }), NEVER);
    expect(await allGroups(reading)).not.toEqual([]);
    expect(reading.facts().missing).toEqual([]);
    faults.replace([{ kind: "deny", service: "costmanagement" }]);
    await expect(allGroups(source.read(request(), NEVER))).rejects.toMatchObject({
      code: "cloud_denied",
    });
  });

  it("has no groups where a subscription has no costs of the period", async () => {
    const period = { from: "2019-01-01", to: "2019-02-01" };
    expect(await allGroups(source.read(request({ period }), NEVER))).toEqual([]);
  });
});

describe.skipIf(!isPublished("specs/azure"))(
  "Cost Management by its specification (needs ../shared/data/specs/azure)",
  () => {
    let server: WatchedServer;
    beforeAll(async () => {
      const real = await startAzure({ estate, faults, port: 0, latencyMs: 0, quota: "off" });
      server = await withSpecOracle(real, await createAzureOracle());
    });
    afterAll(async () => {
      await server.close();
      vi.unstubAllEnvs();
    });

    it("sends and is sent what Microsoft publishes, pages and refusals included", async () => {
      const source = open(server);
      await allGroups(source.read(request({ dimensions: ["resource"] }), NEVER));
      faults.replace([{ kind: "deny", service: "costmanagement", times: 1 }]);
      await allGroups(source.read(request(), NEVER));
      faults.replace([]);
      await source.close();
      const queries = server.exchanges.filter(({ operation }) => operation === "Query_Usage");
      expect(queries.length).toBeGreaterThan(subscriptions.length * 2);
      expect(queries.some(({ target }) => target.includes("skiptoken"))).toBe(true);
      expect(server.violations).toEqual([]);
    });
  },
);
