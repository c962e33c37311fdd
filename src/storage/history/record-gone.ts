import {
  type Expression,
  type ExpressionBuilder,
  sql,
  type SqlBool,
  type Transaction,
} from "kysely";
import { takeNumbers } from "../inventory/counters.ts";
import { lastSeenAt } from "../inventory/last-seen.ts";
import type { Database } from "../schema.ts";

/**
 * Writes down that resources are gone; to be called before their rows say so. One statement, so that an
 * account that was closed passes through no memory of ours.
 * @param gone.count how many resources the condition selects.
 */
export async function recordGone(
  trx: Transaction<Database>,
  gone: {
    readonly which: (eb: ExpressionBuilder<Database, "resources">) => Expression<SqlBool>;
    readonly count: number;
    readonly scanNo: number;
    readonly nowMs: number;
  },
): Promise<void> {
  const first = await takeNumbers(trx, "change", gone.count);
  await trx
    .insertInto("resource_changes")
    .columns(["no", "resource_no", "place_id", "kind", "after_at", "seen_at", "scan_no"])
    .expression((insert) =>
      insert
        .selectFrom("resources")
        .select((eb) => [
          // Casts: PostgreSQL takes a bare parameter of a select list for text.
          sql<number>`cast(${first - 1} as bigint) + row_number() over (order by resources.no)`.as(
            "number",
          ),
          "resources.no",
          "resources.place_id",
          sql<string>`cast('resource_gone' as text)`.as("kind"),
          lastSeenAt(eb).as("after_at"),
          sql<number>`cast(${gone.nowMs} as bigint)`.as("seen_at"),
          sql<number>`cast(${gone.scanNo} as bigint)`.as("scan_no"),
        ])
        .where(gone.which),
    )
    .execute();
}
