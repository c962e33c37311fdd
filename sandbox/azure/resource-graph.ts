import { createHash } from "node:crypto";
import { z } from "zod";
import type { FaultKind, FaultPlan } from "../faults.ts";
import type { LoopbackAnswer } from "../loopback.ts";
import {
  armHeaders,
  faultAnswer,
  graphError,
  graphThrottled,
  pageTokenExpired,
  quotaHeaders,
} from "./errors.ts";
import { COLUMNS, parseKql, type KqlQuery } from "./kql.ts";
import { type ComputedColumn, computedValue } from "./kql-columns.ts";
import type { Quota } from "./quota.ts";
import {
  countBy,
  countRows,
  rowsFrom,
  type Row,
  select,
  TENANT_ID,
  type Segment,
} from "./table.ts";

const DEFAULT_ROWS = 100;
const MAX_ROWS = 1000;

const requestSchema = z.object({
  query: z.string(),
  subscriptions: z.array(z.string()).optional(),
  managementGroups: z.array(z.string()).optional(),
  options: z
    .object({
      $top: z.int().min(1).max(MAX_ROWS).default(DEFAULT_ROWS),
      $skip: z.int().min(0).optional(),
      $skipToken: z.string().optional(),
      resultFormat: z.enum(["objectArray", "table"]).default("objectArray"),
      allowPartialScopes: z.boolean().optional(),
      authorizationScopeFilter: z.string().optional(),
    })
    .prefault({}),
  /** Facets are not simulated; a request for one is refused rather than answered without. */
  facets: z.array(z.unknown()).max(0).optional(),
});
type QueryRequest = z.infer<typeof requestSchema>;

export interface GraphContext {
  readonly segments: readonly Segment[];
  /** Every subscription id of the tenant. */
  readonly subscriptions: readonly string[];
  readonly faults: FaultPlan;
  readonly quota: Quota;
  /** Codes of the refusal of a query with computed columns; undefined when they are read. */
  readonly refuseComputedColumns: readonly string[] | undefined;
  /** Told the subscription when the query names exactly one, and otherwise an empty string. */
  readonly onQuery: (account: string) => void;
}

/** Answers `POST /providers/Microsoft.ResourceGraph/resources`. */
export function answerQuery(context: GraphContext, body: string): LoopbackAnswer | "silence" {
  const request = readRequest(body);
  if (request === undefined) return badRequest("BadRequest", "The request body is not valid.");
  const scope = scopeOf(context, request);
  if ("status" in scope) return scope;
  const only = scope.length === 1 ? scope[0] : undefined;
  context.onQuery(only ?? "");

  const { fault, readable } = meetFaults(context.faults, scope);
  const stopped =
    fault &&
    faultAnswer(fault, {
      isGraph: true,
      isLaterPage: request.options.$skipToken !== undefined,
      action: "Microsoft.Resources/subscriptions/resources/read",
      scope: only === undefined ? "/" : `/subscriptions/${only}`,
    });
  if (stopped !== undefined) return stopped;

  const use = context.quota.take();
  if (!use.allowed) return graphThrottled(use.resetsAfterS);
  const headers = quotaHeaders(use.remaining, use.resetsAfterS);
  const query = readQuery(context, request.query, headers);
  if ("status" in query) return query;
  const segments = select(context.segments, query).filter((segment) =>
    readable.has(segment.subscriptionId),
  );
  const page = pageOf(resultOf(segments, query), { request, isCut: fault === "partial" });
  if (page === undefined) return pageTokenExpired(true);
  return { status: 200, headers: { ...armHeaders(), ...headers }, body: page };
}

