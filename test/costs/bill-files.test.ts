import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { costLines } from "../../sandbox/aws/cost-lines.ts";
import { type BillFileFormat, writeBillFile } from "../../sandbox/estate/bill-files.ts";
import { createBill } from "../../sandbox/estate/bill.ts";
import { createEstate } from "../../sandbox/estate/estate.ts";
import { createCostFiles } from "../../src/cost-files/cost-files.ts";
import { CLOUDS } from "../../src/domain/cloud.ts";
import type { CostFileRequest } from "../../src/ports/costs.ts";
import { isPublished, publishedPath } from "../spec-oracles/published.ts";
import { allGroups, NEVER, sumsOf, truthOf } from "./billed-groups.ts";
import { CLASS_OF } from "./charge-kinds.ts";

const bill = createBill(createEstate({ seed: 5, resources: 600 }));
const PERIOD = { from: "2026-09-01", until: "2026-11-01" };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bill-files-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const key = (tag: string, ...aliases: readonly string[]) => ({
  tag,
  spellings: [tag, ...aliases],
  ignoreCase: false,
});
const KEYS = {
  aws: [key("CostCenter", "cost-center"), key("Environment")],
  azure: [{ ...key("COSTCENTER"), ignoreCase: true }],
  gcp: [key("cost_center")],
};
const request = (
  paths: readonly string[],
  more: Partial<CostFileRequest> = {},
): CostFileRequest => ({
  paths,
  format: "auto",
  keys: KEYS,
  period: null,
  ...more,
});
const files = createCostFiles();

/** What a bill file says, by everything that matters to attribution. */
async function read(paths: readonly string[], more: Partial<CostFileRequest> = {}) {
  const reading = files.read(request(paths, more), NEVER);
  const groups = await allGroups(reading);
  const sums = sumsOf(
    groups,
    ({ cloud, month, charge, account, region, resourceId, currency, tags }) =>
      [
        cloud,
        month,
        charge,
        account,
        region ?? "",
        resourceId ?? "",
        currency,
        tags
          .map((tag) => `${tag.key}=${tag.value}`)
          .toSorted()
          .join(),
      ].join("|"),
  );
  return { groups, sums, facts: reading.facts() };
}

const ASKED = {
  aws: ["CostCenter", "cost-center", "Environment"],
  azure: ["CostCenter"],
  gcp: ["cost_center"],
};

function focusTruth(from = PERIOD.from) {
  return Object.assign(
    {},
    ...CLOUDS.map((cloud) =>
      truthOf(
        bill.truth(cloud, { ...PERIOD, from }, ({ line, month }) =>
          [
            cloud,
            month,
            // FOCUS takes Savings Plan negations for adjustments.
            line.kind === "negation" ? "adjustment" : CLASS_OF[line.kind],
            line.account,
            line.region,
            line.resource?.id ?? "",
            cloud === "azure" ? "EUR" : "USD",
            line.tags
              .filter((tag) => ASKED[cloud].includes(tag.key))
              .map((tag) => `${tag.key}=${tag.value}`)
              .toSorted()
              .join(),
          ].join("|"),
        ),
      ),
    ),
  );
}

describe("FOCUS exports", () => {
  for (const format of [
    "focus-csv",
    "focus-csv-gz",
    "focus-parquet",
  ] as const satisfies readonly BillFileFormat[])
    it(`${format}: every line of three clouds, to the micro-unit`, async () => {
      const path = await writeBillFile(bill, PERIOD, { path: join(folder, format), format });
      const { sums, facts } = await read([path]);
      expect(sums).toEqual(focusTruth());
      expect(facts).toMatchObject({ method: "focus", files: 1, linesLeftOut: 0 });
      expect(facts.months).toHaveLength(6);
      expect(facts.keys.azure).toMatchObject([{ tag: "COSTCENTER", state: "active" }]);
    });

  it("reads only lines that begin in the period asked for", async () => {
    const path = join(folder, "focus-csv.csv");
    const period = { from: "2026-10-01", to: "2026-11-01" };
    expect((await read([path], { period })).sums).toEqual(focusTruth("2026-10-01"));
  });

  it("says that a key which no line carries is not on the bill", async () => {
    const keys = { ...KEYS, gcp: [key("nobody_uses_this")] };
    const { facts } = await read([join(folder, "focus-csv.csv")], { keys });
    expect(facts.keys.gcp).toMatchObject([{ state: "inactive" }]);
  });
});

