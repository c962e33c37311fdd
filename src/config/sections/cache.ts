import { z } from "zod";
import { SecretReference } from "../../domain/secret-reference.ts";

export const Cache = z
  .strictObject({
    url: z
      .string()
      .regex(/^rediss?:\/\/[^@]+$/, "Give redis://host:port or rediss://host:port, no password.")
      .optional()
      .describe("Redis that replicas share budgets in. Default: none, each process for itself."),
    username: z.string().optional().describe("User of Redis 6 or newer."),
    password: SecretReference.optional().describe("Where the password of Redis is."),
    key_prefix: z.string().max(64).default("tag-compliance:").describe("Begins every key."),
    replicas: z
      .int()
      .min(1)
      .max(1000)
      .default(2)
      .describe("While Redis does not answer, each process grants this part of a budget."),
  })
  .prefault({})
  .describe("What several replicas share.");