function readRequest(body: string): QueryRequest | undefined {
  try {
    return requestSchema.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

type Headers = Readonly<Record<string, string>>;

/** A refused query was counted, and says what is left, as others do (recorded in Azure/azure-cli-extensions). */
function readQuery(
  { refuseComputedColumns: codes }: GraphContext,
  kql: string,
  headers: Headers,
): KqlQuery | LoopbackAnswer {
  const parsed = parseKql(kql);
  if (!parsed.ok) return invalidQuery({ ...parsed.failure }, headers);
  if (codes === undefined || parsed.query.computed.length === 0) return parsed.query;
  const details = codes.map((code) => ({ code, message: code }));
  return graphError(400, "BadRequest", details, headers);
}

/** Subscriptions the query is about: those named, else every one of the tenant. */
function scopeOf(context: GraphContext, request: QueryRequest): readonly string[] | LoopbackAnswer {
  const { subscriptions: named = [], managementGroups: above = [] } = request;
  if (above.some((group) => group !== TENANT_ID)) {
    return badRequest("BadRequest", "A management group of the request was not found.");
  }
  if (named.length === 0) return context.subscriptions;
  const known = context.subscriptions.filter((id) =>
    named.some((wanted) => wanted.toLowerCase() === id),
  );
  if (known.length > 0) return known;
  return badRequest(
    "NoValidSubscriptionsInQueryRequest",
    "There must be at least one subscription that is eligible to contain resources. " +
      `Given: '${named.join(", ")}'.`,
  );
}

/**
 * Asks the fault plan once for each subscription in scope. Resource Graph leaves out, without a word,
 * those that the caller may not read, and denies a query only when none is left
 * (learn.microsoft.com/azure/governance/resource-graph/overview, "Permissions").
 */
function meetFaults(
  faults: FaultPlan,
  scope: readonly string[],
): { readonly fault: FaultKind | undefined; readonly readable: ReadonlySet<string> } {
  const readable = new Set(scope);
  for (const account of scope) {
    const fault = faults.decide({
      cloud: "azure",
      service: "resourcegraph",
      operation: "Resources",
      account,
      region: "",
    });
    if (fault === "deny") readable.delete(account);
    else if (fault !== undefined) return { fault, readable };
  }
  return { fault: readable.size === 0 ? "deny" : undefined, readable };
}

interface PageRequest {
  readonly request: QueryRequest;
  /** Serve half of what remains and say that it was truncated, with no way to go on. */
  readonly isCut: boolean;
}

type AnyRow = Readonly<Record<string, unknown>>;

/** Everything a query selects, before paging. */
interface Result {
  readonly total: number;
  readonly columns: readonly string[];
  /** Resource Graph can page only a result that has the `id` of each row. */
  readonly isPageable: boolean;
  rows(offset: number, limit: number): Iterable<AnyRow>;
}

function resultOf(
  segments: readonly Segment[],
  { countBy: summary, columns, computed }: KqlQuery,
): Result {
  if (summary === undefined) {
    return {
      total: countRows(segments),
      columns,
      isPageable: columns.includes("id"),
      rows: (offset, limit) =>
        rowsFrom(segments, offset, limit).map((row) => withComputed(row, computed)),
    };
  }
  const counted = countBy(segments, summary);
  return {
    total: counted.length,
    columns: [...summary.columns, summary.name],
    isPageable: false,
    rows: (offset, limit) => counted.slice(offset, offset + limit),
  };
}

function withComputed(row: Row, computed: readonly ComputedColumn[]): AnyRow {
  if (computed.length === 0) return row;
  const values = computed.map((column) => [column.name, computedValue(column, row.properties)]);
  return { ...row, ...Object.fromEntries(values) };
}

/** One page; undefined when the skip token belongs to another query. */
function pageOf(result: Result, { request, isCut }: PageRequest): object | undefined {
  const { $top, $skip, $skipToken, resultFormat } = request.options;
  const marked = $skipToken === undefined ? 0 : readSkipToken($skipToken, request);
  if (marked === undefined) return undefined;
  const offset = $skip ?? marked;
  const rest = Math.max(0, result.total - offset);
  const count = Math.min($top, isCut ? Math.floor(rest / 2) : rest);
  const rows = result.rows(offset, count);
  const render = resultFormat === "table" ? asTable : asObjects;
  const page = {
    totalRecords: result.total,
    count,
    data: render(rows, result.columns),
    facets: [],
  };
  if (count === rest) return { ...page, resultTruncated: "false" };
  // Without a way to page, Resource Graph stops after one page and says so.
  if (isCut || !result.isPageable) return { ...page, resultTruncated: "true" };
  return { ...page, resultTruncated: "false", $skipToken: skipToken(offset + count, request) };
}

function asObjects(rows: Iterable<AnyRow>, columns: readonly string[]): readonly object[] {
  const isWhole = columns === COLUMNS;
  return Array.from(rows, (row) =>
    isWhole ? row : Object.fromEntries(columns.map((column) => [column, row[column]])),
  );
}

const OBJECT_COLUMNS = new Set(["sku", "plan", "properties", "tags", "identity", "zones"]);

function asTable(rows: Iterable<AnyRow>, columns: readonly string[]): object {
  const data = Array.from(rows, (row) => columns.map((column) => row[column]));
  const typeOf = (column: string, at: number) => {
    if (typeof data[0]?.[at] === "number") return "integer";
    return OBJECT_COLUMNS.has(column) ? "object" : "string";
  };
  return {
    columns: columns.map((name, at) => ({ name, type: typeOf(name, at) })),
    rows: data,
  };
}

/** Opaque to the client; good for the query and scope it was issued for and no other. */
function skipToken(offset: number, request: QueryRequest): string {
  return Buffer.from(`${offset}:${fingerprint(request)}`).toString("base64");
}

function readSkipToken(token: string, request: QueryRequest): number | undefined {
  const text = Buffer.from(token, "base64").toString("utf8");
  const [, offset, mark] = /^(\d+):(\w+)$/.exec(text) ?? [];
  return mark === fingerprint(request) ? Number(offset) : undefined;
}

function fingerprint({ query, subscriptions, managementGroups }: QueryRequest): string {
  const asked = JSON.stringify([query, subscriptions, managementGroups]);
  return createHash("sha256").update(asked).digest("hex").slice(0, 16);
}

function badRequest(code: string, message: string): LoopbackAnswer {
  return graphError(400, "BadRequest", [{ code, message }]);
}

function invalidQuery(
  failure: Readonly<Record<string, unknown>>,
  headers: Headers,
): LoopbackAnswer {
  const message =
    "Query is invalid. Please refer to the documentation for the Azure Resource Graph service and " +
    "fix the error before retrying.";
  const details = [
    { code: "InvalidQuery", message },
    { code: "ParserFailure", message: "ParserFailure", ...failure },
  ];
  return graphError(400, "BadRequest", details, headers);
}
