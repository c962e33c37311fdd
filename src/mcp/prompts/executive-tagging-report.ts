import * as z from "zod";
import { asUser, definePrompt } from "../define-prompt.ts";
import { scopeArguments, scopeCompletion, scopeText } from "./arguments.ts";

const GROUPS = ["account", "service", "cloud"] as const;

export default definePrompt({
  name: "executive_tagging_report",
  title: "Executive tagging report",
  description:
    "One page for people who decide: unattributed spend, compliance, trend, and the few decisions that are needed.",
  input: z.strictObject({
    ...scopeArguments,
    group_by: z.enum(GROUPS).default("account").describe("What spend is shown by"),
  }),
  complete: { ...scopeCompletion, group_by: async () => GROUPS },
  messages: ({ group_by: groupBy, ...scope }) =>
    asUser(
      "Write one page on the state of our tagging for executives who know neither clouds nor tags.",
      `Use these arguments in every call that takes them: ${scopeText(scope)}`,
      "",
      "Call, in this order:",
      `1. get_cost_attribution_gap with group_by "${groupBy}": how much spend nobody answers for, and the steps that would help most.`,
      "2. check_tag_compliance: the score and its coverage.",
      '3. get_violation_history with group_by "month": whether it gets better.',
      "4. check_cross_account_compliance: who leads and who needs help.",
      "",
      "Begin with the money nobody answers for, in its currency and as a share. Then three findings, three decisions that you ask for, each with its effect and effort, and the trend in one sentence. Say how old the data is, what could not be read, and how each figure was made. Use no figure that no tool gave you.",
    ),
});
