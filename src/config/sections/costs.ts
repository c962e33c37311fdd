import { z } from "zod";

export const Costs = z
  .strictObject({
    allocation_tags: z
      .array(z.string().min(1))
      .max(10)
      .default([])
      .describe(
        "Tags of the policy that make spend allocated, all of them. Empty: its first required tag. Cost Explorer reads one.",
      ),
    team_tag: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Tag that names teams. Default: the first tag of the policy named like a team or an owner.",
      ),
    ask_clouds: z
      .boolean()
      .default(true)
      .describe(
        "Ask the clouds for costs where no imported bill answers. AWS charges 0.01 USD a request.",
      ),
  })
  .prefault({})
  .describe("Money: bills and to whom spend belongs.");
