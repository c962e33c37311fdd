import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBill } from "../../sandbox/estate/bill.ts";
import { type BillFileFormat, writeBillFile } from "../../sandbox/estate/bill-files.ts";
import { createEstate } from "../../sandbox/estate/estate.ts";
import { createCostGap, type CostGapResult } from "../../src/app/cost/cost-gap.ts";
import { createImportBills } from "../../src/app/cost/import-bills.ts";
import { CATALOGUE as TYPES } from "../../src/compose.ts";
import { createCostFiles } from "../../src/cost-files/cost-files.ts";
import type { Cloud } from "../../src/domain/cloud.ts";
import { denominatorsOf } from "../../src/domain/cost/waterfall.ts";
import { createCostStore } from "../../src/storage/costs/index.ts";
import { openSqlite } from "../../src/storage/sqlite.ts";
import { AT_MS } from "../policy/fixtures.ts";
import { manualClock } from "../storage/estate.ts";
import { POLICY } from "./fixtures.ts";

const OCTOBER = { from: "2026-10-01", until: "2026-11-01" };
const bill = createBill(createEstate({ seed: 7, resources: 600 }));
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

async function gapOf(format: BillFileFormat, metric: "effective" | "billed", times = 1) {
  const clock = manualClock(AT_MS);
  const store = createCostStore(await openSqlite(":memory:"), clock);
  const policy = async () => POLICY;
  const importBills = createImportBills({ files: createCostFiles(), store, policy, clock });
  const path = paths.get(format) ?? "";
  const signal = AbortSignal.timeout(120_000);
  for (let time = 0; time < times; time += 1)
    await importBills({ paths: [path], format: "auto", source: "default", period: null, signal });
  const settings = { allocationTags: [], teamTag: undefined };
  const getCostGap = createCostGap({
    providers: [],
    catalogue: TYPES,
    sources: [],
    store,
    clock,
    policy,
    settings,
  });
  return getCostGap({
    clouds: [],
    accounts: [],
    period: "2026-10",
    groupBy: "account",
    tags: [],
    metric,
    target: 0.9,
    dryRun: false,
    refresh: false,
    signal,
  });
}

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
