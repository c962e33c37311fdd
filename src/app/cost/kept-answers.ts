/** Answers kept at once, the oldest dropped first. */
const MOST_KEPT = 32;

/** Remembers answers by a key that says everything they depend on; failures are not kept. */
export class KeptAnswers<T> {
  readonly #kept = new Map<string, Promise<T>>();

  of(key: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const answer = ask();
    this.#kept.set(key, answer);
    answer.catch(() => this.#kept.delete(key));
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > MOST_KEPT && !oldest.done) this.#kept.delete(oldest.value);
    return answer;
  }
}
