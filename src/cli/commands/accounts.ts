import { z } from "zod";
import {
  type AccountScore,
  type CheckAccountsResult,
  RANK_BY,
  type RankedAccount,
} from "../../app/check-accounts.ts";
import { problemText } from "../../domain/scan/problem-text.ts";
import { EXIT, type ExitCode } from "../failure.ts";
import { jsonText } from "../json.ts";
import { parseOptions } from "../options.ts";
import { count, percent, printable, type Terminal } from "../output.ts";
import { plainTable } from "../plain-table.ts";
import {
  freshnessOf,
  freshnessOptions,
  limitOption,
  scopeOf,
  scopeOptions,
} from "../scope-options.ts";
import { withApplication } from "../with-application.ts";

const Options = z.object({
  ...scopeOptions,
  rankBy: z.enum(RANK_BY).default("non_compliant"),
  ...freshnessOptions,
  limit: limitOption(20),
  json: z.boolean().default(false),
});

const SHOWN_UNREAD = 10;

/**
 * `tag-compliance accounts`: answers from the stored inventory when it is at most an hour old, or as old
 * as `--max-age` allows. Exit code 3 when something in scope could not be read.
 */
export async function runAccountsCommand(raw: unknown, configFile: unknown): Promise<ExitCode> {
  const options = parseOptions(Options, raw);
  return withApplication(configFile, async ({ app, terminal, signal, onProgress }) => {
    const result = await app.checkAccounts({
      ...scopeOf(options),
      rankBy: options.rankBy,
      ...freshnessOf(options),
      limit: options.limit,
      cursor: undefined,
      signal,
      onProgress,
    });
    terminal.out(options.json ? toJson(result) : render(result, terminal));
    return result.coverage.complete ? EXIT.ok : EXIT.incomplete;
  });
}

/** Dates as ISO text; everything else as the use case gave it. */
function toJson(result: CheckAccountsResult): string {
  return jsonText({ ...result, dataAsOf: new Date(result.dataAsOf).toISOString() });
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
