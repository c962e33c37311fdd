import * as z from "zod";
import type { AccountScore, CheckAccountsResult, RankedAccount } from "../app/check-accounts.ts";
import { CLOUDS } from "../domain/cloud.ts";
import { coverageOutput, toCoverageOutput } from "./coverage-output.ts";
import { cleanText } from "./untrusted-text.ts";

const count = z.int().min(0);
const score = z.number().min(0).max(1).nullable();
const reading = z.enum(["complete", "partial", "failed"]);
const name = { cloud: z.enum(CLOUDS), account: z.string() };

/** What `check_cross_account_compliance` answers. */
export const accountsOutput = z.object({
  account_count: count,
  score: score.describe("All accounts together; null = none judged"),
  accounts: z
    .array(
      z.object({
        rank: count.describe("1 = worst"),
        ...name,
        score,
        total: count,
        compliant: count,
        non_compliant: count,
        exempt: count,
        unknown: count.describe("Tags could not be read; not in the score"),
        reading: reading.describe("failed = nothing could be read"),
        worst_tags: z.array(
          z.object({ tag: z.string(), kind: z.string(), severity: z.string(), count }),
        ),
        spend: z
          .object({ currency: z.string(), total_micros: z.int(), non_compliant_micros: z.int() })
          .optional(),
      }),
    )
    .describe("One page"),
  next_cursor: z.string().nullable(),
  unread_count: count.describe("Accounts not read completely"),
  unread_accounts: z
    .array(
      z.object({
        ...name,
        reading,
        why: z.array(z.object({ status: z.string(), reason: z.string(), cells: count })),
      }),
    )
    .describe("First 10, detailed 50; account * = none could be listed"),
  coverage: coverageOutput,
  data_as_of: z.iso.datetime(),
  scanned: z.boolean(),
  refreshing: z.literal(true).optional(),
  scan_id: z.string(),
  policy_hash: z.string(),
});
export type AccountsOutput = z.output<typeof accountsOutput>;

const LISTED_UNREAD = { concise: 10, detailed: 50 } as const;

export function toAccountsOutput(
  result: CheckAccountsResult,
  format: "concise" | "detailed",
): AccountsOutput {
  return {
    account_count: result.accountCount,
    score: result.score,
    accounts: result.accounts.map(toAccount),
    next_cursor: result.nextCursor,
    unread_count: result.unread.length,
    unread_accounts: result.unread.slice(0, LISTED_UNREAD[format]).map(toUnread),
    coverage: toCoverageOutput(result.coverage, format),
    data_as_of: new Date(result.dataAsOf).toISOString(),
    scanned: result.scanned,
    ...(result.refreshing ? { refreshing: true as const } : {}),
    scan_id: result.scanId,
    policy_hash: result.policyHash,
  };
}

function toAccount(of: RankedAccount): AccountsOutput["accounts"][number] {
  const { compliant, non_compliant, exempt, unknown } = of.counts;
  return {
    rank: of.rank,
    cloud: of.cloud,
    account: cleanText(of.account).text,
    score: of.score,
    total: of.total,
    compliant,
    non_compliant,
    exempt,
    unknown,
    reading: of.reading,
    worst_tags: of.worst.map(({ tag, kind, severity, count: found }) => ({
      tag: cleanText(tag).text,
      kind,
      severity,
      count: found,
    })),
    ...(of.spend === undefined
      ? {}
      : {
          spend: {
            currency: of.spend.currency,
            total_micros: of.spend.totalMicros,
            non_compliant_micros: of.spend.nonCompliantMicros,
          },
        }),
  };
}

function toUnread(of: AccountScore): AccountsOutput["unread_accounts"][number] {
  return {
    cloud: of.cloud,
    account: cleanText(of.account).text,
    reading: of.reading,
    why: of.coverage.groups.map(({ status, reason, cells }) => ({ status, reason, cells })),
  };
}
