import type { Kysely, Transaction } from "kysely";
import { AppError } from "../../domain/errors.ts";
import type { Database } from "../schema.ts";

/** The lease of whoever judges the inventory anew. */
export const RE_JUDGEMENT_LEASE = "re_judgement";

/** A judging that says nothing for so long has died: a page takes milliseconds, the end some seconds. */
const SILENT_AFTER_MS = 60_000;

/** Does a living process judge? To be asked under the lock of writers. */
export async function isReJudging(trx: Transaction<Database>, nowMs: number): Promise<boolean> {
  const held = await trx
    .selectFrom("leases")
    .select("token")
    .where("name", "=", RE_JUDGEMENT_LEASE)
    .where("owner", "is not", null)
    .where("renewed_at", ">=", nowMs - SILENT_AFTER_MS)
    .executeTakeFirst();
  return held !== undefined;
}

/** Takes the right whoever held it: the caller has asked `isReJudging` in the same transaction. */
export async function takeRight(
  trx: Transaction<Database>,
  owner: string,
  nowMs: number,
): Promise<number> {
  const { token } = await trx
    .insertInto("leases")
    .values({ name: RE_JUDGEMENT_LEASE, owner, token: 1, renewed_at: nowMs })
    .onConflict((conflict) =>
      conflict
        .column("name")
        .doUpdateSet((eb) => ({ owner, token: eb("leases.token", "+", 1), renewed_at: nowMs })),
    )
    .returning("token")
    .executeTakeFirstOrThrow();
  return token;
}

/** Part of every write. @throws {AppError} `storage_unavailable` when another has taken the right. */
export async function renewRight(
  db: Kysely<Database>,
  token: number,
  nowMs: number,
): Promise<void> {
  const { numUpdatedRows } = await changeRight(db, token, { renewed_at: nowMs });
  if (numUpdatedRows > 0n) return;
  throw new AppError(
    "storage_unavailable",
    "Judging the inventory by the new policy was taken over.",
    {
      hint: "Ask again: another process has begun it anew.",
    },
  );
}

export async function endRight(db: Kysely<Database>, token: number, nowMs: number): Promise<void> {
  await changeRight(db, token, { owner: null, renewed_at: nowMs });
}

function changeRight(
  db: Kysely<Database>,
  token: number,
  columns: { readonly owner?: null; readonly renewed_at: number },
) {
  return db
    .updateTable("leases")
    .set(columns)
    .where("name", "=", RE_JUDGEMENT_LEASE)
    .where("token", "=", token)
    .where("owner", "is not", null)
    .executeTakeFirst();
}
