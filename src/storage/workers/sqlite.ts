/** A thread that holds one connection to SQLite: what blocks, blocks here. */
import { parentPort, workerData } from "node:worker_threads";
import { AppError } from "../../domain/errors.ts";
import type { ScanJobResult, ScanWork } from "../inventory/scan-work.ts";
import { SqliteConnection } from "./sqlite-connection.ts";
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

/** What is answered already does not wait longer for what was asked together with it. */
const TELL_EVERY_MS = 2;

type PerformScanWork = (work: ScanWork<string>) => Promise<readonly ScanJobResult[]>;

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
  let before = Promise.resolve();
  const serveAll = async (requests: readonly SqliteRequest[]): Promise<void> => {
    let responses: SqliteResponse[] = [];
    let toldAtMs = performance.now();
    for (const { id, command } of requests) {
      responses.push(await answer(id, () => perform(command)));
      if (performance.now() - toldAtMs < TELL_EVERY_MS) continue;
      tell({ responses, areLast: false });
      responses = [];
      toldAtMs = performance.now();
    }
    tell({ responses, areLast: true });
    if (requests.at(-1)?.command.do === "close") parentPort?.close();
  };
  parentPort?.on("message", (requests: readonly SqliteRequest[]) => {
    before = before.then(() => serveAll(requests));
  });
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

function tell(answers: SqliteAnswers): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(answers);
}

const opened = await answer(OPENING, async () => {
  const opening: SqliteOpening = workerData;
  serve(new SqliteConnection(opening));
  return {};
});
tell({ responses: [opened], areLast: true });
