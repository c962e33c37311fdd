import { awsChargeClass, type ChargeClass } from "../domain/cost/charge-class.ts";
import type { Issue } from "../domain/errors.ts";
import { amountOf, type Column, type Columns, identifier, textOf, timeOf } from "./columns.ts";
import type { LineSql } from "./line-sql.ts";
import { tagsIn, type TagReading } from "./tag-columns.ts";

/**
 * AWS Cost and Usage Report 2.0 (Data Exports) and the legacy report, as Parquet or CSV
 * (docs.aws.amazon.com/cur/latest/userguide/data-dictionary.html). The legacy CSV writes
 * `lineItem/UnblendedCost` for what all others call `line_item_unblended_cost`.
 */
const REQUIRED = [
  "line_item_currency_code",
  "line_item_line_item_type",
  "line_item_product_code",
  "line_item_unblended_cost",
  "line_item_usage_account_id",
  "line_item_usage_start_date",
] as const;

/** Columns of the legacy report that hold one tag each. */
const FLAT_TAG = /^(?:resource_tags_user_|resourceTags\/user:)(.+)$/;

export function curColumns(columns: readonly Column[]): Columns {
  return new Map(columns.map((column) => [columnName(column.name), column]));
}

/** `lineItem/UnblendedCost` to `line_item_unblended_cost`; other names stay. */
function columnName(name: string): string {
  const [section, rest] = name.split("/");
  if (section === undefined || rest === undefined || rest.includes(":")) return name;
  return `${snake(section)}_${snake(rest)}`;
}

function snake(text: string): string {
  return text.replaceAll(/(?<=.)(?=[A-Z])/g, "_").toLowerCase();
}

export function looksLikeCur(columns: readonly Column[]): boolean {
  return curColumns(columns).has("line_item_line_item_type");
}

export function curProblems(columns: readonly Column[]): readonly Issue[] {
  const known = curColumns(columns);
  return REQUIRED.filter((name) => !known.has(name)).map((path) => ({
    path,
    message: "This column of the Cost and Usage Report is not in the file.",
  }));
}

export function curLine(columns: readonly Column[]): LineSql {
  const known = curColumns(columns);
  const text = (name: string): string => textOf(known, name);
  return {
    cloud: "'aws'",
    start: timeOf(known, "line_item_usage_start_date"),
    account: text("line_item_usage_account_id"),
    region: `coalesce(${text("product_region_code")}, ${text("product_region")})`,
    service: text("line_item_product_code"),
    resourceId: text("line_item_resource_id"),
    resourceType: "NULL",
    currency: text("line_item_currency_code"),
    effective: amortised(known),
    billed: amountOf(known, "line_item_unblended_cost"),
    charge: [text("line_item_line_item_type")],
    tags: curTags(columns),
  };
}

export function curCharge(
  [lineType]: readonly (string | null)[],
  service: string | null,
): ChargeClass {
  return awsChargeClass(lineType ?? "", service ?? "");
}

/**
 * What a line cost with commitments spread over the use they paid for
 * (docs.aws.amazon.com/cur/latest/userguide, "Understanding your amortized reservation data" and
 * "Understanding savings plans"). The legacy report has a commitment's columns only where one was used,
 * so that a missing one matters only to lines that need it: those cannot be read.
 */
function amortised(known: Columns): string {
  const amount = (name: string): string => amountOf(known, name);
  const unblended = amount("line_item_unblended_cost");
  const upfront =
    known.get("reservation_reservation_a_r_n") === undefined
      ? unblended
      : `CASE WHEN ${textOf(known, "reservation_reservation_a_r_n")} IS NULL THEN ${unblended} ELSE 0 END`;
  return `CASE ${textOf(known, "line_item_line_item_type")}
    WHEN 'Usage' THEN ${unblended}
    WHEN 'SavingsPlanCoveredUsage' THEN ${amount("savings_plan_savings_plan_effective_cost")}
    WHEN 'SavingsPlanRecurringFee' THEN ${amount("savings_plan_total_commitment_to_date")}
      - ${amount("savings_plan_used_commitment")}
    WHEN 'SavingsPlanNegation' THEN 0
    WHEN 'SavingsPlanUpfrontFee' THEN 0
    WHEN 'DiscountedUsage' THEN ${amount("reservation_effective_cost")}
    WHEN 'RIFee' THEN ${amount("reservation_unused_amortized_upfront_fee_for_billing_period")}
      + ${amount("reservation_unused_recurring_fee")}
    WHEN 'Fee' THEN ${upfront}
    ELSE ${unblended} END`;
}

/** One map of all tags (2.0), or one column a tag (legacy). */
function curTags(columns: readonly Column[]): TagReading {
  const map = columns.find(({ name }) => name === "resource_tags" || name === "tags");
  if (map !== undefined) return tagsIn(map);
  return {
    kind: "keys",
    keys: columns.flatMap(({ name }) => {
      const key = FLAT_TAG.exec(name)?.[1];
      const written = name.startsWith("resource_tags_user_") ? `user_${key}` : `user:${key}`;
      return key === undefined
        ? []
        : [{ key: written, sql: `nullif(CAST(${identifier(name)} AS VARCHAR), '')` }];
    }),
  };
}
