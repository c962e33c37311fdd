import type { CostDimension } from "../../domain/cost/cost-line.ts";
import { AppError } from "../../domain/errors.ts";
import type { CostRequest } from "../../ports/costs.ts";

/** A parameter of a BigQuery query, as the REST API takes it. */
export interface QueryParameter {
  readonly name: string;
  readonly parameterType: object;
  readonly parameterValue: object;
}

export interface BillingQuery {
  readonly sql: string;
  readonly parameters: readonly QueryParameter[];
  /** Names of the columns of the answer, in order. */
  readonly columns: readonly string[];
}

const RESOURCE = "COALESCE(resource.global_name, resource.name)";

/** `service` is asked for always: what kind of charge it is depends on it. */
const DIMENSION: Readonly<
  Record<CostDimension, readonly (readonly [sql: string, name: string])[]>
> = {
  account: [["project.id", "account"]],
  region: [["location.region", "region"]],
  service: [],
  // The parts of the name that its type is read off: far fewer than there are names.
  resource_type: [
    [`REGEXP_EXTRACT(${RESOURCE}, r'^//[^/]+')`, "resource_host"],
    [`ARRAY_REVERSE(SPLIT(${RESOURCE}, '/'))[SAFE_OFFSET(1)]`, "resource_collection"],
  ],
  resource: [[RESOURCE, "resource"]],
};

/** `project.dataset.table` of the detailed usage cost export, whose tables Google names itself. */
const TABLE =
  /^([a-z][a-z\d-]{4,28}[a-z\d])\.(\w{1,1024})\.(gcp_billing_export_resource_v1_[\dA-F]{6}_[\dA-F]{6}_[\dA-F]{6})$/;

/**
 * The table in three parts. A table cannot be a parameter of a query, so nothing else may reach one.
 * @throws {AppError} `config_invalid`
 */
export function parseBillingTable(text: string): {
  readonly project: string;
  readonly name: string;
} {
  const [, project, dataset, table] = TABLE.exec(text) ?? [];
  if (project === undefined)
    throw new AppError("config_invalid", "The billing export table is not the name of one.", {
      hint: "Give project.dataset.gcp_billing_export_resource_v1_XXXXXX_XXXXXX_XXXXXX: the table of the detailed usage cost export.",
      details: { table: text.slice(0, 200) },
    });
  return { project, name: `${project}.${dataset}.${table}` };
}

/**
 * One statement for everything asked. Amounts are NUMERIC, because the column is a float and sums of
 * floats depend on their order; credits are taken off (cloud.google.com/billing/docs/how-to/export-data-bigquery-tables/detailed-usage).
 * @param table already checked by `parseBillingTable`.
 */
export function billingQuery(table: string, request: CostRequest): BillingQuery {
  const labels = request.keys.flatMap(({ spellings }) => spellings);
  const dimensions = request.dimensions.flatMap((dimension) => DIMENSION[dimension]);
  const grouped: readonly (readonly [sql: string, column: string])[] = [
    ["FORMAT_TIMESTAMP('%Y-%m', usage_start_time)", "month"],
    ["cost_type", "cost_type"],
    ["currency", "currency"],
    ["service.description", "service"],
    ["resource.name IS NOT NULL", "has_resource"],
    ...dimensions,
    ...labels.map(
      (_, at) =>
        [
          `(SELECT l.value FROM UNNEST(labels) AS l WHERE l.key = @key${at} LIMIT 1)`,
          `tag${at}`,
        ] as const,
    ),
  ];
  const summed = [
    ["COUNT(*)", "line_count"],
    [
      "SUM(CAST(cost AS NUMERIC) + IFNULL((SELECT SUM(CAST(c.amount AS NUMERIC)) FROM UNNEST(credits) AS c), 0))",
      "net_cost",
    ],
  ] as const;
  const accounts = request.accounts.length === 0 ? "" : " AND project.id IN UNNEST(@accounts)";
  return {
    sql: [
      `SELECT ${[...grouped, ...summed].map(([sql, name]) => `${sql} AS ${name}`).join(", ")}`,
      `FROM \`${table}\``,
      // Data arrives on or after the day it is of, so that older partitions hold none of the period.
      `WHERE _PARTITIONTIME >= TIMESTAMP_TRUNC(@from_time, DAY) AND usage_start_time >= @from_time AND usage_start_time < @to_time${accounts}`,
      `GROUP BY ${grouped.map((_, at) => at + 1).join(", ")}`,
    ].join("\n"),
    parameters: [
      scalar("from_time", "TIMESTAMP", `${request.period.from}T00:00:00Z`),
      scalar("to_time", "TIMESTAMP", `${request.period.to}T00:00:00Z`),
      ...(accounts === "" ? [] : [textList("accounts", request.accounts)]),
      ...labels.map((label, at) => scalar(`key${at}`, "STRING", label)),
    ],
    columns: [...grouped, ...summed].map(([, name]) => name),
  };
}

function scalar(name: string, type: string, value: string): QueryParameter {
  return { name, parameterType: { type }, parameterValue: { value } };
}

function textList(name: string, values: readonly string[]): QueryParameter {
  return {
    name,
    parameterType: { type: "ARRAY", arrayType: { type: "STRING" } },
    parameterValue: { arrayValues: values.map((value) => ({ value })) },
  };
}
