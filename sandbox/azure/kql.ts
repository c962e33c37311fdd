/**
 * The part of the Kusto query language that the simulated Resource Graph understands:
 *
 *     resources | resourcecontainers
 *     | where <type|subscriptionId|location> <== | != | =~ | !~> 'text'  [and …]
 *     | where <type|subscriptionId|location> <in | !in | in~ | !in~> ('a', 'b')
 *     | union (resources | resourcecontainers [| where …])
 *     | project column, column, name = tostring(properties.path[0].path)
 *                               (also: name = coalesce(tostring(…), tostring(…)))
 *     | order by id asc                       (also: sort by)
 *     | summarize [name =] count() by column, column
 *
 * Anything else is a parser failure, as it is for a query Azure itself cannot read: a construct that
 * was ignored would give an answer to another question.
 */

import { type ComputedColumn, readComputed } from "./kql-columns.ts";
import { type ParserFailure, Reader, tokenize } from "./kql-reader.ts";

export const TABLES = ["resources", "resourcecontainers"] as const;
export type Table = (typeof TABLES)[number];
/** Microsoft's samples write the tables either way, and Azure reads both. */
const CAPITAL_TABLES = ["Resources", "ResourceContainers"] as const;

/** Columns that whole runs of resources share, so that filtering needs no resource to be made. */
export const GROUP_COLUMNS = ["type", "subscriptionId", "location"] as const;
export type GroupColumn = (typeof GROUP_COLUMNS)[number];

export const COLUMNS = [
  "id",
  "name",
  "type",
  "tenantId",
  "kind",
  "location",
  "resourceGroup",
  "subscriptionId",
  "managedBy",
  "sku",
  "plan",
  "properties",
  "tags",
  "identity",
  "zones",
] as const;
export type Column = (typeof COLUMNS)[number];

export interface Condition {
  readonly column: GroupColumn;
  readonly negated: boolean;
  readonly ignoreCase: boolean;
  readonly values: readonly string[];
}

export interface CountBy {
  readonly name: string;
  readonly columns: readonly GroupColumn[];
}

/** Rows of one table. */
export interface Leg {
  readonly table: Table;
  readonly conditions: readonly Condition[];
}

export interface KqlQuery extends Leg {
  /** A second table, whose rows follow those of the first. */
  readonly union?: Leg;
  /** Every column when the query does not project. */
  readonly columns: readonly string[];
  /** Those of `columns` that no table has. */
  readonly computed: readonly ComputedColumn[];
  readonly countBy?: CountBy;
}

export type Parsed =
  | { readonly ok: true; readonly query: KqlQuery }
  | { readonly ok: false; readonly failure: ParserFailure };

const EQUALITY: Readonly<Record<string, Pick<Condition, "negated" | "ignoreCase">>> = {
  "==": { negated: false, ignoreCase: false },
  "!=": { negated: true, ignoreCase: false },
  "=~": { negated: false, ignoreCase: true },
  "!~": { negated: true, ignoreCase: true },
};
const MEMBERSHIP: Readonly<Record<string, Pick<Condition, "negated" | "ignoreCase">>> = {
  in: { negated: false, ignoreCase: false },
  "!in": { negated: true, ignoreCase: false },
  "in~": { negated: false, ignoreCase: true },
  "!in~": { negated: true, ignoreCase: true },
};

/** Reads a query of the subset above. */
export function parseKql(text: string): Parsed {
  const reader = new Reader(tokenize(text));
  const query = readQuery(reader);
  if (query === undefined) return { ok: false, failure: reader.failure(text) };
  return { ok: true, query };
}

function readQuery(reader: Reader): KqlQuery | undefined {
  const table = readTable(reader);
  if (table === undefined) return undefined;
  let query: KqlQuery = { table, conditions: [], columns: COLUMNS, computed: [] };
  while (!reader.atEnd) {
    if (reader.take("|") === undefined) return undefined;
    const next = readOperator(reader, query);
    if (next === undefined) return undefined;
    query = next;
  }
  return query;
}

