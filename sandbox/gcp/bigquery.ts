import { createHash } from "node:crypto";
import { z } from "zod";
import type { ChargeKind } from "../estate/bill-line.ts";
import { CURRENCY_OF } from "../estate/bill-prices.ts";
import type { Bill, DatedLine } from "../estate/bill.ts";
import type { LoopbackAnswer } from "../loopback.ts";
import { googleError, googleHeaders, invalidArgument } from "./errors.ts";

/** The detailed billing export of the company, in its first project. */
export const billingTable = (project: string): string =>
  `${project}.billing.gcp_billing_export_resource_v1_01AB23_45CD67_89EF01`;

const queryInput = z.strictObject({
  query: z.string(),
  useLegacySql: z.literal(false),
  parameterMode: z.literal("NAMED"),
  queryParameters: z.array(
    z.strictObject({
      name: z.string(),
      parameterType: z.object({ type: z.string() }),
      parameterValue: z.strictObject({
        value: z.string().optional(),
        arrayValues: z.array(z.strictObject({ value: z.string() })).optional(),
      }),
    }),
  ),
  maximumBytesBilled: z.string().optional(),
  maxResults: z.int().min(1).optional(),
  timeoutMs: z.int().min(0).optional(),
  dryRun: z.boolean().optional(),
});

const COST_TYPE: Readonly<Partial<Record<ChargeKind, string>>> = {
  tax: "tax",
  refund: "adjustment",
};

type Value = string | null;

/** The expressions that the simulation can evaluate; it knows no other SQL and says so. */
const COLUMNS: Readonly<Record<string, readonly [type: string, of: (dated: DatedLine) => Value]>> =
  {
    "FORMAT_TIMESTAMP('%Y-%m', usage_start_time)": ["STRING", ({ month }) => month],
    cost_type: ["STRING", ({ line }) => COST_TYPE[line.kind] ?? "regular"],
    currency: ["STRING", () => CURRENCY_OF.gcp],
    "service.description": ["STRING", ({ line }) => line.service],
    "resource.name IS NOT NULL": ["BOOLEAN", ({ line }) => String(line.resource !== null)],
    "project.id": ["STRING", ({ line }) => line.account],
    "location.region": ["STRING", ({ line }) => line.region || null],
    "COALESCE(resource.global_name, resource.name)": [
      "STRING",
      ({ line }) => line.resource?.id ?? null,
    ],
    "REGEXP_EXTRACT(COALESCE(resource.global_name, resource.name), r'^//[^/]+')": [
      "STRING",
      ({ line }) => /^\/\/[^/]+/.exec(line.resource?.id ?? "")?.[0] ?? null,
    ],
    "ARRAY_REVERSE(SPLIT(COALESCE(resource.global_name, resource.name), '/'))[SAFE_OFFSET(1)]": [
      "STRING",
      ({ line }) => line.resource?.id.split("/").at(-2) ?? null,
    ],
  };

const LABEL = /^\(SELECT l\.value FROM UNNEST\(labels\) AS l WHERE l\.key = @(key\d+) LIMIT 1\)$/;
const SUMS =
  "COUNT(*) AS line_count, SUM(CAST(cost AS NUMERIC) + IFNULL((SELECT SUM(CAST(c.amount AS NUMERIC)) FROM UNNEST(credits) AS c), 0)) AS net_cost";
