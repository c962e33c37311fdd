import { z } from "zod";
import { Retention } from "./retention.ts";
import { parseSecretReference, SECRET_REFERENCE_FORMS } from "../../domain/secret-reference.ts";

/** A URL as PostgreSQL writes it; a password in its query would escape those who mask passwords. */
function isPostgresUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, searchParams } = new URL(text);
  return /^postgres(ql)?:$/.test(protocol) && !searchParams.has("password");
}

export const Storage = z
  .strictObject({
    data_dir: z.string().optional().describe("Folder of the inventory. Default: per user."),
    url: z
      .string()
      .refine(
        (text) => parseSecretReference(text) !== undefined || isPostgresUrl(text),
        `Give postgres://user@host:port/database, or where such a URL is: ${SECRET_REFERENCE_FORMS}.`,
      )
      .optional()
      .describe(
        "PostgreSQL database to keep the inventory in, as postgres://… or, with its password, as a reference to a secret. Default: an SQLite file in the data folder.",
      ),
    retention: Retention,
  })
  .prefault({})
  .describe("Where the inventory is kept.");
