import { z } from "zod";

export const Http = z
  .strictObject({
    host: z.string().default("127.0.0.1").describe("Address to listen on."),
    port: z.int().min(0).max(65_535).default(8080).describe("Port; 0 picks a free one."),
  })
  .prefault({})
  .describe("`serve --http`.");
