import type { Transaction } from "kysely";
import type { Database } from "../schema.ts";

type CostCounter = "cost_bill" | "cost_place" | "cost_tag_set";

/**
 * Takes `count` (at least 1) consecutive row numbers and returns the first. Numbers start at 1.
 * A rolled-back transaction gives them back.
 */
export async function takeNumbers(
  trx: Transaction<Database>,
  name: "scan" | "place" | "finding" | "resource" | "change" | CostCounter,
  count: number,
): Promise<number> {
  const { value } = await trx
    .insertInto("counters")
    .values({ name, value: count })
    .onConflict((conflict) =>
      conflict
        .column("name")
        .doUpdateSet((eb) => ({ value: eb("counters.value", "+", eb.ref("excluded.value")) })),
    )
    .returning("value")
    .executeTakeFirstOrThrow();
  return value - count + 1;
}
