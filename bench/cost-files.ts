import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { createCostFiles } from "../src/cost-files/cost-files.ts";

const RESOURCES = 20_000;
const ACCOUNTS = 40;

/**
 * Reads a made-up Cost and Usage Report of one month as Parquet and groups it by resource and the tags of
 * a policy. `--rows` is its length, 5,000,000 by default. The sums are held against DuckDB's own.
 */
export async function run(
  options: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, number | string>>> {
  const rows = Number(options["rows"] ?? 5_000_000);
  const folder = mkdtempSync(join(tmpdir(), "cost-files-"));
  try {
    const path = join(folder, "report.parquet");
    const plain = await write(path, rows);
    return { rows, file_mb: megabytes(statSync(path).size), ...(await read(path, plain)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns the sums of the file, by DuckDB alone, in millionths. */
async function write(path: string, rows: number): Promise<readonly bigint[]> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "2", memory_limit: "800MB" });
  const connection = await instance.connect();
  await connection.run(
    `COPY (${reportOf(rows)}) TO '${path}' (FORMAT parquet, COMPRESSION snappy)`,
  );
  const reader = await connection.runAndReadAll(`SELECT
      CAST(round(sum(CAST(CASE line_item_line_item_type
        WHEN 'SavingsPlanCoveredUsage' THEN savings_plan_savings_plan_effective_cost
        WHEN 'DiscountedUsage' THEN reservation_effective_cost
        WHEN 'SavingsPlanNegation' THEN 0 ELSE line_item_unblended_cost END AS DECIMAL(38, 15))) * 1000000) AS BIGINT),
      CAST(round(sum(CAST(line_item_unblended_cost AS DECIMAL(38, 15))) * 1000000) AS BIGINT)
    FROM '${path}'`);
  const sums = (reader.getRows()[0] ?? []).map((value) => BigInt(String(value)));
  connection.closeSync();
  instance.closeSync();
  return sums;
}

function reportOf(rows: number): string {
  return `SELECT 'li' || i AS identity_line_item_id,
    TIMESTAMP '2026-10-01' + (i % 744) * INTERVAL 1 HOUR AS line_item_usage_start_date,
    CAST(100000000000 + (i % ${RESOURCES}) % ${ACCOUNTS} AS VARCHAR) AS line_item_usage_account_id,
    'USD' AS line_item_currency_code,
    CASE i % 50 WHEN 0 THEN 'Tax' WHEN 1 THEN 'SavingsPlanCoveredUsage' WHEN 2 THEN 'DiscountedUsage'
      WHEN 5 THEN 'Credit' WHEN 6 THEN 'SavingsPlanNegation' ELSE 'Usage' END AS line_item_line_item_type,
    ['AmazonEC2', 'AmazonS3', 'AmazonRDS', 'AmazonDynamoDB', 'AWSLambda'][1 + i % 5] AS line_item_product_code,
    'us-east-1' AS product_region_code,
    CASE WHEN i % 7 = 0 THEN '' ELSE 'arn:aws:ec2:us-east-1:123456789012:instance/i-' || (i % ${RESOURCES}) END AS line_item_resource_id,
    CAST(((i * 7919) % 1000003) / 1000003.0 AS DOUBLE) AS line_item_unblended_cost,
    CAST((i % 100) / 110.0 AS DOUBLE) AS savings_plan_savings_plan_effective_cost,
    CAST((i % 100) / 120.0 AS DOUBLE) AS reservation_effective_cost,
    CASE WHEN (i % ${RESOURCES}) % 3 = 0 THEN MAP {}::MAP(VARCHAR, VARCHAR)
      WHEN (i % ${RESOURCES}) % 11 = 0 THEN MAP {'user_cost_center': ''}
      ELSE MAP {'user_cost_center': CAST((i % ${RESOURCES}) % 7 AS VARCHAR), 'user_owner': 't' || ((i % ${RESOURCES}) % 13),
        'user_name': 'n' || (i % ${RESOURCES}), 'user_environment': 'prod'} END AS resource_tags
    FROM range(${rows}) t(i)`;
}

async function read(
  path: string,
  [plainEffective, plainBilled]: readonly bigint[],
): Promise<Readonly<Record<string, number | string>>> {
  const key = (tag: string, ...aliases: readonly string[]) => ({
    tag,
    spellings: [tag, ...aliases],
    ignoreCase: false,
  });
  const keys = [key("CostCenter", "CC"), key("Owner", "owned-by"), key("Environment", "env")];
  const startedMs = performance.now();
  const cpu = process.cpuUsage();
  let mostRss = process.memoryUsage.rss();
  const watch = setInterval(() => {
    mostRss = Math.max(mostRss, process.memoryUsage.rss());
  }, 50);
  const reading = createCostFiles().read(
    { paths: [path], format: "auto", keys: { aws: keys, azure: [], gcp: [] }, period: null },
    new AbortController().signal,
  );
  let groups = 0;
  let effective = 0n;
  let billed = 0n;
  for await (const page of reading.groups)
    for (const group of page) {
      groups += 1;
      effective += group.effectiveMicros;
      billed += group.billedMicros ?? 0n;
    }
  clearInterval(watch);
  const used = process.cpuUsage(cpu);
  return {
    wall_ms: Math.round(performance.now() - startedMs),
    cpu_ms: Math.round((used.user + used.system) / 1000),
    most_rss_mb: megabytes(mostRss),
    groups,
    lines_left_out: reading.facts().linesLeftOut,
    effective_off_micros: String(effective - (plainEffective ?? 0n)),
    billed_off_micros: String(billed - (plainBilled ?? 0n)),
  };
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
