import { sql, type Transaction } from "kysely";
import { AppError } from "../../domain/errors.ts";
import { PLACES, ROWS } from "../inventory/row-id.ts";
import type { Database } from "../schema.ts";

/** Resources that one statement replaces: none comes near the time that a statement may take. */
const NUMBERS_AT_ONCE = 100_000;

/** Makes what was put aside count, in the transaction of the caller. The counts of places are not among it. */
export async function showStaged(trx: Transaction<Database>, policyHash: string): Promise<void> {
  await refuseWhileScanning(trx);
  for await (const { after, upTo } of ranges(trx)) await replace(trx, after, upTo);
  const columns = ["id", "resource_no", "finding_id", "actual", "suggestion"] as const;
  await trx
    .insertInto("violations")
    .columns(columns)
    .expression(trx.selectFrom("staged_violations").select(columns).orderBy("id"))
    .execute();
  await takeRowNumbers(trx);
  // What a scan was kept as a snapshot for is counted already, by the policy it was judged by.
  await trx
    .updateTable("scans")
    .set({ policy_hash: policyHash, snapshot: 0 })
    .where("policy_hash", "!=", policyHash)
    .execute();
  await dropStaged(trx);
}

export async function dropStaged(trx: Transaction<Database>): Promise<void> {
  await trx.deleteFrom("staged_verdicts").execute();
  await trx.deleteFrom("staged_violations").execute();
}

export function runningScan(
  trx: Transaction<Database>,
): Promise<{ readonly id: string } | undefined> {
  return trx
    .selectFrom("scans")
    .select("id")
    .where("status", "=", "running")
    .orderBy("no")
    .limit(1)
    .executeTakeFirst();
}

async function refuseWhileScanning(trx: Transaction<Database>): Promise<void> {
  if ((await runningScan(trx)) !== undefined)
    throw new AppError("internal", "A scan began while the inventory was judged anew.");
}

async function* ranges(
  trx: Transaction<Database>,
): AsyncGenerator<{ readonly after: number; readonly upTo: number }> {
  const { last } = await trx
    .selectFrom("staged_verdicts")
    .select((eb) => eb.fn.max("resource_no").as("last"))
    .executeTakeFirstOrThrow();
  for (let after = 0; after < (last ?? 0); after += NUMBERS_AT_ONCE)
    yield { after, upTo: after + NUMBERS_AT_ONCE };
}

async function replace(trx: Transaction<Database>, after: number, upTo: number): Promise<void> {
  await trx
    .deleteFrom("violations")
    .where("resource_no", "in", (eb) =>
      eb
        .selectFrom("staged_verdicts")
        .select("resource_no")
        .where("resource_no", ">", after)
        .where("resource_no", "<=", upTo),
    )
    .execute();
  await trx
    .updateTable("resources")
    .from("staged_verdicts as staged")
    .set((eb) => ({
      verdict: eb.ref("staged.verdict"),
      state: eb.ref("staged.state"),
      gap: eb.ref("staged.gap"),
    }))
    .whereRef("staged.resource_no", "=", "resources.no")
    .where("staged.resource_no", ">", after)
    .where("staged.resource_no", "<=", upTo)
    .execute();
}

/** The numbers that staged violations carry are taken now; `row-id.ts` says where in an id they are. */
async function takeRowNumbers(trx: Transaction<Database>): Promise<void> {
  const used = trx
    .selectFrom("staged_violations")
    .select([
      sql<number>`(id / ${sql.lit(ROWS)}) % ${sql.lit(PLACES)}`.as("place_id"),
      sql<number>`max(id % ${sql.lit(ROWS)})`.as("last"),
    ])
    .groupBy("place_id")
    .as("used");
  await trx
    .updateTable("places")
    .from(used)
    .set((eb) => ({ violation_rows: eb.ref("used.last") }))
    .whereRef("used.place_id", "=", "places.id")
    .execute();
}