function readTable(reader: Reader): Table | undefined {
  const table = reader.take(...TABLES, ...CAPITAL_TABLES);
  if (table === undefined) return undefined;
  return /^resourcecontainers$/i.test(table) ? "resourcecontainers" : "resources";
}

/** `(table | where … | where …)` */
function readUnion(reader: Reader): Leg | undefined {
  const table = reader.take("(") && readTable(reader);
  if (table === undefined) return undefined;
  const conditions: Condition[] = [];
  while (reader.take("|") !== undefined) {
    const more = reader.take("where") && readConditions(reader);
    if (more === undefined) return undefined;
    conditions.push(...more);
  }
  return reader.take(")") && { table, conditions };
}

function readOperator(reader: Reader, query: KqlQuery): KqlQuery | undefined {
  // A filter after a projection could name a column that is gone, so where comes first here.
  const isWhole = query.columns === COLUMNS && query.countBy === undefined;
  const early = isWhole ? (["project", "summarize"] as const) : [];
  // So does it before a union, of which there is one: what would be meant is not in the subset.
  const first = isWhole && query.union === undefined ? (["where", "union"] as const) : [];
  const name = reader.take(...first, ...early, "order", "sort");
  return name && OPERATORS[name](reader, query);
}

type ReadOperator = (reader: Reader, query: KqlQuery) => KqlQuery | undefined;

const OPERATORS = {
  where: (reader, query) => {
    const more = readConditions(reader);
    return more && { ...query, conditions: [...query.conditions, ...more] };
  },
  union: (reader, query) => {
    const union = readUnion(reader);
    return union && { ...query, union };
  },
  project: (reader, query) => {
    const columns = reader.takeList(() => reader.take(...COLUMNS) ?? readComputed(reader));
    if (columns === undefined) return undefined;
    const computed = columns.filter((column) => typeof column !== "string");
    const names = columns.map((column) => (typeof column === "string" ? column : column.name));
    return { ...query, columns: names, computed };
  },
  summarize: (reader, query) => {
    const countBy = readCountBy(reader);
    return countBy && { ...query, countBy };
  },
  order: readOrder,
  sort: readOrder,
} as const satisfies Readonly<Record<string, ReadOperator>>;

function readConditions(reader: Reader): readonly Condition[] | undefined {
  const conditions: Condition[] = [];
  do {
    const column = reader.take(...GROUP_COLUMNS);
    if (column === undefined) return undefined;
    const operator = reader.take(...Object.keys(EQUALITY), ...Object.keys(MEMBERSHIP));
    if (operator === undefined) return undefined;
    const values = operator in MEMBERSHIP ? readSet(reader) : readOne(reader);
    const meaning = EQUALITY[operator] ?? MEMBERSHIP[operator];
    if (values === undefined || meaning === undefined) return undefined;
    conditions.push({ column, ...meaning, values });
  } while (reader.take("and") !== undefined);
  return conditions;
}

function readOne(reader: Reader): readonly string[] | undefined {
  const literal = reader.takeLiteral();
  return literal === undefined ? undefined : [literal];
}

function readSet(reader: Reader): readonly string[] | undefined {
  if (reader.take("(") === undefined) return undefined;
  const values = reader.takeList(() => reader.takeLiteral());
  return values !== undefined && reader.take(")") !== undefined ? values : undefined;
}

function readOrder(reader: Reader, query: KqlQuery): KqlQuery | undefined {
  if (reader.take("by") === undefined) return undefined;
  if (query.countBy !== undefined || reader.take("id") === undefined) return undefined;
  // `order by` alone means descending in Kusto, which this table is not.
  return reader.take("asc") === undefined ? undefined : query;
}

function readCountBy(reader: Reader): CountBy | undefined {
  const named = reader.take("count") === undefined ? reader.takeName() : undefined;
  if (named !== undefined && (!reader.take("=") || !reader.take("count"))) return undefined;
  if (!reader.take("(") || !reader.take(")") || !reader.take("by")) return undefined;
  const columns = reader.takeList(() => reader.take(...GROUP_COLUMNS));
  return columns && { name: named ?? "count_", columns };
}
