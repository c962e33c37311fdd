/**
 * Rows of all cells that wait to be stored before each cell waits until its own are: the clouds are not
 * read faster than the database can follow, and memory does not depend on how many cells are read at a time.
 */
const MOST_UNSAVED = 8_192;

/** Rows read and not stored yet, of all cells of a scan. */
export interface Backlog {
  rows: number;
}

/**
 * Pages of a cell on their way into the store, while the next ones are read. Keeps none of them: what is
 * only waiting should not take the memory of what is being worked on.
 */
export class UnsavedPages {
  readonly #backlog: Backlog;
  readonly #saving = new Set<Promise<void>>();
  #failures: readonly unknown[] = [];

  constructor(backlog: Backlog) {
    this.#backlog = backlog;
  }

  /**
   * Resolves when the next page may be read.
   * @param saved settles when the page of so many rows is stored.
   * @throws what the first page that could not be stored failed with, as soon as that is known.
   */
  async add(rows: number, saved: Promise<void>): Promise<void> {
    this.#backlog.rows += rows;
    const saving = saved
      .catch((error: unknown) => {
        this.#failures = [...this.#failures, error];
      })
      .finally(() => {
        this.#backlog.rows -= rows;
        this.#saving.delete(saving);
      });
    this.#saving.add(saving);
    if (this.#backlog.rows > MOST_UNSAVED) await Promise.all(this.#saving);
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  /** Waits for every page. @returns what those that could not be stored failed with. */
  async settled(): Promise<readonly unknown[]> {
    await Promise.all(this.#saving);
    return this.#failures;
  }
}
