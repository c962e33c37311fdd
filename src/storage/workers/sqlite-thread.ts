import { setImmediate as nextTurn } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { AppError } from "../../domain/errors.ts";
import { explainSqliteError } from "../sqlite-errors.ts";
import { workerUrl } from "./entries.ts";
import {
  OPENING,
  type SqliteAnswers,
  type SqliteCommand,
  type SqliteFailure,
  type SqliteOpening,
  type SqliteRequest,
  type SqliteResponse,
  type SqliteResult,
} from "./sqlite-protocol.ts";

/**
 * Room for new objects, which a thread fills whether it needs it or not. A scan's rows live as long as their
 * transaction: with less room they are taken for old ones, and collecting them takes far longer.
 */
const YOUNG_GENERATION_MIB = { write: 48, read: 8 } as const;

/** Commands sent before timers and other ports get their turn. */
const COMMANDS_PER_TURN = 8;

/** Messages that the thread has not answered yet: one that it works on, and one that keeps it from idling. */
const MOST_POSTS = 2;
/** Commands of one message. */
const MOST_TOGETHER = 64;

interface Unsent extends SqliteRequest {
  /** Same text, same question; undefined: not to be shared. */
  readonly question: string | undefined;
}

interface Waiting {
  readonly resolve: (result: SqliteResult) => void;
  readonly reject: (error: AppError) => void;
}

/**
 * A connection to SQLite on a thread of its own. Commands run one after the other in the order given.
 * The thread keeps the process alive only while something waits for its answer.
 */
export class SqliteThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #unsentQuestions = new Map<string, Promise<SqliteResult>>();
  readonly #unsent: Unsent[] = [];
  /** The first is the opening, which needs no message. */
  #postsUnderWay = 1;
  #lastId = OPENING;
  #ended = false;

  private constructor(opening: SqliteOpening) {
    this.#worker = new Worker(workerUrl("sqlite"), {
      workerData: opening,
      name: "sqlite",
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB[opening.mode] },
    });
    this.#worker.on("message", (answers: SqliteAnswers) => this.#receive(answers));
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", () => this.#fail(undefined));
  }

  /** @throws {AppError} `storage_unavailable` when the file cannot be opened. */
  static async open(opening: SqliteOpening): Promise<SqliteThread> {
    const thread = new SqliteThread(opening);
    await thread.#answerTo(OPENING);
    return thread;
  }

  /**
   * @throws {AppError} `storage_unavailable` for trouble outside this program, `internal` when SQLite
   * refuses the statement.
   */
  async send(command: SqliteCommand, question?: string): Promise<SqliteResult> {
    // Answers that come as fast as commands are sent would keep the event loop on this one port.
    if (this.#lastId % COMMANDS_PER_TURN === 0) await nextTurn();
    if (this.#ended) throw closed(undefined);
    this.#lastId += 1;
    const answer = this.#answerTo(this.#lastId);
    this.#unsent.push({ id: this.#lastId, command, question });
    queueMicrotask(() => this.#post());
    return answer;
  }

  /**
   * Asks once for all who ask the same before the question leaves this thread: none of them sees anything
   * older than when they asked.
   * @throws {AppError} as `send`
   */
  ask(sql: string, parameters: readonly unknown[]): Promise<SqliteResult> {
    const command = { do: "run", sql, parameters } as const;
    if (!parameters.every(isPlain)) return this.send(command);
    const question = JSON.stringify([sql, parameters]);
    const asked = this.#unsentQuestions.get(question);
    if (asked !== undefined) return asked;
    const answer = this.send(command, question);
    this.#unsentQuestions.set(question, answer);
    return answer;
  }

  /** Waking a thread takes longer than most statements: what gathers meanwhile goes together. */
  #post(): void {
    if (this.#unsent.length === 0 || this.#postsUnderWay >= MOST_POSTS) return;
    this.#postsUnderWay += 1;
    const together = this.#unsent.splice(0, MOST_TOGETHER);
    for (const { question } of together)
      if (question !== undefined) this.#unsentQuestions.delete(question);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.#worker.postMessage(together.map(({ id, command }) => ({ id, command })));
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    await this.send({ do: "close" });
    this.#ended = true;
    await this.#worker.terminate();
  }

  #answerTo(id: number): Promise<SqliteResult> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.size === 0) this.#worker.ref();
      this.#waiting.set(id, { resolve, reject });
    });
  }

  #receive({ responses, areLast }: SqliteAnswers): void {
    for (const response of responses) this.#settle(response);
    if (!areLast) return;
    this.#postsUnderWay -= 1;
    this.#post();
  }

  #settle(response: SqliteResponse): void {
    const waiting = this.#waiting.get(response.id);
    this.#waiting.delete(response.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ("result" in response) waiting?.resolve(response.result);
    else waiting?.reject(errorOf(response.failure));
  }

  /** The thread is no more: nothing that waits for it will be answered. */
  #fail(cause: unknown): void {
    this.#ended = true;
    for (const { reject } of this.#waiting.values()) reject(closed(cause));
    this.#waiting.clear();
  }
}

/** Values that are equal when their JSON is. */
function isPlain(value: unknown): boolean {
  return (
    value === null ||
    typeof value === "string" ||
    typeof value === "boolean" ||
    (typeof value === "number" && Number.isFinite(value))
  );
}

function errorOf(failure: SqliteFailure): AppError {
  if (failure.by === "scan") return new AppError(failure.code, failure.message, failure.options);
  const { message, errcode } = failure;
  return explainSqliteError(Object.assign(new Error(message), { errcode }));
}

function closed(cause: unknown): AppError {
  return new AppError("storage_unavailable", "The inventory database is closed.", {
    hint: "Start the program again; if it happens again, look at its log.",
    ...(cause === undefined ? {} : { cause }),
  });
}
