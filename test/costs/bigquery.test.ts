import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createBill, type DatedLine } from "../../sandbox/estate/bill.ts";
import { createEstate } from "../../sandbox/estate/estate.ts";
import { createFaultPlan } from "../../sandbox/faults.ts";
import { billingTable } from "../../sandbox/gcp/bigquery.ts";
import { startGcp } from "../../sandbox/gcp/server.ts";
import type { CloudServer } from "../../sandbox/server.ts";
import { createGcpCosts } from "../../src/clouds/gcp/costs.ts";
import type { CostDimension } from "../../src/domain/cost/cost-line.ts";
import type { CostRequest, CostSource } from "../../src/ports/costs.ts";
import type { Logger } from "../../src/ports/logger.ts";
import { createGcpOracle } from "../spec-oracles/gcp.ts";
import { withSpecOracle, type WatchedServer } from "../spec-oracles/proxy.ts";
import { isPublished } from "../spec-oracles/published.ts";
import { allGroups, NEVER, sumsOf, truthOf } from "./billed-groups.ts";

const estate = createEstate({ seed: 5, resources: 3000 });
const bill = createBill(estate);
const faults = createFaultPlan();
const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const home = estate.accounts.find(({ cloud }) => cloud === "gcp")?.id ?? "";

function open(server: CloudServer, maxBytes?: bigint): CostSource {
  for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);
  return createGcpCosts({
    endpoint: server.url,
    logger: SILENT,
    billingTable: billingTable(home),
    maxBytes,
    retry: { maxAttempts: 2, baseDelayMs: 1, maxDelayMs: 20 },
  });
}

const request = (
  dimensions: readonly CostDimension[],
  more: Partial<CostRequest> = {},
): CostRequest => ({
  period: { from: "2026-09-10", to: "2026-11-01" },
  dimensions,
  keys: [
    { tag: "CostCenter", spellings: ["cost_center", "cost-center"], ignoreCase: false },
    { tag: "Owner", spellings: ["owner"], ignoreCase: false },
  ],
  accounts: [],
  ...more,
});

const LABELS = new Set(["cost_center", "cost-center", "owner"]);
const CHARGES: Readonly<Record<string, string>> = {
  tax: "tax",
  refund: "adjustment",
  support: "support",
};
const tagText = (tags: readonly { readonly key: string; readonly value: string }[]): string =>
  tags
    .filter(({ key }) => LABELS.has(key))
    .map(({ key, value }) => `${key}=${value}`)
    .toSorted()
    .join();

function expected({ period, accounts }: CostRequest, placeOf: (dated: DatedLine) => string) {
  return truthOf(
    new Map(
      // The export has one metric.
      [
        ...bill.truth("gcp", { from: period.from, until: period.to }, (dated) =>
          accounts.length > 0 && !accounts.includes(dated.line.account)
            ? undefined
            : [
                dated.month,
                CHARGES[dated.line.kind] ?? "usage",
                placeOf(dated),
                dated.line.resource !== null,
                tagText(dated.line.tags),
              ].join("|"),
        ),
      ].map(([key, { billedMicros }]) => [key, { billedMicros, effectiveMicros: billedMicros }]),
    ),
  );
}

async function read(source: CostSource, asked: CostRequest) {
  const reading = source.read(asked, NEVER);
  const groups = await allGroups(reading);
  const sums = sumsOf(
    groups,
    ({ month, charge, account, region, service, resourceType, resourceId, hasResource, tags }) =>
      [
        month,
        charge,
        account ?? region ?? service ?? resourceId ?? resourceType ?? "",
        hasResource,
        tagText(tags),
      ].join("|"),
  );
  return { sums, facts: reading.facts() };
}

const PLACES: readonly (readonly [CostDimension | null, (dated: DatedLine) => string])[] = [
  [null, () => ""],
  ["account", ({ line }) => line.account],
  ["region", ({ line }) => line.region],
  ["service", ({ line }) => line.service],
  ["resource", ({ line }) => line.resource?.id ?? ""],
  ["resource_type", ({ line }) => line.resource?.type ?? ""],
];

describe("the billing export in BigQuery", () => {
  let server: CloudServer;
  let source: CostSource;
  beforeAll(async () => {
    server = await startGcp({ estate, faults, port: 0, latencyMs: 0 });
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
      const asked = request(dimension === null ? [] : [dimension]);
      const { sums, facts } = await read(source, asked);
      expect(sums).toEqual(expected(asked, placeOf));
      expect(facts).toMatchObject({ metric: "billed", missing: [], asked: { calls: 1 } });
    });

  it("asks for the wanted projects alone", async () => {
    const asked = request(["account"], { accounts: [home] });
    expect((await read(source, asked)).sums).toEqual(expected(asked, ({ line }) => line.account));
  });

  it("does not run a query that would read too much", async () => {
    const small = open(server, 1n);
    await expect(read(small, request([]))).rejects.toMatchObject({
      code: "invalid_input",
      details: { maxBytes: "1" },
    });
    await small.close();
  });

  it("answers nothing when it is denied", async () => {
    faults.replace([{ kind: "deny", service: "bigquery" }]);
    await expect(read(source, request([]))).rejects.toMatchObject({ code: "cloud_denied" });
  });

  it.each(["p.d.t", "project-1.billing.gcp_billing_export_v1_01AB23_45CD67_89EF01", "a`; DROP"])(
    "takes no other table: %s",
    (table) => {
      expect(() => createGcpCosts({ logger: SILENT, billingTable: table })).toThrow(
        expect.objectContaining({ code: "config_invalid" }),
      );
    },
  );
});

describe.skipIf(!isPublished("specs/gcp"))(
  "BigQuery by its discovery document (needs ../shared/data/specs/gcp)",
  () => {
    let server: WatchedServer;
    beforeAll(async () => {
      const real = await startGcp({ estate, faults, port: 0, latencyMs: 0 });
      server = await withSpecOracle(real, createGcpOracle());
    });
    afterAll(async () => {
      await server.close();
      vi.unstubAllEnvs();
    });

    it("sends and is sent what Google publishes, pages included", async () => {
      const source = open(server);
      await read(source, request(["resource"]));
      await read(source, request(["resource_type"]));
      await source.close();
      const seen = new Set(server.exchanges.map(({ operation }) => operation));
      expect([...seen]).toEqual(
        expect.arrayContaining(["bigquery.jobs.query", "bigquery.jobs.getQueryResults"]),
      );
      expect(server.violations).toEqual([]);
    });
  },
);
