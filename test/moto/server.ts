import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";

/** A running moto, the AWS double of https://github.com/getmoto/moto, on 127.0.0.1. */
export interface MotoServer {
  readonly url: string;
  /** Environment that points an AWS SDK's own credential chain and endpoints at it. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** The account that moto gives to unknown access keys. */
export const MOTO_ACCOUNT = "123456789012";

/** Why tests against moto do not run; for the name of the skipped test. Undefined when they can. */
export const motoMissing: string | undefined =
  findMoto() === undefined
    ? "SKIPPED: moto_server is not on PATH (pipx install 'moto[server]')"
    : undefined;

function findMoto(): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(path.delimiter)
    .map((folder) => path.join(folder, "moto_server"))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts moto on a port that the system picks. */
export async function startMoto(): Promise<MotoServer> {
  const command = findMoto();
  if (command === undefined) throw new Error("moto_server is not on PATH");
  const child = spawn(command, ["-H", "127.0.0.1", "-p", "0"], {
    stdio: ["ignore", "ignore", "pipe"],
    // A version manager may put a launcher in between: the group holds it and the server.
    detached: true,
  });
  const url = await announcedUrl(child);
  return {
    url,
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: "testing",
      AWS_SECRET_ACCESS_KEY: "testing",
      AWS_SESSION_TOKEN: "testing",
      AWS_REGION: "us-east-1",
      AWS_EC2_METADATA_DISABLED: "true",
    },
    close: async () => {
      const ended = once(child, "exit");
      if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
      await ended;
    },
  };
}

/** The server's log ends up here too, so reading goes on: a full pipe would stop the server. */
async function announcedUrl(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  child.once("error", reject);
  child.once("exit", (code) => reject(new Error(`moto_server ended with code ${code}`)));
  if (child.stderr === null) throw new Error("moto_server was started without a log");
  createInterface({ input: child.stderr }).on("line", (line) => {
    const url = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (url !== undefined) resolve(url);
  });
  return promise;
}

/** Sets variables of this process; the returned function puts back what was there. */
export function setEnvironment(env: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(env).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, env);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
