import { createWriteStream } from "node:fs";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { CLOUDS, type Cloud } from "../../src/domain/cloud.ts";
import { costLines, dayOf, LINE_TYPE } from "../aws/cost-lines.ts";
import type { BillPeriod, ChargeKind } from "./bill-line.ts";
import { CURRENCY_OF } from "./bill-prices.ts";
import type { Bill, DatedLine } from "./bill.ts";

/** Formats that the same bill can be written in. The ending of the file follows from it. */
export type BillFileFormat =
  | "focus-csv"
  | "focus-csv-gz"
  | "focus-parquet"
  | "cur-parquet"
  | "cur-csv";

type Record = Readonly<globalThis.Record<string, string | null>>;

const PROVIDER: Readonly<globalThis.Record<Cloud, string>> = {
  aws: "AWS",
  azure: "Microsoft",
  gcp: "Google Cloud",
};

const CATEGORY: Readonly<globalThis.Record<ChargeKind, string>> = {
  usage: "Usage",
  covered_usage: "Usage",
  reserved_usage: "Usage",
  negation: "Adjustment",
  commitment_fee: "Usage",
  commitment_purchase: "Purchase",
  unused_commitment: "Usage",
  tax: "Tax",
  support: "Usage",
  refund: "Usage",
  credit: "Credit",
  marketplace: "Usage",
};

const UNUSED: ReadonlySet<ChargeKind> = new Set(["commitment_fee", "unused_commitment"]);
const USED: ReadonlySet<ChargeKind> = new Set(["covered_usage", "reserved_usage"]);

/** A row of FOCUS 1.2, with the columns that our sandbox has something to say in. */
function focusRow({ line, month, fromDay, untilDay, ...amounts }: DatedLine): Record {
  const { cloud, kind, resource } = line;
  const used = USED.has(kind) ? "Used" : null;
  return {
    BilledCost: decimal(amounts.billedMicros),
    BillingCurrency: CURRENCY_OF[cloud],
    ChargeCategory: CATEGORY[kind],
    ChargeClass: kind === "refund" ? "Correction" : null,
    ChargePeriodStart: `${dayOf(month, fromDay)}T00:00:00Z`,
    ChargePeriodEnd: `${dayOf(month, untilDay)}T00:00:00Z`,
    CommitmentDiscountStatus: UNUSED.has(kind) ? "Unused" : used,
    EffectiveCost: decimal(amounts.effectiveMicros),
    ProviderName: PROVIDER[cloud],
    PublisherName: PROVIDER[cloud],
    RegionId: line.region || null,
    ResourceId: resource?.id ?? null,
    ResourceType: resource?.type ?? null,
    ServiceName: line.service,
    SubAccountId: cloud === "azure" ? `/subscriptions/${line.account}` : line.account,
    Tags: JSON.stringify(Object.fromEntries(line.tags.map(({ key, value }) => [key, value]))),
  };
}

/** A row of the Cost and Usage Report 2.0; tags as JSON, which a writer of Parquet turns into a map. */
function curRow(dated: DatedLine & { readonly tags: ReadonlyMap<string, string> }): Record {
  const { line, month, fromDay, billedMicros, effectiveMicros, tags } = dated;
  const { kind } = line;
  const only = (wanted: ChargeKind): string | null =>
    kind === wanted ? decimal(effectiveMicros) : null;
  return {
    line_item_line_item_type: LINE_TYPE[kind],
    line_item_usage_account_id: line.account,
    line_item_usage_start_date: `${dayOf(month, fromDay)}T00:00:00Z`,
    line_item_currency_code: "USD",
    line_item_product_code: kind === "support" ? "AWSSupportBusiness" : line.service,
    line_item_resource_id: line.resource?.id ?? "",
    line_item_unblended_cost: decimal(billedMicros),
    product_region_code: line.region,
    reservation_effective_cost: only("reserved_usage"),
    reservation_reservation_a_r_n:
      kind === "commitment_purchase" ? "arn:aws:rds:us-east-1:000000000000:ri:sandbox" : "",
    reservation_unused_amortized_upfront_fee_for_billing_period: only("unused_commitment"),
    reservation_unused_recurring_fee: kind === "unused_commitment" ? "0" : null,
    savings_plan_savings_plan_effective_cost: only("covered_usage"),
    savings_plan_total_commitment_to_date: kind === "commitment_fee" ? decimal(billedMicros) : null,
    savings_plan_used_commitment:
      kind === "commitment_fee" ? decimal(billedMicros - effectiveMicros) : null,
    resource_tags: JSON.stringify(
      Object.fromEntries([...tags].map(([key, value]) => [`user_${snake(key)}`, value])),
    ),
  };
}

