import { z } from "zod";

const Budget = z
  .strictObject({
    window_minutes: z.number().min(0.01).max(1440).default(60).describe("Length of a window."),
    calls: z
      .int()
      .min(1)
      .max(10_000_000)
      .default(100)
      .describe("Tool calls; a further page of an answer counts a tenth."),
    api_calls: z
      .int()
      .min(1)
      .max(100_000_000)
      .default(100_000)
      .describe("Requests sent to the clouds."),
    api_cost_usd: z
      .number()
      .min(0.01)
      .max(10_000)
      .default(5)
      .describe("US dollars, for requests that cost money."),
    mistakes: z
      .int()
      .min(1)
      .max(10_000_000)
      .default(50)
      .describe("Calls of unknown tools or with arguments that are not valid."),
  })
  .prefault({})
  .describe("What one caller may use within a window.");

const Loops = z
  .strictObject({
    window_minutes: z.number().min(0.01).max(1440).default(5).describe("How far back counts."),
    repeats: z
      .int()
      .min(2)
      .max(10_000_000)
      .default(3)
      .describe("This call with the same arguments is given the earlier answer instead."),
    stop_after: z
      .int()
      .min(2)
      .max(10_000_000)
      .default(5)
      .describe("Further ones are only told to stop."),
  })
  .prefault({})
  .describe("A caller that repeats itself.");

const Approval = z
  .strictObject({
    ask: z
      .enum(["when_expensive", "never"])
      .default("when_expensive")
      .describe("Ask before a call that is known to be expensive. Stored answers never ask."),
    max_resources_without_approval: z
      .int()
      .min(0)
      .max(1_000_000_000)
      .default(500)
      .describe("Resources to read again; asked only when it takes long, too."),
    max_seconds_without_approval: z
      .number()
      .min(0)
      .max(86_400)
      .default(30)
      .describe("Time that reading them is known to take."),
    max_cost_days_without_approval: z
      .int()
      .min(0)
      .max(400)
      .default(31)
      .describe("Days of a cost query that costs money; a whole month is not asked about."),
    max_api_cost_usd_without_approval: z
      .number()
      .min(0)
      .max(10_000)
      .default(1)
      .describe("US dollars for the requests of one call."),
    sample_above_resources: z
      .int()
      .min(0)
      .max(1_000_000_000)
      .default(1000)
      .describe("Above this a sample is offered first."),
    confirm_within_minutes: z
      .number()
      .min(0.1)
      .max(60)
      .default(5)
      .describe("How long a confirmation may be used."),
  })
  .prefault({})
  .describe("When a caller is asked first.");

export const Safety = z
  .strictObject({ budget: Budget, loops: Loops, approval: Approval })
  .prefault({})
  .describe("Limits for callers of tools. The command line and scheduled jobs have none.");
