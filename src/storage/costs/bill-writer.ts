import type { Kysely, Transaction } from "kysely";
import { CLOUDS, type Cloud } from "../../domain/cloud.ts";
import type { CostGroup, CostMethod } from "../../domain/cost/cost-line.ts";
import { dayOf } from "../../domain/cost/cost-period.ts";
import { costResourceKey } from "../../domain/cost/resource-key.ts";
import { AppError } from "../../domain/errors.ts";
import type { BillFacts, BillWriter, StoredBill } from "../../ports/cost-store.ts";
import { batches } from "../inventory/batches.ts";
import { takeNumbers } from "../inventory/counters.ts";
import { noteChange } from "../one-moment.ts";
import type { Database } from "../schema.ts";
import { CostDictionary } from "./dictionary.ts";
import { weigh } from "./weights.ts";

export interface BillOptions {
  readonly source: string;
  readonly nowMs: number;
}

/** Until the files have been read, what kind they are is not known; such a bill is in no answer. */
const UNDECIDED: CostMethod = "focus";

interface OpenBill {
  readonly no: number;
  readonly cloud: Cloud;
  readonly month: string;
  lines: number;
}

/**
 * Writes bills beside the current ones, under numbers of their own; `commit` exchanges them. What a
 * process that died left behind is removed when the same source is next written and it is a day old.
 */
export function createBillWriter(db: Kysely<Database>, options: BillOptions): BillWriter {
  const open = new Map<string, OpenBill>();
  const dictionary = new CostDictionary();

  async function billOf(trx: Transaction<Database>, group: CostGroup): Promise<OpenBill> {
    const { cloud, month } = group;
    const key = `${cloud} ${month}`;
    const known = open.get(key);
    if (known !== undefined) return known;
    const no = await takeNumbers(trx, "cost_bill", 1);
    const { source, nowMs } = options;
    const empty = { method: UNDECIDED, as_of: null, lines: 0, lines_left_out: 0, keys: "[]" };
    await trx
      .insertInto("cost_bills")
      .values({ no, source, cloud, month, state: "writing", stored_at: nowMs, ...empty })
      .execute();
    const bill = { no, cloud, month, lines: 0 };
    open.set(key, bill);
    return bill;
  }

  return {
    save: async (groups) => {
      if (groups.length === 0) return;
      await db.transaction().execute(async (trx) => {
        const numbers = await dictionary.numbers(trx, groups);
        const rows: LineRow[] = [];
        for (const group of groups) {
          const bill = await billOf(trx, group);
          bill.lines += group.lines;
          rows.push(toRow(group, bill.no, numbers(group)));
        }
        for (const batch of batches(rows))
          await trx.insertInto("cost_lines").values(batch).execute();
      });
    },
    commit: async (facts) => {
      const stored = await db
        .transaction()
        .execute((trx) => commit(trx, [...open.values()], { options, facts }));
      noteChange(db);
      // Who imports a bill expects to wait; who asks what things cost does not.
      const month = await newestWholeMonth(db, options.nowMs);
      if (month !== null) await weigh(db, [], month);
      return stored;
    },
    discard: async () => {
      const numbers = [...open.values()].map(({ no }) => no);
      await db.transaction().execute((trx) => removeBills(trx, numbers));
    },
  };
}

/** The month that questions about the cost of resources are answered by. */
async function newestWholeMonth(db: Kysely<Database>, nowMs: number): Promise<string | null> {
  const { month } = await db
    .selectFrom("cost_bills")
    .where("state", "=", "current")
    .where("month", "<", dayOf(nowMs).slice(0, 7))
    .select((eb) => eb.fn.max<string | null>("month").as("month"))
    .executeTakeFirstOrThrow();
  return month;
}

type LineRow = ReturnType<typeof toRow>;

function toRow(
  group: CostGroup,
  billNo: number,
  { placeId, tagsId }: { readonly placeId: number; readonly tagsId: number },
) {
  return {
    bill_no: billNo,
    place_id: placeId,
    tags_id: tagsId,
    charge: group.charge,
    has_resource: group.hasResource === null ? null : Number(group.hasResource),
    resource_key: costResourceKey(group),
    currency: group.currency,
    effective: group.effectiveMicros,
    billed: group.billedMicros,
    lines: group.lines,
  };
}

async function commit(
  trx: Transaction<Database>,
  bills: readonly OpenBill[],
  { options, facts }: { readonly options: BillOptions; readonly facts: BillFacts },
): Promise<readonly StoredBill[]> {
  const { source, nowMs } = options;
  const { method } = facts;
  const stored: StoredBill[] = [];
  for (const { no, cloud, month, lines } of bills) {
    const old = await trx
      .selectFrom("cost_bills")
      .select("no")
      .where("source", "=", source)
      .where("cloud", "=", cloud)
      .where("month", "=", month)
      .where("state", "=", "current")
      .execute();
    await removeBills(
      trx,
      old.map((row) => row.no),
    );
    const kept = {
      method,
      as_of: facts.asOfMs,
      stored_at: nowMs,
      lines,
      lines_left_out: facts.linesLeftOut,
    };
    const { numUpdatedRows } = await trx
      .updateTable("cost_bills")
      .set({ ...kept, state: "current", keys: JSON.stringify(facts.keys[cloud]) })
      .where("no", "=", no)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n)
      throw new AppError("storage_unavailable", "The bill being written was removed meanwhile.", {
        hint: "Import it again, and let one import of a source end before the next begins.",
      });
    stored.push({
      source,
      cloud,
      month,
      method,
      asOfMs: facts.asOfMs,
      storedAtMs: nowMs,
      lines,
      linesLeftOut: facts.linesLeftOut,
      keys: facts.keys[cloud],
    });
  }
  return stored.toSorted(
    (a, b) => CLOUDS.indexOf(a.cloud) - CLOUDS.indexOf(b.cloud) || (a.month < b.month ? -1 : 1),
  );
}

async function removeBills(trx: Transaction<Database>, numbers: readonly number[]): Promise<void> {
  for (const no of numbers) {
    await trx.deleteFrom("cost_lines").where("bill_no", "=", no).execute();
    await trx.deleteFrom("cost_bills").where("no", "=", no).execute();
  }
}

const MS_PER_DAY = 86_400_000;

/** Removes what imports that never ended left behind. */
export async function removeAbandonedBills(db: Kysely<Database>, nowMs: number): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const rows = await trx
      .selectFrom("cost_bills")
      .select("no")
      .where("state", "=", "writing")
      .where("stored_at", "<", nowMs - MS_PER_DAY)
      .execute();
    await removeBills(
      trx,
      rows.map(({ no }) => no),
    );
  });
}
