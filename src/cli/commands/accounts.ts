import { z } from "zod";
import {
  type AccountScore,
  type CheckAccountsResult,
  RANK_BY,
  type RankedAccount,
} from "../../app/check-accounts.ts";
import { CLOUDS } from "../../domain/cloud.ts";
import { problemText } from "../../domain/scan/problem-text.ts";
import { openApplication } from "../application.ts";
import { EXIT, type ExitCode } from "../failure.ts";
import { parseOptions } from "../options.ts";
import { count, percent, printable, processTerminal, type Terminal } from "../output.ts";
import { plainTable } from "../plain-table.ts";
import { createProgressLine } from "../progress-line.ts";

const Options = z.object({
  cloud: z.array(z.enum(CLOUDS)).default([]),
  account: z.array(z.string()).default([]),
  region: z.array(z.string()).default([]),
  type: z.array(z.string()).default([]),
  rankBy: z.enum(RANK_BY).default("non_compliant"),
  maxAge: z.number().min(0).optional(),
  limit: z.int().min(1).max(1000).default(20),
  json: z.boolean().default(false),
});

const SHOWN_UNREAD = 10;

/**
 * `tag-compliance accounts`: answers from the stored inventory when it is at most an hour old, or as old
 * as `--max-age` allows. Exit code 3 when something in scope could not be read.
 */
export async function runAccountsCommand(raw: unknown, configFile: unknown): Promise<ExitCode> {
  const options = parseOptions(Options, raw);
  const terminal = processTerminal();
  const progress = createProgressLine(terminal);
  const app = openApplication(configFile);
  const interrupt = new AbortController();
  const onInterrupt = (): void => interrupt.abort();
  process.once("SIGINT", onInterrupt);
  try {
    const result = await app.checkAccounts({
      clouds: options.cloud,
      accounts: options.account,
      regions: options.region,
      resourceTypes: options.type,
      rankBy: options.rankBy,
      maxAgeMinutes: options.maxAge,
      refresh: false,
      limit: options.limit,
      cursor: undefined,
      signal: interrupt.signal,
      onProgress: (step) => progress.update(step),
    });
    progress.done();
    terminal.out(options.json ? toJson(result) : render(result, terminal));
    return result.coverage.complete ? EXIT.ok : EXIT.incomplete;
  } finally {
    progress.done();
    process.off("SIGINT", onInterrupt);
    await app.close();
  }
}

/** Dates as ISO text; everything else as the use case gave it. */
function toJson(result: CheckAccountsResult): string {
  return JSON.stringify({ ...result, dataAsOf: new Date(result.dataAsOf).toISOString() }, null, 2);
}

function render(result: CheckAccountsResult, terminal: Terminal): string {
  const more = result.accountCount - result.accounts.length;
  const asOf = new Date(result.dataAsOf).toISOString();
  return [
    rankingTable(result.accounts),
    ...(more > 0 ? [`  and ${count(more)} more (--limit, or --json)`] : []),
    "",
    ...unreadLines(result.unread, terminal),
    terminal.style("dim", `Data as of ${asOf}. ${result.scanId}`),
  ].join("\n");
}

function rankingTable(accounts: readonly RankedAccount[]): string {
  const table = plainTable(
    ["", "cloud", "account", "resources", "violating", "unknown", "score", "most frequent"],
    ["right", "left", "left", "right", "right", "right", "right", "left"],
  );
  for (const { rank, cloud, account, total, counts, score, worst } of accounts) {
    const [first] = worst;
    table.push([
      String(rank),
      cloud,
      printable(account),
      count(total),
      count(counts.non_compliant),
      count(counts.unknown),
      percent(score),
      first === undefined ? "" : `${first.kind} ${printable(first.tag)} ${count(first.count)}`,
    ]);
  }
  return table.toString();
}

function unreadLines(unread: readonly AccountScore[], terminal: Terminal): readonly string[] {
  if (unread.length === 0) return [terminal.style("green", "Every account was read completely.")];
  const lines = unread
    .slice(0, SHOWN_UNREAD)
    .flatMap(({ coverage }) =>
      coverage.groups.map((group) => `  ${problemText(group, { name: printable })}`),
    );
  const rest = unread.length - SHOWN_UNREAD;
  return [
    terminal.style("yellow", `${count(unread.length)} accounts were not read completely:`),
    ...lines,
    ...(rest > 0 ? [`  and ${count(rest)} more accounts (--json lists them)`] : []),
  ];
}
