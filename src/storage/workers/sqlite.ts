/** A thread that holds one connection to SQLite: what blocks, blocks here. */
import { parentPort, workerData } from "node:worker_threads";
import { AppError } from "../../domain/errors.ts";
import type { ScanJobResult } from "../inventory/scan-work.ts";
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

type PerformScanWork = (work: string) => Promise<readonly ScanJobResult[]>;

function serve(connection: SqliteConnection): void {
  let scanWork: Promise<PerformScanWork> | undefined;
  const perform = async (command: SqliteCommand): Promise<SqliteResult> => {
    if (command.do === "run") return connection.run(command.sql, command.parameters);
    if (command.do === "scan") {
      // Most processes never scan, and start faster without what a scan needs.
      scanWork ??= import("./scan-work-there.ts").then((there) => there.scanWorkOver(connection));
      return { jobs: await (await scanWork)(command.work) };
    }
    connection.close();
    return {};
  };
  const serveOne = async ({ id, command }: SqliteRequest): Promise<void> => {
    tell(await answer(id, () => perform(command)));
    if (command.do === "close") parentPort?.close();
  };
  parentPort?.on("message", (request: SqliteRequest) => void serveOne(request));
}

async function answer(id: number, call: () => Promise<SqliteResult>): Promise<SqliteResponse> {
  try {
    return { id, result: await call() };
  } catch (error) {
    return { id, failure: failureOf(error) };
  }
}

function failureOf(error: unknown): SqliteFailure {
  if (error instanceof AppError) {
    const { code, message, hint, details, retryAfterMs } = error;
    const options = {
      details,
      ...(hint === undefined ? {} : { hint }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    };
    return { by: "scan", code, message, options };
  }
  const found = error instanceof Error && "errcode" in error ? error.errcode : undefined;
  return {
    by: "sqlite",
    message: error instanceof Error ? error.message : String(error),
    errcode: typeof found === "number" ? found : undefined,
  };
}

function tell(response: SqliteResponse): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(response);
}

const opened = await answer(OPENING, async () => {
  const opening: SqliteOpening = workerData;
  serve(new SqliteConnection(opening));
  return {};
});
tell(opened);
