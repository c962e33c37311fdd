import { AsyncLocalStorage } from "node:async_hooks";

/** A question that was asked in a moment, and how often this process had changed the database by then. */
interface Asked {
  readonly answer: Promise<unknown>;
  readonly changes: number;
}

const moments = new AsyncLocalStorage<Map<object, Map<string, Asked>>>();
const changesOf = new WeakMap<object, number>();

/**
 * Runs a piece of work, such as one call, that sees what changes seldom as it was when it first asked:
 * one question instead of one for each of its parts.
 */
export function inOneMoment<T>(work: () => Promise<T>): Promise<T> {
  return moments.run(new Map(), work);
}

/** This process changed what is asked in moments, or is about to: whoever asks from now on asks anew. */
export function noteChange(database: object): void {
  changesOf.set(database, (changesOf.get(database) ?? 0) + 1);
}

/**
 * Asks unless it was asked in this moment already; outside of any, always. Never answers with anything
 * older than the moment, nor than the last change by this process.
 * @param stands whether an answer is one that holds for the rest of the moment; default: any
 */
export async function askOnce<T>(
  database: object,
  question: string,
  ask: () => Promise<T>,
  stands: (answer: T) => boolean = () => true,
): Promise<T> {
  const asked = askedIn(database);
  const changes = changesOf.get(database) ?? 0;
  const known = asked?.get(question);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the question says who asked, and so the type
  if (known?.changes === changes) return known.answer as Promise<T>;
  const answer = ask();
  asked?.set(question, { answer, changes });
  const forget = (): void => {
    if (asked?.get(question)?.answer === answer) asked.delete(question);
  };
  try {
    const told = await answer;
    if (!stands(told)) forget();
    return told;
  } catch (error) {
    forget();
    throw error;
  }
}

function askedIn(database: object): Map<string, Asked> | undefined {
  const moment = moments.getStore();
  if (moment === undefined) return undefined;
  const asked = moment.get(database) ?? new Map<string, Asked>();
  moment.set(database, asked);
  return asked;
}
