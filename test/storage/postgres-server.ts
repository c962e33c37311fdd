import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

/**
 * A real PostgreSQL for tests: the server that TEST_DATABASE_URL names (its user must be allowed to create
 * databases), else one of our own, started from the programs of an installed PostgreSQL. Where there is
 * none and this is root on a Debian, it is installed. Each test file starts its own server.
 */
export interface PostgresServer {
  /** Makes an empty database. @returns its URL. */
  createDatabase(): Promise<string>;
  /** Drops what was made and stops what was started. */
  stop(): Promise<void>;
}

type Found =
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "programs"; readonly folder: string };

const DEBIAN = "/usr/lib/postgresql";
const READY_MS = 30_000;
const found = find();

/** Why tests on PostgreSQL cannot run here; undefined when they can. For the title of a skipped test. */
export const missingPostgres: string | undefined =
  found === undefined ? "PostgreSQL not found: install it, or set TEST_DATABASE_URL" : undefined;

/** @param options.durable commits wait for the disk, as they do in production; default false. */
export function startPostgres({ durable = false } = {}): Promise<PostgresServer> {
  if (found === undefined) throw new Error("PostgreSQL was not found.");
  return found.kind === "url" ? useServer(found.url) : ownServer(found.folder, durable);
}

function find(): Found | undefined {
  const url = process.env["TEST_DATABASE_URL"] ?? "";
  if (url !== "") return { kind: "url", url };
  const folder = programs() ?? install();
  return folder === undefined ? undefined : { kind: "programs", folder };
}

function programs(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  const debian = versions
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN, version, "bin"));
  const path = (process.env["PATH"] ?? "").split(delimiter);
  return [...debian, ...path].find((folder) =>
    ["initdb", "postgres"].every((program) => existsSync(join(folder, program))),
  );
}

/** @throws when this is CI, where a test that could have run must not be missing. */
function install(): string | undefined {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return undefined;
  const installed = spawnSync("apt-get", ["install", "-y", "postgresql"], {
    stdio: "ignore",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  if (installed.status !== 0 && process.env["CI"] === "true")
    throw new Error("PostgreSQL could not be installed, and tests on it may not be skipped in CI.");
  return programs();
}

async function useServer(url: string): Promise<PostgresServer> {
  const made: string[] = [];
  const run = async (statement: string): Promise<void> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  return {
    createDatabase: async () => {
      const name = `test_${randomUUID().replaceAll("-", "")}`;
      await run(`create database ${name}`);
      made.push(name);
      const own = new URL(url);
      own.pathname = name;
      return own.href;
    },
    stop: async () => {
      for (const name of made) await run(`drop database if exists ${name} with (force)`);
    },
  };
}

async function ownServer(folder: string, durable: boolean): Promise<PostgresServer> {
  const home = mkdtempSync(join(tmpdir(), "postgres-test-"));
  const user = unprivilegedUser();
  chmodSync(home, 0o700);
  if (user !== undefined) chownSync(home, user.uid, user.gid);
  const options = { cwd: home, stdio: "ignore", ...user } as const;
  const data = join(home, "data");
  execFileSync(
    join(folder, "initdb"),
    ["-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
    options,
  );
  const port = await freePort();
  const fsync = `fsync=${durable ? "on" : "off"}`;
  const settings = [fsync, "listen_addresses=127.0.0.1", `unix_socket_directories=${home}`];
  const server = spawn(
    join(folder, "postgres"),
    ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
    options,
  );
  const kill = (): void => void server.kill("SIGQUIT");
  process.once("exit", kill);
  const url = `postgres://tester@127.0.0.1:${port}/postgres`;
  await ready(url, server);
  const databases = await useServer(url);
  return {
    createDatabase: () => databases.createDatabase(),
    stop: async () => {
      process.off("exit", kill);
      const ended = once(server, "exit");
      kill();
      await ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root, and a user that the system does not know. */
function unprivilegedUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => {
    const named = spawnSync("id", [flag, "postgres"], { encoding: "utf8" });
    const known =
      named.status === 0 ? named : spawnSync("id", [flag, "nobody"], { encoding: "utf8" });
    return Number(known.stdout);
  };
  return { uid: id("-u"), gid: id("-g") };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("No port is free.");
  return address.port;
}

async function ready(url: string, server: ChildProcess): Promise<void> {
  for (let waitedMs = 0; waitedMs < READY_MS; waitedMs += 50) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended with ${server.exitCode}.`);
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await sleep(50); // Still starting.
    }
  }
  throw new Error("PostgreSQL did not start.");
}
