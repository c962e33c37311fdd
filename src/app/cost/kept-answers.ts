import type { CostStore } from "../../ports/cost-store.ts";
import { answerText, withMicros } from "./answer-text.ts";

/** Answers that one process keeps at once, the oldest dropped first. */
const MOST_KEPT = 32;

/** Where answers outlive the process; `name` tells one kind from another. */
export interface AnswerShelf {
  readonly store: Pick<CostStore, "findAnswer" | "saveAnswer">;
  readonly name: string;
}

/**
 * Remembers answers by a key that says everything they depend on; failures are not kept. With a shelf other
 * processes find them too, such as the next command; their members are then JSON, with amounts in members
 * named `…Micros`.
 */
export class KeptAnswers<T> {
  readonly #kept = new Map<string, Promise<T>>();
  readonly #shelf: AnswerShelf | undefined;

  constructor(shelf?: AnswerShelf) {
    this.#shelf = shelf;
  }

  of(key: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const shelf = this.#shelf;
    const answer = shelf === undefined ? ask() : fromShelf(shelf, key, ask);
    this.#kept.set(key, answer);
    answer.catch(() => this.#kept.delete(key));
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > MOST_KEPT && !oldest.done) this.#kept.delete(oldest.value);
    return answer;
  }
}

async function fromShelf<T>(
  { store, name }: AnswerShelf,
  key: string,
  ask: () => Promise<T>,
): Promise<T> {
  const place = `${name} ${key}`;
  const found = await store.findAnswer(place, 0);
  if (found !== undefined) {
    // The name and key say who wrote it, and so of which type it is.
    const kept: T = JSON.parse(found.text, withMicros);
    return kept;
  }
  const answer = await ask();
  await store.saveAnswer(place, answerText(answer));
  return answer;
}
