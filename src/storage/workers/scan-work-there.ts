import { Kysely } from "kysely";
import { Dictionary } from "../inventory/dictionary.ts";
import { performScanWork, type ScanJobResult } from "../inventory/scan-work.ts";
import type { Database } from "../schema.ts";
import { unpackWork } from "./packed-work.ts";
import type { SqliteConnection } from "./sqlite-connection.ts";
import { inlineDialect } from "./sqlite-inline-dialect.ts";

/** Does what scans write over the connection of this thread. @param work as `packWork` made it. */
export function scanWorkOver(
  connection: SqliteConnection,
): (work: string) => Promise<readonly ScanJobResult[]> {
  const db = new Kysely<Database>({ dialect: inlineDialect(connection) });
  // A store remembers what it looked up, and no other store does: the tables may have been emptied between.
  let known = { owner: "", dictionary: new Dictionary() };
  return (text) => {
    const work = unpackWork(text);
    const { owner } = work.scan;
    if (known.owner !== owner) known = { owner, dictionary: new Dictionary() };
    return performScanWork(db, known.dictionary, work);
  };
}
