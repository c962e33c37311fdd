import { z } from "zod";

export const Scan = z
  .strictObject({
    cell_concurrency: z
      .int()
      .min(1)
      .max(512)
      .default(256)
      .describe("Cells of one cloud read at the same time."),
    call_timeout_seconds: z
      .number()
      .min(1)
      .max(300)
      .default(30)
      .describe("A call that has not answered by then is cut and tried again."),
  })
  .prefault({})
  .describe("How clouds are read.");
