import { join } from "node:path";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBill } from "../../sandbox/estate/bill.ts";
import { writeBillFile } from "../../sandbox/estate/bill-files.ts";
import type { FindUntaggedRequest, FindUntaggedResult } from "../../src/app/find-untagged.ts";
import { CLOUDS, type Cloud } from "../../src/domain/cloud.ts";
import { dayOf, monthStart } from "../../src/domain/cost/cost-period.ts";
import { type SandboxedApplication, startSandboxed } from "./application.ts";

/** What untagged resources cost, against the bill that the simulated company was sent. */
describe("the cost of what lacks tags", { timeout: 120_000 }, () => {
  const today = dayOf(Date.now());
  const month = { from: monthStart(today, -1), until: monthStart(today) };
  const folder = mkdtempSync(join(tmpdir(), "untagged-costs-"));
  let sandboxed: SandboxedApplication;
  /** Micros by cloud and resource. */
  const charged = new Map<string, bigint>();

  beforeAll(async () => {
    sandboxed = await startSandboxed({ estate: { seed: 8, resources: 2_000 } });
    const { estate } = sandboxed.sandbox;
    const bill = createBill(estate);
    for (const cloud of CLOUDS)
      for (const [id, { effectiveMicros }] of bill.truth(
        cloud,
        month,
        ({ line }) => line.resource?.id ?? "",
      ))
        charged.set(`${cloud} ${id.toLowerCase()}`, BigInt(effectiveMicros));
    const path = await writeBillFile(bill, month, {
      path: join(folder, "bill"),
      format: "focus-parquet",
    });
    await sandboxed.app.importBills({
      paths: [path],
      format: "auto",
      source: "default",
      period: null,
      signal: AbortSignal.timeout(60_000),
    });
  }, 120_000);
  afterAll(async () => {
    await sandboxed.close();
    rmSync(folder, { recursive: true });
  });

  const ask = (request: Partial<FindUntaggedRequest> = {}): Promise<FindUntaggedResult> =>
    sandboxed.app.findUntagged({
      clouds: [],
      accounts: [],
      regions: [],
      resourceTypes: [],
      gaps: [],
      minCostThreshold: undefined,
      maxAgeMinutes: undefined,
      refresh: false,
      limit: 1000,
      cursor: undefined,
      signal: AbortSignal.timeout(60_000),
      ...request,
    });
  const costOf = ({ cloud, id }: { cloud: Cloud; id: string }) =>
    charged.get(`${cloud} ${id.toLowerCase()}`);
  const currencyOf = (cloud: Cloud) => (cloud === "azure" ? "EUR" : "USD");

  async function pages(request: Partial<FindUntaggedRequest>, limit: number) {
    const found: FindUntaggedResult["resources"][number][] = [];
    let cursor: string | undefined;
    do {
      const page = await ask({ ...request, limit, cursor });
      expect(page.resources.length).toBeLessThanOrEqual(limit);
      found.push(...page.resources);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return found;
  }

  test("is the bill's, resource by resource and in all, to the micro-unit", async () => {
    const { resources, cost, total } = await ask();
    expect(resources).toHaveLength(total);
    const sums: Record<string, { micros: bigint; resources: number }> = {};
    for (const one of resources) {
      const micros = costOf(one);
      expect(one.cost?.micros).toBe(micros);
      if (micros === undefined) continue;
      expect(one.cost?.currency).toBe(currencyOf(one.cloud));
      const sum = (sums[currencyOf(one.cloud)] ??= { micros: 0n, resources: 0 });
      sum.micros += micros;
      sum.resources += 1;
    }
    expect(Object.keys(sums).toSorted()).toEqual(["EUR", "USD"]);
    expect(cost).toEqual({
      known: true,
      month: month.from.slice(0, 7),
      cloudsWithout: [],
      totals: ["EUR", "USD"].map((currency) => Object.assign({ currency }, sums[currency])),
      atLeast: null,
    });
  });

  test("a threshold lists exactly what costs as much, dearest first, in pages of any size", async () => {
    const everything = (await ask()).resources;
    const dear = everything.filter((one) => (costOf(one) ?? 0n) >= 50_000_000n);
    expect(dear.length).toBeGreaterThan(20);
    expect(dear.length).toBeLessThan(everything.length);
    const found = await pages({ minCostThreshold: 50 }, 7);
    expect(found.map(({ id }) => id).toSorted()).toEqual(dear.map(({ id }) => id).toSorted());
    for (const currency of ["EUR", "USD"]) {
      const costs = found.flatMap(({ cost }) => (cost?.currency === currency ? [cost.micros] : []));
      expect(costs).toEqual(costs.toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0)));
    }
    const { cost, total } = await ask({ minCostThreshold: 50 });
    expect(total).toBe(everything.length);
    const sum = (of: readonly { micros: bigint }[]) =>
      of.reduce((all, one) => all + one.micros, 0n);
    const dearest = dear.map((one) => ({ micros: costOf(one) ?? 0n }));
    expect(cost.known && sum(cost.atLeast ?? [])).toBe(sum(dearest));
  });

  test("scope and categories narrow both the list and its cost", async () => {
    const { resources, cost } = await ask({
      clouds: ["gcp"],
      gaps: ["never_tagged"],
      minCostThreshold: 0,
    });
    expect(resources.length).toBeGreaterThan(0);
    expect(resources.every(({ cloud, gap }) => cloud === "gcp" && gap === "never_tagged")).toBe(
      true,
    );
    expect(cost.known && cost.totals.map(({ currency }) => currency)).toEqual(["USD"]);
  });

  test("a position in one order is none in another", async () => {
    const { nextCursor } = await ask({ minCostThreshold: 1, limit: 1 });
    const misused = ask({ limit: 1, cursor: nextCursor ?? "" });
    await expect(misused).rejects.toMatchObject({ code: "cursor_invalid" });
  });
});
