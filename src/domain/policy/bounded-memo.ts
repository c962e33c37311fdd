/**
 * Remembers the answer per text, so that a hot path pays one lookup. Bounded: at `maxEntries` it starts
 * over, and texts longer than `maxTextLength` are answered afresh, so hostile input cannot grow it.
 */
export class BoundedMemo<T> {
  readonly #entries = new Map<string, T>();
  readonly #compute: (text: string) => T;
  readonly #maxEntries: number;
  readonly #maxTextLength: number;

  constructor(compute: (text: string) => T, maxEntries = 2048, maxTextLength = 128) {
    this.#compute = compute;
    this.#maxEntries = maxEntries;
    this.#maxTextLength = maxTextLength;
  }

  get(text: string): T {
    const known = this.#entries.get(text);
    return known === undefined ? this.#learn(text) : known;
  }

  #learn(text: string): T {
    const answer = this.#compute(text);
    if (text.length <= this.#maxTextLength) {
      if (this.#entries.size >= this.#maxEntries) this.#entries.clear();
      this.#entries.set(text, answer);
    }
    return answer;
  }
}
