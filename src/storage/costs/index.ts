import type { Kysely, Selectable } from "kysely";
import type { CostKeyFact } from "../../domain/cost/cost-line.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CostStore, StoredBill } from "../../ports/cost-store.ts";
import { askOnce } from "../one-moment.ts";
import type { Database } from "../schema.ts";
import { createBillWriter, removeAbandonedBills } from "./bill-writer.ts";
import { groups } from "./groups.ts";
import { match, resourceCosts, verdictCosts } from "./resource-costs.ts";
import { taggedCosts } from "./tagged-costs.ts";

const MS_PER_WEEK = 604_800_000;

/** The cost store over an opened and migrated database, which it does not close. */
export function createCostStore(db: Kysely<Database>, clock: Clock): CostStore {
  const billsQuestion = currentBills(db).compile();
  return {
    beginBill: async (source) => {
      const nowMs = clock.now();
      await removeAbandonedBills(db, nowMs);
      return createBillWriter(db, { source, nowMs });
    },
    bills: () =>
      askOnce(db, "bills", async () => (await db.executeQuery(billsQuestion)).rows.map(toBill)),
    groups: (question) => groups(db, question),
    resourceCosts: (resources, months) => resourceCosts(db, resources, months),
    verdictCosts: (scope, months) => verdictCosts(db, scope, months),
    taggedCosts: (scope, month) => taggedCosts(db, scope, month),
    inventoryState: () => askOnce(db, "scans", () => inventoryState(db)),
    match: (scope, months) => match(db, scope, months),
    findAnswer: async (key, notBeforeMs) => {
      const row = await db
        .selectFrom("cost_answers")
        .select(["answer", "stored_at"])
        .where("key", "=", key)
        .where("stored_at", ">=", notBeforeMs)
        .executeTakeFirst();
      return row === undefined ? undefined : { text: row.answer, storedAtMs: row.stored_at };
    },
    saveAnswer: async (key, answer) => {
      const nowMs = clock.now();
      await db.transaction().execute(async (trx) => {
        await trx
          .deleteFrom("cost_answers")
          .where("stored_at", "<", nowMs - MS_PER_WEEK)
          .execute();
        await trx
          .insertInto("cost_answers")
          .values({ key, answer, stored_at: nowMs })
          .onConflict((conflict) =>
            conflict.column("key").doUpdateSet({ answer, stored_at: nowMs }),
          )
          .execute();
      });
    },
  };
}

async function inventoryState(db: Kysely<Database>): Promise<string> {
  const { last, ended } = await db
    .selectFrom("scans")
    .select((eb) => [
      eb.fn.max<number | null>("no").as("last"),
      eb.fn.max<number | null>("finished_at").as("ended"),
    ])
    .executeTakeFirstOrThrow();
  return `${last ?? 0}/${ended ?? 0}`;
}

/** Made ready once, since every answer that tells costs asks it. */
function currentBills(db: Kysely<Database>) {
  return db
    .selectFrom("cost_bills")
    .selectAll()
    .where("state", "=", "current")
    .orderBy("cloud")
    .orderBy("month")
    .orderBy("source");
}

function toBill(row: Selectable<Database["cost_bills"]>): StoredBill {
  const keys: readonly CostKeyFact[] = JSON.parse(row.keys);
  const { source, cloud, month, method, lines } = row;
  return {
    source,
    cloud,
    month,
    method,
    lines,
    keys,
    asOfMs: row.as_of,
    storedAtMs: row.stored_at,
    linesLeftOut: row.lines_left_out,
  };
}
