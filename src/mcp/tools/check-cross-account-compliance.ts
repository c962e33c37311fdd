import * as z from "zod";
import { type CheckAccounts, RANK_BY } from "../../app/check-accounts.ts";
import { accountsOutput, toAccountsOutput } from "../accounts-output.ts";
import { accountsText } from "../accounts-text.ts";
import { defineReadTool } from "../define.ts";
import { tellOfScan } from "../scan-update.ts";
import { cloudsOf, cursorInput, freshnessInput, scopeInput } from "../scope-input.ts";

export default defineReadTool({
  name: "check_cross_account_compliance",
  title: "Check cross-account compliance",
  description:
    "Scorecard that compares the compliance of AWS accounts, Azure subscriptions and GCP projects and ranks account by account, worst first, best last: one line each on how it stands with the tagging policy, score, counts, the top violated tag; which accounts failed, are missing or could not be read (no access), and why. For single violations use check_tag_compliance.",
  reachesClouds: true,
  input: z.strictObject({
    ...scopeInput,
    rank_by: z
      .enum(RANK_BY)
      .default("non_compliant")
      .describe("Most violating resources, or lowest score, first"),
    ...freshnessInput,
    limit: z.int().min(1).max(100).default(10),
    ...cursorInput,
    response_format: z.enum(["concise", "detailed"]).default("concise"),
  }),
  output: accountsOutput,
  async run(input, deps: { readonly checkAccounts: CheckAccounts }, context) {
    const result = await deps.checkAccounts({
      clouds: cloudsOf(input.cloud_provider),
      accounts: input.accounts,
      regions: input.regions,
      resourceTypes: input.resource_types,
      rankBy: input.rank_by,
      maxAgeMinutes: input.max_age_minutes,
      staleMinutes: input.allow_stale_minutes,
      refresh: input.refresh,
      limit: input.limit,
      cursor: input.cursor,
      signal: context.signal,
      onProgress: tellOfScan(context),
    });
    return toAccountsOutput(result, input.response_format);
  },
  summarize: accountsText,
});
