import type { CompiledQuery, Kysely } from "kysely";
import { RE_JUDGEMENT_LEASE } from "../re-judge/right.ts";
import { askOnce } from "../one-moment.ts";
import type { Database } from "../schema.ts";

/** Answers kept at once, those asked for longest ago dropped first. */
const MOST_ANSWERS = 128;
/** Rows of all kept answers together: some tens of MB. */
const MOST_ROWS = 50_000;

const FAILED = Symbol("failed");

interface Kept {
  readonly answer: Promise<unknown>;
  /** 0 until it is there. */
  rows: number;
}

/**
 * Answers about the inventory, kept until it changes. Only scans and judgings change it, so one small
 * question about them stands for the many that an answer takes; while one runs, nothing is kept.
 */
export class KeptReads {
  readonly #db: Kysely<Database>;
  readonly #stateQuestion: CompiledQuery<State>;
  readonly #kept = new Map<string, Kept>();
  #state = "";
  #rows = 0;

  constructor(db: Kysely<Database>) {
    this.#db = db;
    this.#stateQuestion = stateQuestion(db);
  }

  /**
   * @param question what `name` was asked, as JSON can tell it.
   * @param read answers it; what it returns is shared and must not be changed.
   */
  async of<T>(name: string, question: unknown, read: () => Promise<T>): Promise<T> {
    const state = await askOnce(
      this.#db,
      "inventory",
      () => this.#currentState(),
      (text) => text !== null,
    );
    if (state === null) return read();
    this.#enter(state);
    const key = `${name} ${JSON.stringify(question)}`;
    const known = this.#kept.get(key);
    if (known !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, known);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the name says who wrote it, and so of which type it is
      return known.answer as Promise<T>;
    }
    const answer = read();
    this.#keep(key, answer);
    return answer;
  }

  async #currentState(): Promise<string | null> {
    const { rows } = await this.#db.executeQuery(this.#stateQuestion);
    return stateText(rows[0]);
  }

  #enter(state: string): void {
    if (state === this.#state) return;
    this.#kept.clear();
    this.#rows = 0;
    this.#state = state;
  }

  #keep(key: string, answer: Promise<unknown>): void {
    const kept: Kept = { answer, rows: 0 };
    this.#kept.set(key, kept);
    void this.#settle(key, kept);
  }

  /** Whoever asked is told of a failure; it is not kept. */
  async #settle(key: string, kept: Kept): Promise<void> {
    const value = await kept.answer.catch(() => FAILED);
    if (this.#kept.get(key) !== kept) return;
    if (value === FAILED) {
      this.#kept.delete(key);
      return;
    }
    kept.rows = Array.isArray(value) ? value.length : 1;
    this.#rows += kept.rows;
    this.#makeRoom();
  }

  #makeRoom(): void {
    for (const [key, { rows }] of this.#kept) {
      if (this.#rows <= MOST_ROWS && this.#kept.size <= MOST_ANSWERS) return;
      this.#kept.delete(key);
      this.#rows -= rows;
    }
  }
}

interface State {
  readonly last: number | null;
  readonly ended: number | null;
  readonly running: number | null;
  readonly oldest: string | null;
  readonly youngest: string | null;
  readonly judgings: number | null;
}

/** Scans, and how often the inventory was judged anew; made ready once, since every answer asks it. */
function stateQuestion(db: Kysely<Database>): CompiledQuery<State> {
  return db
    .selectFrom("scans")
    .select((eb) => [
      eb.fn.max<number | null>("no").as("last"),
      eb.fn.max<number | null>("finished_at").as("ended"),
      eb.fn
        .sum<number | null>(eb.case().when("status", "=", "running").then(1).else(0).end())
        .as("running"),
      eb.fn.min<string | null>("policy_hash").as("oldest"),
      eb.fn.max<string | null>("policy_hash").as("youngest"),
      eb.selectFrom("leases").select("token").where("name", "=", RE_JUDGEMENT_LEASE).as("judgings"),
    ])
    .compile();
}

/** Another text whenever the inventory may have changed; null while it does. */
function stateText(state: State | undefined): string | null {
  return state === undefined || (state.running ?? 0) > 0 ? null : JSON.stringify(state);
}
