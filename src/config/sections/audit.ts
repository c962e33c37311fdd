import { z } from "zod";
import { SecretReference } from "../../domain/secret-reference.ts";

export const Audit = z
  .strictObject({
    key: SecretReference.optional().describe(
      "Key of the chain, at least 32 characters. Default: one made in the database, which does not protect against whoever owns the database.",
    ),
    retention_days: z
      .int()
      .min(1)
      .max(36_500)
      .default(400)
      .describe("Older records are removed, leaving a signed checkpoint."),
    anchor_file: z
      .string()
      .optional()
      .describe(
        "A line a day with the newest record is added here; keep copies elsewhere. Default: audit-anchors.jsonl in the data folder.",
      ),
  })
  .prefault({})
  .describe("The log of who did what.");
