import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { AppError } from "../domain/errors.ts";
import { list, literal } from "./columns.ts";
import type { ReadingOrder } from "./protocol.ts";

/** The version that this program was tried with; native code, so that it is installed beside it. */
const PACKAGE = "@duckdb/node-api@1.5.5-r.5";

export interface OpenDuckDb {
  readonly connection: DuckDBConnection;
  /** Lets go of all native state; nothing may run any more. */
  readonly close: () => void;
}

/**
 * Opens DuckDB in memory, able to read the ordered files and nothing else: no network, no extension, no
 * other file, and no statement can change that.
 * @throws {AppError} `cloud_unsupported` where DuckDB is not installed.
 */
export async function openDuckDb(order: ReadingOrder): Promise<OpenDuckDb> {
  const { DuckDBInstance } = await load();
  const instance = await DuckDBInstance.create(":memory:", {
    threads: String(order.threads),
    memory_limit: `${order.memoryMb}MB`,
    temp_directory: order.spillFolder,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
    // Groups are added up, so that their order does not matter; keeping it would cost memory.
    preserve_insertion_order: "false",
  });
  const connection = await instance.connect();
  await connection.run(`SET allowed_paths = ${list(order.files.map(literal))}`);
  await connection.run("SET enable_external_access = false");
  await connection.run("SET lock_configuration = true");
  return {
    connection,
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function load(): Promise<{ readonly DuckDBInstance: typeof DuckDBInstance }> {
  try {
    return await import("@duckdb/node-api");
  } catch (cause) {
    throw new AppError(
      "cloud_unsupported",
      "Reading bill files needs DuckDB, which is not installed.",
      {
        hint: `Run: npm install ${PACKAGE} where this program is installed (with -g if it is installed globally).`,
        cause,
      },
    );
  }
}
