import { z } from "zod";

export const Log = z
  .strictObject({
    level: z
      .enum(["debug", "info", "warn", "error", "silent"])
      .default("warn")
      .describe("Least severe message written to stderr."),
  })
  .prefault({})
  .describe("Log, as JSON lines on stderr.");
