import { z } from "zod";

export const Storage = z
  .strictObject({
    data_dir: z.string().optional().describe("Folder of the inventory. Default: per user."),
  })
  .prefault({})
  .describe("Where the inventory is kept.");