/** As the report writes keys: `CostCenter` and `cost-center` become the same. */
function snake(key: string): string {
  return key
    .replaceAll(/([a-z\d])([A-Z])/g, "$1_$2")
    .replaceAll(/[^A-Za-z\d]+/g, "_")
    .toLowerCase();
}

/**
 * Writes the bill of a period as an export, with DuckDB. The sandbox needs no such file itself: people who
 * try an import do, and tests.
 * @param path without an ending; the written file's whole path is returned.
 */
export async function writeBillFile(
  bill: Bill,
  period: BillPeriod,
  { path, format }: { readonly path: string; readonly format: BillFileFormat },
): Promise<string> {
  const [kind, container] = format.split(/-(.*)/);
  const rows = kind === "cur" ? curRows(bill, period) : focusRows(bill, period);
  const json = `${path}.ndjson`;
  const written = `${path}.${container === "csv-gz" ? "csv.gz" : container}`;
  const out = createWriteStream(json);
  for (const row of rows) if (!out.write(`${JSON.stringify(row)}\n`)) await once(out, "drain");
  out.end();
  await once(out, "finish");
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const connection = await (await DuckDBInstance.create(":memory:", { threads: "2" })).connect();
  const isMap = kind === "cur" && container === "parquet";
  const tags = isMap
    ? "REPLACE (CAST(CAST(resource_tags AS JSON) AS MAP(VARCHAR, VARCHAR)) AS resource_tags)"
    : "";
  const how = container === "parquet" ? "FORMAT parquet" : "FORMAT csv, HEADER";
  const columns = JSON.stringify(columnsOf(kind === "cur" ? "cur" : "focus")).replaceAll('"', "'");
  await connection.run(
    `COPY (SELECT * ${tags} FROM read_json('${json.replaceAll("'", "''")}', format = 'newline_delimited', columns = ${columns}))
     TO '${written.replaceAll("'", "''")}' (${how}${container === "csv-gz" ? ", COMPRESSION gzip" : ""})`,
  );
  connection.closeSync();
  await rm(json);
  return written;
}

/** Names and types, so that a number is not read through a float on its way. */
function columnsOf(kind: "focus" | "cur"): globalThis.Record<string, string> {
  const sample = kind === "focus" ? FOCUS_COLUMNS : CUR_COLUMNS;
  return Object.fromEntries(
    sample.map((name) => [
      name,
      /cost|fee|commitment_to_date|used_commitment/i.test(name) ? "DECIMAL(28,12)" : "VARCHAR",
    ]),
  );
}

function* focusRows(bill: Bill, period: BillPeriod): Generator<Record> {
  for (const cloud of CLOUDS) for (const dated of bill.within(cloud, period)) yield focusRow(dated);
}

function* curRows(bill: Bill, period: BillPeriod): Generator<Record> {
  for (const dated of costLines(bill, period)) yield curRow(dated);
}

const FOCUS_COLUMNS = [
  "BilledCost",
  "BillingCurrency",
  "ChargeCategory",
  "ChargeClass",
  "ChargePeriodStart",
  "ChargePeriodEnd",
  "CommitmentDiscountStatus",
  "EffectiveCost",
  "ProviderName",
  "PublisherName",
  "RegionId",
  "ResourceId",
  "ResourceType",
  "ServiceName",
  "SubAccountId",
  "Tags",
] as const;

const CUR_COLUMNS = [
  "line_item_line_item_type",
  "line_item_usage_account_id",
  "line_item_usage_start_date",
  "line_item_currency_code",
  "line_item_product_code",
  "line_item_resource_id",
  "line_item_unblended_cost",
  "product_region_code",
  "reservation_effective_cost",
  "reservation_reservation_a_r_n",
  "reservation_unused_amortized_upfront_fee_for_billing_period",
  "reservation_unused_recurring_fee",
  "savings_plan_savings_plan_effective_cost",
  "savings_plan_total_commitment_to_date",
  "savings_plan_used_commitment",
  "resource_tags",
] as const;

function decimal(micros: number): string {
  const size = Math.abs(micros);
  const fraction = String(size % 1_000_000).padStart(6, "0");
  return `${micros < 0 ? "-" : ""}${Math.floor(size / 1_000_000)}.${fraction}`;
}
