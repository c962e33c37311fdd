import {
  type Expression,
  type ExpressionBuilder,
  type ExpressionWrapper,
  sql,
  type SqlBool,
  type Transaction,
} from "kysely";
import type { Database } from "../schema.ts";
import { batches } from "./batches.ts";

/** Shorter runs of numbers than this are not worth a statement of their own. */
const SHORTEST_RUN = 8;

/**
 * Notes that stored resources were seen, in a table of its own: nearly all that a scan sees it has seen
 * before, and rewriting a million wide rows for two numbers is most of what a scan would write.
 */
export async function noteSeen(
  trx: Transaction<Database>,
  numbers: readonly number[],
  seen: { readonly scanNo: number; readonly nowMs: number },
): Promise<void> {
  const { runs, rest } = runsOf(numbers);
  for (const { first, last } of runs)
    await note(trx, seen, {
      count: last - first + 1,
      which: (no) => sql<SqlBool>`${no} between ${first} and ${last}`,
    });
  for (const batch of batches(rest))
    await note(trx, seen, {
      count: batch.length,
      which: (no) => sql<SqlBool>`${no} in (${sql.join(batch)})`,
    });
}

interface Some {
  readonly count: number;
  /** A condition on the number of a resource. */
  readonly which: (no: Expression<number>) => Expression<SqlBool>;
}

async function note(
  trx: Transaction<Database>,
  { scanNo, nowMs }: { readonly scanNo: number; readonly nowMs: number },
  { count, which }: Some,
): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable("sightings")
    .set({ seen_at: nowMs, scan_no: scanNo })
    .where((eb) => which(eb.ref("resource_no")))
    .executeTakeFirstOrThrow();
  if (Number(numUpdatedRows) === count) return;
  // Never seen but once: until now its own row told when.
  await trx
    .insertInto("sightings")
    .columns(["resource_no", "seen_at", "scan_no"])
    .expression((insert) =>
      insert
        .selectFrom("resources")
        // Casts: PostgreSQL takes a bare parameter of a select list for text.
        .select([
          "no",
          sql<number>`cast(${nowMs} as bigint)`.as("seen_at"),
          sql<number>`cast(${scanNo} as bigint)`.as("scan_no"),
        ])
        .where((eb) => which(eb.ref("no"))),
    )
    .onConflict((conflict) => conflict.column("resource_no").doNothing())
    .execute();
}

/** Resources that are read together were stored together, so that most of their numbers follow on. */
function runsOf(numbers: readonly number[]): {
  readonly runs: readonly { readonly first: number; readonly last: number }[];
  readonly rest: readonly number[];
} {
  const sorted = numbers.toSorted((a, b) => a - b);
  const runs: { first: number; last: number }[] = [];
  const rest: number[] = [];
  for (let start = 0; start < sorted.length; ) {
    let end = start + 1;
    while (end < sorted.length && sorted[end] === (sorted[end - 1] ?? 0) + 1) end += 1;
    const run = sorted.slice(start, end);
    const [first, last] = [run[0] ?? 0, run.at(-1) ?? 0];
    if (run.length < SHORTEST_RUN) rest.push(...run);
    else runs.push({ first, last });
    start = end;
  }
  return { runs, rest };
}

/** When a resource was last seen, epoch milliseconds. */
export function lastSeenAt(
  eb: ExpressionBuilder<Database, "resources">,
): ExpressionWrapper<Database, "resources", number> {
  return eb.fn.coalesce(
    eb
      .selectFrom("sightings")
      .select("sightings.seen_at")
      .whereRef("sightings.resource_no", "=", "resources.no"),
    "resources.last_seen_at",
  );
}

/**
 * Did nobody see it since a scan began? A subquery of one value, which PostgreSQL cannot turn into a join
 * over the whole table, as it does with `exists`.
 */
export function unseenSince(
  eb: ExpressionBuilder<Database, "resources">,
  { no, beganAtMs }: { readonly no: number; readonly beganAtMs: number },
): Expression<SqlBool> {
  const seen = eb
    .selectFrom("sightings")
    .select((of) =>
      of
        .case()
        .when(of.or([of("sightings.scan_no", "=", no), of("sightings.seen_at", ">", beganAtMs)]))
        .then(1)
        .else(0)
        .end()
        .as("seen"),
    )
    .whereRef("sightings.resource_no", "=", "resources.no");
  return eb.and([
    eb("resources.last_scan_no", "!=", no),
    eb("resources.last_seen_at", "<=", beganAtMs),
    eb(eb.fn.coalesce(seen, sql.lit(0)), "=", 0),
  ]);
}
