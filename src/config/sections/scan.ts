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
    long_call_after_seconds: z
      .number()
      .min(1)
      .max(540)
      .default(45)
      .describe(
        "1 to 540. A tool call that still scans by then is answered that it goes on; the same call again waits for it. Common clients give up after 60 s.",
      ),
  })
  .prefault({})
  .describe("How clouds are read.");
