import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChargeKind } from "../../sandbox/estate/bill-line.ts";
import { createBill } from "../../sandbox/estate/bill.ts";
import { type BillFileFormat, writeBillFile } from "../../sandbox/estate/bill-files.ts";
import { createEstate } from "../../sandbox/estate/estate.ts";
import { createCostGap, type CostGapResult } from "../../src/app/cost/cost-gap.ts";
import type { CostGapRequest } from "../../src/app/cost/cost-question.ts";
import { createImportBills } from "../../src/app/cost/import-bills.ts";
import { CATALOGUE as TYPES } from "../../src/compose.ts";
import { createCostFiles } from "../../src/cost-files/cost-files.ts";
import { CLOUDS, type Cloud } from "../../src/domain/cloud.ts";
import { monthStart } from "../../src/domain/cost/cost-period.ts";
import { GAP_GROUPINGS } from "../../src/domain/cost/gap.ts";
import { denominatorsOf } from "../../src/domain/cost/waterfall.ts";
import { createCostStore } from "../../src/storage/costs/index.ts";
import { openSqlite } from "../../src/storage/sqlite.ts";
import { AT_MS } from "../policy/fixtures.ts";
import { manualClock } from "../storage/estate.ts";
import { NO_INVENTORY, POLICY } from "./fixtures.ts";

const OCTOBER = { from: "2026-10-01", until: "2026-11-01" };
const estate = createEstate({ seed: 7, resources: 600 });
const bill = createBill(estate);
let folder: string;
const paths = new Map<BillFileFormat, string>();
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "bills-"));
  for (const format of ["focus-parquet", "focus-csv-gz", "cur-parquet"] as const)
    paths.set(format, await writeBillFile(bill, OCTOBER, { path: join(folder, format), format }));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What the simulated company was charged, added up by the sandbox itself. */
function charged(clouds: readonly Cloud[], metric: "effectiveMicros" | "billedMicros"): bigint {
  return clouds.reduce((sum, cloud) => {
    const all = bill.truth(cloud, OCTOBER, () => "all").get("all");
    return sum + BigInt(all?.[metric] ?? 0);
  }, 0n);
}

/** A store that holds an exported bill, and the use case that answers from it. */
async function imported(format: BillFileFormat, times = 1, path = paths.get(format) ?? "") {
  const clock = manualClock(AT_MS);
  const store = createCostStore(await openSqlite(":memory:"), clock);
  const policy = async () => POLICY;
  const importBills = createImportBills({ files: createCostFiles(), store, policy, clock });
  const { signal } = QUESTION;
  for (let time = 0; time < times; time += 1)
    await importBills({ paths: [path], format: "auto", source: "default", period: null, signal });
  const settings = { allocationTags: [], teamTag: undefined };
  const inventory = NO_INVENTORY;
  const deps = {
    inventory,
    providers: [],
    catalogue: TYPES,
    sources: [],
    store,
    clock,
    policy,
    settings,
  };
  return { store, getCostGap: createCostGap(deps) };
}

const QUESTION: CostGapRequest = {
  clouds: [],
  accounts: [],
  period: "2026-10",
  groupBy: "account",
  tags: [],
  metric: "effective",
  target: 0.9,
  dryRun: false,
  refresh: false,
  signal: AbortSignal.timeout(120_000),
};

async function gapOf(format: BillFileFormat, metric: "effective" | "billed", times = 1) {
  const { getCostGap } = await imported(format, times);
  return getCostGap({ ...QUESTION, metric });
}

/** What the bill of each cloud is made of every month, beside use. */
const KINDS: Readonly<Record<Cloud, readonly ChargeKind[]>> = {
  aws: [
    "usage",
    "covered_usage",
    "negation",
    "commitment_fee",
    "reserved_usage",
    "unused_commitment",
    "tax",
    "support",
    "refund",
    "credit",
    "marketplace",
  ],
  azure: ["usage", "reserved_usage", "unused_commitment", "refund", "marketplace"],
  gcp: ["usage", "commitment_fee", "refund", "tax"],
};

const totals = ({ figures }: CostGapResult) =>
  Object.fromEntries(
    figures.map(({ currency, buckets }) => [currency, denominatorsOf(buckets).total]),
  );

