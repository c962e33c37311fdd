import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { LAUNCHER } from "./product-client.ts";

/** `tag-compliance serve --http` in a process of its own. */
export interface ProductHttp {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Asks it to stop, as an operator does, and gives its exit code. */
  stop(): Promise<number | null>;
}

export async function startProductHttp(
  environment: Readonly<Record<string, string>>,
): Promise<ProductHttp> {
  const child = spawn(process.execPath, [LAUNCHER, "serve", "--http", "--port", "0"], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { PATH: process.env["PATH"] ?? "", ...environment },
  });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  child.once("error", reject);
  child.once("exit", (code) => reject(new Error(`The server ended with code ${code}.`)));
  createInterface({ input: child.stderr }).on("line", (line) => {
    const url = /(http:\/\/127\.0\.0\.1:\d+)\/mcp/.exec(line)?.[1];
    if (url !== undefined) resolve(url);
  });
  return {
    url: await promise,
    stop: async () => {
      const ended = once(child, "exit") as Promise<[number | null]>;
      child.kill("SIGTERM");
      return (await ended)[0];
    },
  };
}
