import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { LAUNCHER } from "../e2e/product-client.ts";

type Environment = Readonly<Record<string, string>>;

/** All that a process of the product wrote, and how it ended. */
export interface Written {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

export interface Process {
  send(line: string): void;
  written(): Pick<Written, "stdout" | "stderr">;
  /** Waits for a text on either stream. @throws when the process ends, or 60 s pass, without it. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  /** Ends its input and asks it to stop. */
  stop(): Promise<Written>;
}

/** The built product in a process of its own, with this environment and nothing else. */
export function startProcess(args: readonly string[], environment: Environment): Process {
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    env: { PATH: process.env["PATH"] ?? "", ...environment },
  });
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (text.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (text.stderr += chunk.toString()));
  const ended = once(child, "close") as Promise<[number | null]>;
  const over = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    send: (line) => void child.stdin.write(`${line}\n`),
    written: () => ({ ...text }),
    said: async (pattern) => {
      for (let turn = 0; turn < 1200; turn += 1) {
        const found = pattern.exec(text.stdout) ?? pattern.exec(text.stderr);
        if (found !== null) return found;
        if (over()) break;
        await sleep(50);
      }
      throw new Error(`Never said ${pattern.source}: ${text.stdout} ${text.stderr}`);
    },
    stop: async () => {
      child.stdin.end();
      if (!over()) child.kill("SIGTERM");
      const [code] = await ended;
      return { ...text, code };
    },
  };
}

/** Runs a command to its end. */
export async function runCommand(
  args: readonly string[],
  environment: Environment,
): Promise<Written> {
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    env: { PATH: process.env["PATH"] ?? "", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (text.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (text.stderr += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { ...text, code };
}

/** A call as the newest protocol revision sends it over stdio: no handshake. */
export function toolCall(id: number, name: string, args: unknown): string {
  return JSON.stringify({
    jsonrpc: "2.0",
    id,
    method: "tools/call",
    params: {
      name,
      arguments: args,
      _meta: {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { name: "tester", version: "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
      },
    },
  });
}