const STATEMENT =
  /^SELECT (?<columns>.+), (?<sums>COUNT\(\*\) AS line_count, .+ AS net_cost)\nFROM `(?<table>[^`]+)`\nWHERE _PARTITIONTIME >= TIMESTAMP_TRUNC\(@from_time, DAY\) AND usage_start_time >= @from_time AND usage_start_time < @to_time(?<accounts> AND project\.id IN UNNEST\(@accounts\))?\nGROUP BY (?<groups>[\d, ]+)$/;

interface Column {
  readonly name: string;
  readonly type: string;
  readonly of: (dated: DatedLine) => Value;
}

interface Statement {
  readonly columns: readonly Column[];
  readonly from: string;
  readonly until: string;
  readonly accounts: ReadonlySet<string> | null;
}

/** What a line of the export takes, for the price of a query. */
const BYTES_PER_LINE = 400;
const ROWS_PER_PAGE = 400;

/** Finished queries by the id of their job. */
export interface BigQuery {
  query(project: string, body: string): LoopbackAnswer;
  results(job: string, params: URLSearchParams): LoopbackAnswer;
}

export function createBigQuery(bill: Bill, home: string): BigQuery {
  const jobs = new Map<string, Job>();
  return {
    query: (project, body) => {
      const parsed = queryInput.safeParse(parse(body));
      if (!parsed.success)
        return invalidArgument("query", "A member of the request is not simulated.");
      const statement = readStatement(parsed.data, home);
      if (statement === undefined)
        return invalidArgument("query", "The sandbox runs the product's statements and no others.");
      const rows = run(bill, statement);
      const bytes = rows.length * BYTES_PER_LINE;
      if (parsed.data.dryRun === true) return dryRun(project, bytes);
      if (bytes > Number(parsed.data.maximumBytesBilled ?? Number.POSITIVE_INFINITY))
        return googleError("INVALID_ARGUMENT", "Query exceeded limit for bytes billed.");
      const id = `job_${createHash("sha256").update(body).digest("hex").slice(0, 24)}`;
      const job = { id, project, columns: statement.columns, rows };
      jobs.set(id, job);
      return page(job, 0);
    },
    results: (id, params) => {
      const token = params.get("pageToken") ?? "";
      const from = token === "" ? 0 : Number(Buffer.from(token, "base64url").toString("utf8"));
      const job = jobs.get(id);
      if (job === undefined) return googleError("NOT_FOUND", "Not found: Job");
      if (!Number.isInteger(from))
        return invalidArgument("pageToken", "The page token is invalid.");
      return page(job, from);
    },
  };
}

interface Job {
  readonly id: string;
  readonly project: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Value[])[];
}

/** Free, and makes no job. */
function dryRun(projectId: string, bytes: number): LoopbackAnswer {
  const body = {
    kind: "bigquery#queryResponse",
    jobReference: { projectId, location: "US" },
    totalBytesProcessed: String(bytes),
    jobComplete: true,
    cacheHit: false,
  };
  return { status: 200, headers: googleHeaders(), body };
}

function page({ id, project, columns, rows }: Job, from: number): LoopbackAnswer {
  const until = from + ROWS_PER_PAGE;
  const next = Buffer.from(String(until)).toString("base64url");
  const body = {
    kind: "bigquery#queryResponse",
    schema: {
      fields: [
        ...columns.map(({ name, type }) => ({ name, type, mode: "NULLABLE" })),
        { name: "line_count", type: "INTEGER", mode: "NULLABLE" },
        { name: "net_cost", type: "NUMERIC", mode: "NULLABLE" },
      ],
    },
    jobReference: { projectId: project, jobId: id, location: "US" },
    totalRows: String(rows.length),
    rows: rows.slice(from, until).map((row) => ({ f: row.map((v) => ({ v })) })),
    totalBytesProcessed: String(rows.length * BYTES_PER_LINE),
    jobComplete: true,
    cacheHit: false,
    ...(until < rows.length ? { pageToken: next } : {}),
  };
  return { status: 200, headers: googleHeaders(), body };
}

function readStatement(
  { query, queryParameters }: z.output<typeof queryInput>,
  home: string,
): Statement | undefined {
  const parts = STATEMENT.exec(query)?.groups ?? {};
  if (parts["sums"] !== SUMS || parts["table"] !== billingTable(home)) return undefined;
  const values = new Map(queryParameters.map(({ name, parameterValue }) => [name, parameterValue]));
  const valueOf = (name: string): string | undefined => values.get(name)?.value;
  const wanted = splitColumns(parts["columns"] ?? "").map((text) => columnOf(text, valueOf));
  const columns = wanted.filter((column) => column !== undefined);
  const isWhole = columns.length === wanted.length;
  if (!isWhole || parts["groups"] !== columns.map((_, at) => at + 1).join(", ")) return undefined;
  const accounts = values.get("accounts")?.arrayValues?.map(({ value }) => value);
  if ((accounts !== undefined) !== (parts["accounts"] !== undefined)) return undefined;
  const dayOf = (name: string): string => (valueOf(name) ?? "").slice(0, 10);
  const only = accounts === undefined ? null : new Set(accounts);
  return { columns, from: dayOf("from_time"), until: dayOf("to_time"), accounts: only };
}

/** At the commas that are in no brackets. */
function splitColumns(text: string): readonly string[] {
  return text.split(/, (?![^()]*\))/);
}

function columnOf(
  text: string,
  parameter: (name: string) => string | undefined,
): Column | undefined {
  const [, sql = "", name = ""] = /^(.+) AS (\w+)$/.exec(text) ?? [];
  const label = LABEL.exec(sql)?.[1];
  if (label !== undefined) {
    const key = parameter(label);
    const of = ({ line }: DatedLine): Value =>
      line.tags.find((tag) => tag.key === key)?.value ?? null;
    return { name, type: "STRING", of };
  }
  const known = COLUMNS[sql];
  return known && { name, type: known[0], of: known[1] };
}

function run(
  bill: Bill,
  { columns, from, until, accounts }: Statement,
): readonly (readonly Value[])[] {
  const groups = new Map<
    string,
    { readonly values: readonly Value[]; lines: number; micros: number }
  >();
  for (const dated of bill.within("gcp", { from, until })) {
    if (accounts !== null && !accounts.has(dated.line.account)) continue;
    const values = columns.map(({ of }) => of(dated));
    const id = JSON.stringify(values);
    const group = groups.get(id) ?? { values, lines: 0, micros: 0 };
    group.lines += 1;
    group.micros += dated.billedMicros;
    groups.set(id, group);
  }
  return Array.from(groups.values(), ({ values, lines, micros }) => [
    ...values,
    String(lines),
    numeric(micros),
  ]);
}

/** NUMERIC as BigQuery writes it: plain decimals without trailing zeros. */
function numeric(micros: number): string {
  const size = Math.abs(micros);
  const fraction = String(size % 1_000_000)
    .padStart(6, "0")
    .replace(/0+$/, "");
  return `${micros < 0 ? "-" : ""}${Math.floor(size / 1_000_000)}${fraction === "" ? "" : `.${fraction}`}`;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
