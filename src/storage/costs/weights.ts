import { type Kysely, sql, type Transaction } from "kysely";
import { CLOUDS, type Cloud } from "../../domain/cloud.ts";
import { monthStart } from "../../domain/cost/cost-period.ts";
import type { Database } from "../schema.ts";

/**
 * Sees to it that `resource_costs` holds a month of these clouds as their current bills have it. Adding
 * up a million lines takes seconds, so it is done once for each state of the bills.
 * @param clouds `[]`: every one.
 * @returns the clouds of which a bill of the month is stored.
 */
export async function weigh(
  db: Kysely<Database>,
  clouds: readonly Cloud[],
  month: string,
): Promise<readonly Cloud[]> {
  const asked = clouds.length === 0 ? CLOUDS : clouds;
  const stored = await billsOf(db, month);
  const missing = asked.filter((cloud) => stored.current.get(cloud) !== stored.weighed.get(cloud));
  if (missing.length > 0)
    await db.transaction().execute(async (trx) => {
      // Another process may have done it while this one waited to write.
      const { current, weighed } = await billsOf(trx, month);
      for (const cloud of missing) {
        const bills = current.get(cloud);
        if (bills !== weighed.get(cloud)) await replaceWeights(trx, { cloud, month, bills });
      }
    });
  return asked.filter((cloud) => stored.current.has(cloud));
}

interface MonthsBills {
  /** Numbers of a cloud's bills, as text that is equal for equal bills. */
  readonly current: ReadonlyMap<Cloud, string>;
  /** The same of the bills that `resource_costs` was made of. */
  readonly weighed: ReadonlyMap<Cloud, string>;
}

async function billsOf(db: Kysely<Database>, month: string): Promise<MonthsBills> {
  const bills = await db
    .selectFrom("cost_bills")
    .select(["cloud", "no"])
    .where("state", "=", "current")
    .where("month", "=", month)
    .orderBy("no")
    .execute();
  const weights = await db
    .selectFrom("cost_weights")
    .select(["cloud", "bills"])
    .where("month", "=", month)
    .execute();
  const current = Map.groupBy(bills, ({ cloud }) => cloud);
  return {
    current: new Map([...current].map(([cloud, own]) => [cloud, own.map(({ no }) => no).join()])),
    weighed: new Map(weights.map(({ cloud, bills: numbers }) => [cloud, numbers])),
  };
}

async function replaceWeights(
  trx: Transaction<Database>,
  {
    cloud,
    month,
    bills,
  }: { readonly cloud: Cloud; readonly month: string; readonly bills: string | undefined },
): Promise<void> {
  // The month before stays: a question about it may be under way.
  const before = monthStart(`${month}-01`, -1).slice(0, 7);
  for (const table of ["resource_costs", "cost_weights"] as const)
    await trx
      .deleteFrom(table)
      .where("cloud", "=", cloud)
      .where((eb) => eb.or([eb("month", "=", month), eb("month", "<", before)]))
      .execute();
  if (bills === undefined) return;
  await trx
    .insertInto("resource_costs")
    .columns(["month", "cloud", "resource_key", "currency", "method", "effective"])
    .expression(
      trx
        .selectFrom("cost_lines")
        .innerJoin("cost_bills", "cost_bills.no", "cost_lines.bill_no")
        .where("cost_bills.state", "=", "current")
        .where("cost_bills.cloud", "=", cloud)
        .where("cost_bills.month", "=", month)
        .where("cost_lines.resource_key", "is not", null)
        .select(["cost_bills.month", "cost_bills.cloud"])
        .select(sql<string>`cost_lines.resource_key`.as("resource_key"))
        .select(["cost_lines.currency", "cost_bills.method"])
        .select(sql<bigint>`sum(cost_lines.effective)`.as("effective"))
        .groupBy(["cost_bills.month", "cost_bills.cloud", "cost_lines.resource_key"])
        .groupBy(["cost_lines.currency", "cost_bills.method"]),
    )
    .execute();
  await trx.insertInto("cost_weights").values({ cloud, month, bills }).execute();
}