describe("Cost and Usage Report", () => {
  const truth = () => {
    const sums = new Map<string, { billedMicros: number; effectiveMicros: number }>();
    for (const { line, month, tags, billedMicros, effectiveMicros } of costLines(bill, PERIOD)) {
      const kept = KEYS.aws.flatMap(({ tag }) =>
        tags.has(tag) ? [`${tag}=${tags.get(tag) ?? ""}`] : [],
      );
      const id = [
        "aws",
        month,
        CLASS_OF[line.kind],
        line.account,
        line.region,
        line.resource?.id ?? "",
        "USD",
        kept.toSorted().join(),
      ].join("|");
      const sum = sums.get(id) ?? { billedMicros: 0, effectiveMicros: 0 };
      sum.billedMicros += billedMicros;
      sum.effectiveMicros += effectiveMicros;
      sums.set(id, sum);
    }
    return truthOf(sums);
  };

  for (const format of ["cur-parquet", "cur-csv"] as const satisfies readonly BillFileFormat[])
    it(`${format}: amortised as AWS says, to the micro-unit`, async () => {
      const path = await writeBillFile(bill, PERIOD, { path: join(folder, format), format });
      const { sums, facts } = await read([path]);
      expect(sums).toEqual(truth());
      expect(facts).toMatchObject({ method: "cur", linesLeftOut: 0 });
      expect(facts.keys.aws[0]).toMatchObject({ merged: ["CostCenter", "cost-center"] });
    });

  it("reads the legacy report, with a column a tag and names with slashes", async () => {
    const path = join(folder, "legacy.csv");
    await writeFile(
      path,
      `identity/LineItemId,lineItem/LineItemType,lineItem/UsageAccountId,lineItem/UsageStartDate,lineItem/CurrencyCode,lineItem/ProductCode,lineItem/ResourceId,lineItem/UnblendedCost,savingsPlan/SavingsPlanEffectiveCost,resourceTags/user:CostCenter
1,Usage,111122223333,2026-10-03T00:00:00Z,USD,AmazonEC2,i-1,1.0000015,,Sales
2,Usage,111122223333,2026-10-03T00:00:00Z,USD,AmazonEC2,i-2,2.0000015,,
3,SavingsPlanCoveredUsage,111122223333,2026-10-03T00:00:00Z,USD,AmazonEC2,i-1,9,3E-1,Sales
4,DiscountedUsage,111122223333,2026-10-03T00:00:00Z,USD,AmazonRDS,db-1,0,,Sales
`,
    );
    const { groups, facts } = await read([path]);
    const usage = groups.reduce((sum, { effectiveMicros }) => sum + effectiveMicros, 0n);
    // 1.0000015 + 2.0000015 + 0.3: the sum is exact although neither amount is.
    expect(usage).toBe(3_300_003n);
    expect(groups.map(({ tags }) => tags)).toContainEqual([{ key: "CostCenter", value: "Sales" }]);
    // Its effective cost is not in the file, and is never read as zero.
    expect(facts).toMatchObject({ lines: 4, linesLeftOut: 1 });
  });
});

describe("what cannot be read", () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ["neither.csv", "a,b\n1,2\n", /neither/],
    ["few.csv", "ChargeCategory,EffectiveCost\nUsage,1\n", /Columns .* missing/],
    ["broken.parquet", "not parquet", /cannot be read/],
  ];
  for (const [name, content, message] of cases)
    it(`${name} is refused in words`, async () => {
      const path = join(folder, name);
      await writeFile(path, content);
      await expect(read([path])).rejects.toMatchObject({ code: "invalid_input", message });
    });

  it("names every missing column at once", async () => {
    await expect(read([join(folder, "few.csv")])).rejects.toMatchObject({
      issues: ["BilledCost", "BillingCurrency", "ChargePeriodStart", "ProviderName"].map(
        (column) => ({
          path: `${join(folder, "few.csv")}: ${column}`,
        }),
      ),
    });
  });

  it("names every path that stands for nothing", async () => {
    const paths = [join(folder, "no-such"), join(folder, "*.nothing")];
    await expect(read(paths)).rejects.toMatchObject({ issues: paths.map((path) => ({ path })) });
  });

  it("does not count two versions of one period", async () => {
    const period = join(folder, "report", "20261001-20261101");
    for (const id of [
      "0f8fad5b-d9cb-469f-a165-70867728950e",
      "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    ]) {
      await mkdir(join(period, id), { recursive: true });
      await writeFile(join(period, id, "part-1.csv"), "x\n1\n");
    }
    await expect(read([join(folder, "report")])).rejects.toMatchObject({
      message: expect.stringContaining("several versions"),
    });
  });

  it("reads a path with quotes in it as a path, and nothing else", async () => {
    const odd = join(folder, "it's'); DROP --");
    await mkdir(odd);
    const copy = join(odd, "bill.csv");
    await writeFile(copy, await readFile(join(folder, "focus-csv.csv")));
    expect((await read([odd])).sums).toEqual(focusTruth());
  });

  it("stops when it is told to", async () => {
    const stop = new AbortController();
    const reading = files.read(request([join(folder, "focus-parquet.parquet")]), stop.signal);
    setTimeout(() => stop.abort(), 1);
    await expect(allGroups(reading)).rejects.toMatchObject({ code: "cancelled" });
  });
});

describe.skipIf(!isPublished("focus"))(
  "the published FOCUS sample (needs ../shared/data/focus)",
  () => {
    it("adds up exactly to what DuckDB itself adds up", async () => {
      const path = publishedPath("focus/focus_sample.csv");
      const { groups, facts } = await read([path]);
      const instance = await DuckDBInstance.create(":memory:");
      const connection = await instance.connect();
      const reader = await connection.runAndReadAll(
        `SELECT CAST(round(sum(CAST(EffectiveCost AS DECIMAL(38, 12))) * 1000000) AS BIGINT),
         CAST(round(sum(CAST(BilledCost AS DECIMAL(38, 12))) * 1000000) AS BIGINT), CAST(count(*) AS INTEGER)
       FROM read_csv($1, all_varchar = true) WHERE ProviderName IN ('AWS', 'Microsoft')`,
        [path],
      );
      const [effective, billed, lines] = reader.getRows()[0] ?? [];
      connection.closeSync();
      const sum = (of: (group: (typeof groups)[number]) => bigint | null) =>
        groups.reduce((all, group) => all + (of(group) ?? 0n), 0n);
      // Each cloud is rounded by itself: half a micro-unit each.
      expect(
        Math.abs(Number(sum((group) => group.effectiveMicros) - BigInt(String(effective)))),
      ).toBeLessThanOrEqual(1);
      expect(
        Math.abs(Number(sum((group) => group.billedMicros) - BigInt(String(billed)))),
      ).toBeLessThanOrEqual(1);
      expect(facts.lines - facts.linesLeftOut).toBe(lines);
      // Oracle's lines are no cloud's of ours.
      expect(facts.linesLeftOut).toBe(1000 - Number(lines));
    });
  },
);
