import { randomBytes } from "node:crypto";
import type { Kysely } from "kysely";
import type { Database } from "./schema.ts";

const NAME = "cursor-signing-key";
const KEY_BYTES = 32;

/** The key of this database, made on first use. Of several processes asking at once, all get the same. */
export async function signingKey(db: Kysely<Database>, nowMs: number): Promise<Uint8Array> {
  const stored = await readKey(db);
  if (stored !== undefined) return stored;
  await db
    .insertInto("secrets")
    .values({
      name: NAME,
      value: randomBytes(KEY_BYTES).toString("base64url"),
      created_at: nowMs,
    })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
  const { value } = await db
    .selectFrom("secrets")
    .select("value")
    .where("name", "=", NAME)
    .executeTakeFirstOrThrow();
  return Buffer.from(value, "base64url");
}

async function readKey(db: Kysely<Database>): Promise<Uint8Array | undefined> {
  const row = await db
    .selectFrom("secrets")
    .select("value")
    .where("name", "=", NAME)
    .executeTakeFirst();
  return row === undefined ? undefined : Buffer.from(row.value, "base64url");
}