describe("[P1-CORE-4] [P3-CROSS-3] the bill of the simulated company, exported, imported and attributed", {
  timeout: 120_000,
}, () => {
  it.each(["focus-parquet", "focus-csv-gz"] as const)(
    "%s adds up to what was charged, to the micro-unit",
    async (format) => {
      expect(totals(await gapOf(format, "effective"))).toEqual({
        EUR: charged(["azure"], "effectiveMicros"),
        USD: charged(["aws", "gcp"], "effectiveMicros"),
      });
    },
  );

  it("FOCUS adds up to the invoice by billed cost", async () => {
    expect(totals(await gapOf("focus-parquet", "billed"))).toEqual({
      EUR: charged(["azure"], "billedMicros"),
      USD: charged(["aws", "gcp"], "billedMicros"),
    });
  });

  it("a Cost and Usage Report adds up to what was charged for AWS, imported twice as well as once", async () => {
    const usd = charged(["aws"], "effectiveMicros");
    expect(totals(await gapOf("cur-parquet", "effective"))).toEqual({ USD: usd });
    expect(totals(await gapOf("cur-parquet", "effective", 2))).toEqual({ USD: usd });
  });

  it("every cloud, month and grouping adds up to what was charged, whatever kinds of charges it has", async () => {
    const months = ["2026-08", "2026-09", "2026-10"];
    const quarter = { from: "2026-08-01", until: "2026-11-01" };
    const format = "focus-parquet";
    const path = await writeBillFile(bill, quarter, { path: join(folder, "quarter"), format });
    const { getCostGap } = await imported(format, 1, path);
    const seen = new Set<string>();
    for (const cloud of CLOUDS)
      for (const month of months) {
        const days = { from: `${month}-01`, until: monthStart(`${month}-01`, 1) };
        const truth = bill.truth(cloud, days, ({ line }) => line.kind);
        for (const kind of truth.keys()) seen.add(`${cloud} ${kind}`);
        const sum = (metric: "effectiveMicros" | "billedMicros"): bigint =>
          [...truth.values()].reduce((all, one) => all + BigInt(one[metric]), 0n);
        for (const groupBy of [null, ...GAP_GROUPINGS])
          for (const metric of ["effective", "billed"] as const) {
            const ask = { clouds: [cloud], period: month, groupBy, metric };
            const { figures } = await getCostGap({ ...QUESTION, ...ask });
            const found = figures.map(({ buckets }) => denominatorsOf(buckets).total);
            expect([ask, found]).toEqual([ask, [sum(`${metric}Micros`)]]);
            const rows = groupBy === "month" ? figures[0]?.months : figures[0]?.rows;
            const inRows = rows?.reduce((all, one) => all + denominatorsOf(one.buckets).total, 0n);
            const expected = groupBy === null ? inRows : sum(`${metric}Micros`);
            expect([ask, inRows]).toEqual([ask, expected]);
          }
      }
    for (const cloud of CLOUDS)
      expect([...seen]).toEqual(
        expect.arrayContaining(KINDS[cloud].map((kind) => `${cloud} ${kind}`)),
      );
  });

  it("a stopped machine costs nothing that is known, and no share of what its neighbours cost", async () => {
    const { store } = await imported("focus-parquet");
    const onBill = bill.truth("aws", OCTOBER, ({ line }) => line.resource?.id);
    const machines = estate.groups
      .filter(({ cloud, type }) => cloud === "aws" && type === "ec2:instance")
      .flatMap((group) =>
        Array.from({ length: group.count }, (_, at) => estate.resource(group, at)),
      )
      .filter(({ createdAt }) => createdAt < OCTOBER.from);
    const stopped = machines.filter(({ id }) => !onBill.has(id));
    expect([stopped.length > 0, stopped.length < machines.length]).toEqual([true, true]);
    const costs = await store.resourceCosts(
      machines.map(({ id }) => ({ cloud: "aws", id })),
      ["2026-10"],
    );
    const running = machines.filter(({ id }) => onBill.has(id));
    expect(
      new Map(costs.map(({ resourceId, effectiveMicros }) => [resourceId, effectiveMicros])),
    ).toEqual(new Map(running.map(({ id }) => [id, BigInt(onBill.get(id)?.effectiveMicros ?? 0)])));
  });

  it("every account's row is part of the same waterfall, and every bucket has spend", async () => {
    const { figures } = await gapOf("focus-parquet", "effective");
    for (const { buckets, rows } of figures)
      expect(rows.reduce((sum, row) => sum + row.buckets.allocated, 0n)).toBe(buckets.allocated);
    const [euros] = figures;
    expect(
      Object.entries(euros?.buckets ?? {})
        .filter(([, micros]) => micros > 0n)
        .map(([name]) => name),
    ).toEqual(
      expect.arrayContaining([
        "allocated",
        "gap_missing_or_empty",
        "gap_invalid_value",
        "not_taggable_charge",
      ]),
    );
  });
});
