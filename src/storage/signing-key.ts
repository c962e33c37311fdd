import { randomBytes } from "node:crypto";
import type { Kysely } from "kysely";
import type { Database } from "./schema.ts";

const KEY_BYTES = 32;

/** Keys that belong to a database; each has one purpose. */
type KeyName = "cursor-signing-key" | "audit-chain-key" | "confirmation-key";

/** The key of this database, made on first use. Of several processes asking at once, all get the same. */
export async function signingKey(
  db: Kysely<Database>,
  nowMs: number,
  name: KeyName = "cursor-signing-key",
): Promise<Uint8Array> {
  const stored = await readKey(db, name);
  if (stored !== undefined) return stored;
  await db
    .insertInto("secrets")
    .values({
      name,
      value: randomBytes(KEY_BYTES).toString("base64url"),
      created_at: nowMs,
    })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
  const { value } = await db
    .selectFrom("secrets")
    .select("value")
    .where("name", "=", name)
    .executeTakeFirstOrThrow();
  return Buffer.from(value, "base64url");
}

async function readKey(db: Kysely<Database>, name: KeyName): Promise<Uint8Array | undefined> {
  const row = await db
    .selectFrom("secrets")
    .select("value")
    .where("name", "=", name)
    .executeTakeFirst();
  return row === undefined ? undefined : Buffer.from(row.value, "base64url");
}
