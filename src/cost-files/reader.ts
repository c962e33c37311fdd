import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import { CLOUDS, type Cloud } from "../domain/cloud.ts";
import type { CostGroup } from "../domain/cost/cost-line.ts";
import type { TagSet } from "../domain/resource.ts";
import { curCharge } from "./cur.ts";
import { carryMicros } from "./exact-sums.ts";
import { focusCharge } from "./focus.ts";
import type { LineSql } from "./line-sql.ts";
import type { ReadFacts, ReadGroup, ReadingOrder } from "./protocol.ts";
import {
  type BillFormat,
  FIXED_COLUMNS,
  type FileSet,
  groupingOf,
  lineOf,
  sortFiles,
  unreadable,
} from "./scan-files.ts";
import { createTagMatcher, pairsInJson, type TagMatcher } from "./tag-columns.ts";

/** Digits after the point of the sums that `groupingOf` gives. */
const SCALE = 18;

type Row = readonly DuckDBValue[];

/** Reads the groups of an order, page by page; call `facts` at the end. */
export interface BillReader {
  pages(): AsyncGenerator<readonly ReadGroup[]>;
  facts(): ReadFacts;
}

/** @throws {AppError} from `pages`: `invalid_input` for files that are no bill or cannot be read. */
export function createBillReader(connection: DuckDBConnection, order: ReadingOrder): BillReader {
  const tally = {
    lines: 0,
    leftOut: 0,
    months: new Map<string, { cloud: Cloud; month: string }>(),
  };
  let format: BillFormat = "focus";
  let matchers = matchersOf(order, false);

  async function* pages(): AsyncGenerator<readonly ReadGroup[]> {
    const sets = await sortFiles(connection, order);
    format = sets[0]?.format ?? format;
    matchers = matchersOf(order, format === "cur");
    const carries = createCarries();
    for (const set of sets) {
      const line = lineOf(set);
      const toGroup = groupMaker({ line, format: set.format, matchers, carries });
      for await (const rows of rowsOf(connection, set, groupingOf(set, line, order.period))) {
        const page: ReadGroup[] = [];
        for (const row of rows) {
          const read = toGroup(row);
          tally.lines += read.lines;
          if (read.group === null) tally.leftOut += read.lines;
          else {
            const { cloud, month } = read.group;
            tally.months.set(`${cloud} ${month}`, { cloud, month });
            page.push({ group: read.group, declaredType: textAt(row, 6) });
          }
        }
        if (page.length > 0) yield page;
      }
    }
  }

  return {
    pages,
    facts: () => ({
      method: format,
      months: [...tally.months.values()],
      lines: tally.lines,
      linesLeftOut: tally.leftOut,
      seen: {
        aws: [...matchers.aws.seen],
        azure: [...matchers.azure.seen],
        gcp: [...matchers.gcp.seen],
      },
    }),
  };
}

type Matchers = Readonly<Record<Cloud, TagMatcher>>;

function matchersOf({ keys }: ReadingOrder, normalised: boolean): Matchers {
  return {
    aws: createTagMatcher(keys.aws, normalised),
    azure: createTagMatcher(keys.azure, false),
    gcp: createTagMatcher(keys.gcp, false),
  };
}

/** The rows of a statement as DuckDB makes them, some two thousand at a time. */
async function* rowsOf(
  connection: DuckDBConnection,
  { files }: FileSet,
  sql: string,
): AsyncGenerator<readonly Row[]> {
  try {
    const result = await connection.stream(sql);
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      yield chunk.getRows();
    }
  } catch (cause) {
    throw unreadable(cause, { files: files.slice(0, 20) });
  }
}

interface Carry {
  readonly effective: (digits: bigint) => bigint;
  readonly billed: (digits: bigint) => bigint;
}

/** One carry a cloud and currency: amounts of different currencies are never added. */
function createCarries(): (cloud: string, currency: string) => Carry {
  const carries = new Map<string, Carry>();
  return (cloud, currency) => {
    const key = `${cloud} ${currency}`;
    const known = carries.get(key) ?? { effective: carryMicros(SCALE), billed: carryMicros(SCALE) };
    carries.set(key, known);
    return known;
  };
}

interface Making {
  readonly line: LineSql;
  readonly format: BillFormat;
  readonly matchers: Matchers;
  readonly carries: (cloud: string, currency: string) => Carry;
}

interface ReadRow {
  /** Null for lines that are left out. */
  readonly group: CostGroup | null;
  readonly lines: number;
}

function groupMaker({ line, format, matchers, carries }: Making): (row: Row) => ReadRow {
  const chargeOf = format === "focus" ? focusCharge : curCharge;
  const tagsOf = tagReader(line, matchers);
  return (row) => {
    const lines = Number(row[11]);
    const cloud = CLOUDS.find((one) => one === row[1]);
    const currency = textAt(row, 7);
    if (cloud === undefined || currency === null || row[8] !== true) return { group: null, lines };
    const carry = carries(cloud, currency);
    const service = textAt(row, 4);
    const resourceId = textAt(row, 5);
    const charge = row.slice(FIXED_COLUMNS, FIXED_COLUMNS + line.charge.length);
    const group: CostGroup = {
      cloud,
      month: textAt(row, 0) ?? "",
      charge: chargeOf(charge.map(asText), service),
      account: accountOf(cloud, textAt(row, 2)),
      region: textAt(row, 3),
      service,
      resourceType: null,
      resourceId,
      hasResource: resourceId !== null,
      tags: tagsOf(cloud, row),
      effectiveMicros: carry.effective(digitsAt(row, 9)),
      billedMicros: carry.billed(digitsAt(row, 10)),
      currency,
      lines,
    };
    return { group, lines };
  };
}

/** Azure's files name a subscription by its resource id. */
function accountOf(cloud: Cloud, account: string | null): string | null {
  if (account === null || cloud !== "azure") return account;
  return account.toLowerCase().replace(/^\/subscriptions\//, "");
}

/** The few sets of tags that many groups share are matched once. */
function tagReader(
  { tags, charge }: LineSql,
  matchers: Matchers,
): (cloud: Cloud, row: Row) => TagSet {
  const from = FIXED_COLUMNS + charge.length;
  const known = new Map<string, TagSet>();
  return (cloud, row) => {
    const written = row.slice(from).map(asText);
    const key = JSON.stringify([cloud, written]);
    const found = known.get(key);
    if (found !== undefined) return found;
    const pairs =
      tags.kind === "json"
        ? pairsInJson(written[0] ?? null)
        : tags.keys.map((one, at) => [one.key, written[at] ?? null] as const);
    const matched = matchers[cloud].match(pairs);
    known.set(key, matched);
    return matched;
  };
}

function textAt(row: Row, at: number): string | null {
  return asText(row[at]);
}

function asText(value: DuckDBValue | undefined): string | null {
  return typeof value === "string" ? value : null;
}

/** A decimal of DuckDB: a whole number of the smallest part. */
function digitsAt(row: Row, at: number): bigint {
  const value = row[at];
  const isDecimal = typeof value === "object" && value !== null && "scale" in value;
  return isDecimal && "value" in value && typeof value.value === "bigint" ? value.value : 0n;
}
