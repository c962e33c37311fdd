import type { JudgedResource } from "../ports/inventory.ts";

/** Rows of a cell stored at once: a transaction of a few hundred costs hardly more than one of a few. */
const LARGE_PAGE = 500;

/**
 * Rows of all cells that wait to be stored before each cell stores what it has and waits for that: the
 * clouds are not read faster than the database can follow, and memory does not depend on how many cells
 * are read at a time.
 */
const MOST_UNSAVED = 4_096;

/** Rows read and not stored yet, of all cells of a scan. */
export interface Backlog {
  rows: number;
}

/** What was read of a cell and is not stored yet. */
export class UnsavedRows {
  readonly #backlog: Backlog;
  #rows: readonly JudgedResource[] = [];

  constructor(backlog: Backlog) {
    this.#backlog = backlog;
  }

  add(rows: readonly JudgedResource[]): void {
    this.#rows = this.#rows.length === 0 ? rows : [...this.#rows, ...rows];
    this.#backlog.rows += rows.length;
  }

  areMany(): boolean {
    return this.#rows.length >= LARGE_PAGE || this.#backlog.rows > MOST_UNSAVED;
  }

  /** Hands over all rows, once: what could not be stored is not tried again. */
  async save(store: (rows: readonly JudgedResource[]) => Promise<void>): Promise<void> {
    const rows = this.#rows;
    this.#rows = [];
    try {
      await store(rows);
    } finally {
      this.#backlog.rows -= rows.length;
    }
  }
}
