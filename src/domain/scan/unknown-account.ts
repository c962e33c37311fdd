import { distance } from "fastest-levenshtein";
import { AppError } from "../errors.ts";

/** An account as its cloud lists it. The name is untrusted text and never leaves `details`. */
export interface AccountName {
  readonly id: string;
  readonly name: string;
}

const MAX_SUGGESTIONS = 3;

/**
 * The accounts of a question narrowed to those that exist, in the order asked for; every account when
 * `asked` is empty.
 * @throws {AppError} `invalid_input` naming near matches, when one is not among `reachable`.
 */
export function chooseAccounts<T extends AccountName>(
  asked: readonly string[],
  reachable: readonly T[],
): readonly T[] {
  if (asked.length === 0) return reachable;
  const byId = new Map(reachable.map((account) => [account.id, account]));
  const unknown = asked.filter((id) => !byId.has(id));
  if (unknown.length > 0) throw unknownAccounts(unknown, asked, reachable);
  return [...new Set(asked)].flatMap((id) => byId.get(id) ?? []);
}

function unknownAccounts(
  unknown: readonly string[],
  asked: readonly string[],
  reachable: readonly AccountName[],
): AppError {
  const suggestions = Object.fromEntries(unknown.map((id) => [id, nearest(id, reachable)]));
  const near = [...new Set(Object.values(suggestions).flat())];
  return new AppError(
    "invalid_input",
    `${unknown.length} account(s) are not among those these credentials can read.`,
    {
      hint:
        near.length > 0
          ? `Did you mean ${near.join(", ")}? Leave accounts empty to read every account.`
          : "Check the id and the role assignments, or leave accounts empty to read every account.",
      issues: unknown.map((id) => ({
        path: `accounts[${asked.indexOf(id)}]`,
        message: "No such account, or no access to it.",
      })),
      details: { unknown, suggestions, reachable: reachable.length },
    },
  );
}

/** Ids that were probably meant: near in spelling, or of an account whose name contains the text. */
function nearest(text: string, reachable: readonly AccountName[]): readonly string[] {
  const wanted = text.toLowerCase();
  const limit = Math.max(2, Math.floor(wanted.length / 4));
  return reachable
    .map(({ id, name }) => {
      const named = wanted.length >= 3 && name.toLowerCase().includes(wanted);
      return { id, score: named ? 0 : distance(wanted, id) };
    })
    .filter(({ score }) => score <= limit)
    .toSorted((a, b) => a.score - b.score || (a.id < b.id ? -1 : 1))
    .slice(0, MAX_SUGGESTIONS)
    .map(({ id }) => id);
}
