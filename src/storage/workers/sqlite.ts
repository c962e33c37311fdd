/** A thread that holds one connection to SQLite: what blocks, blocks here. */
import { parentPort, workerData } from "node:worker_threads";
import { SqliteConnection } from "./sqlite-connection.ts";
import {
  OPENING,
  type SqliteCommand,
  type SqliteFailure,
  type SqliteOpening,
  type SqliteRequest,
  type SqliteResponse,
  type SqliteResult,
} from "./sqlite-protocol.ts";

function serve(connection: SqliteConnection): void {
  parentPort?.on("message", ({ id, command }: SqliteRequest) => {
    tell(answer(id, () => perform(connection, command)));
    if (command.do === "close") parentPort?.close();
  });
}

function perform(connection: SqliteConnection, command: SqliteCommand): SqliteResult {
  if (command.do === "run") return connection.run(command.sql, command.parameters);
  connection.close();
  return {};
}

function answer(id: number, call: () => SqliteResult): SqliteResponse {
  try {
    return { id, result: call() };
  } catch (error) {
    return { id, failure: failureOf(error) };
  }
}

function failureOf(error: unknown): SqliteFailure {
  const found = error instanceof Error && "errcode" in error ? error.errcode : undefined;
  return {
    message: error instanceof Error ? error.message : String(error),
    errcode: typeof found === "number" ? found : undefined,
  };
}

function tell(response: SqliteResponse): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(response);
}

tell(
  answer(OPENING, () => {
    const opening: SqliteOpening = workerData;
    serve(new SqliteConnection(opening));
    return {};
  }),
);
