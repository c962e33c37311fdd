import { ageText } from "./age-text.ts";
import type { AccountsOutput } from "./accounts-output.ts";
import { coverageLines } from "./coverage-output.ts";
import { plainName } from "./untrusted-text.ts";

const LISTED = 10;

/** The ranking for readers of text: account ids, counts and enums; no text of a tag. */
export function accountsText(answer: AccountsOutput): string {
  const { accounts, account_count: all } = answer;
  const first = accounts.slice(0, LISTED);
  return [
    `Accounts: ${number(all)}, ${answer.score === null ? "none of their resources judged" : `together ${percent(answer.score)} compliant`}. Worst first${accounts.length < all ? ", one page" : ""}:`,
    ...first.map(accountLine),
    ...(first.length < accounts.length
      ? [`- and ${number(accounts.length - first.length)} more in the structured answer`]
      : []),
    ...unreadLines(answer),
    ...coverageLines(answer.coverage),
    ageText(answer),
    `Next: ${nextCall(answer)}`,
  ].join("\n");
}

function accountLine(of: AccountsOutput["accounts"][number]): string {
  const { rank, cloud, account, score, non_compliant: bad, compliant, unknown, reading } = of;
  const judged =
    score === null
      ? "no score, nothing judged"
      : `${percent(score)}, ${number(bad)} of ${number(bad + compliant)} judged are non-compliant`;
  const notes = [
    ...(unknown > 0 ? [`${number(unknown)} unknown`] : []),
    ...(reading === "complete" ? [] : [`read ${reading === "partial" ? "in part" : "not at all"}`]),
  ];
  return [`${rank}. ${cloud} ${plainName(account)}: ${judged}`, ...notes].join("; ");
}

function unreadLines(answer: AccountsOutput): readonly string[] {
  const failed = answer.unread_accounts.filter(({ reading }) => reading === "failed");
  if (failed.length === 0) return [];
  return [
    "Nothing could be read of:",
    ...failed.slice(0, LISTED).map(({ cloud, account, why }) => {
      const reasons = [...new Set(why.map(({ reason }) => reason))].join(", ");
      return `- ${cloud} ${account === "*" ? "(any account)" : plainName(account)}: ${reasons}`;
    }),
  ];
}

function nextCall(answer: AccountsOutput): string {
  if (answer.unread_accounts.some(({ reading }) => reading === "failed"))
    return "give the missing access, then call again with refresh: true; unread accounts are neither good nor bad.";
  if (answer.next_cursor !== null)
    return "for the next page, call check_cross_account_compliance with cursor = next_cursor and the same other arguments.";
  const worst = answer.accounts[0];
  if (worst === undefined || worst.non_compliant === 0) return "nothing to fix in this scope.";
  return "call check_tag_compliance with accounts = [the account in question] for its violations.";
}

/** One decimal, rounded down: 99.96 % must not read as 100 %. */
function percent(share: number): string {
  return `${Math.floor(share * 1000 + 1e-9) / 10} %`;
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
