import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import * as z from "zod";

const SERVER = fileURLToPath(new URL("fuzz-calls/server.ts", import.meta.url));
const TOOLS = ["check_tag_compliance", "get_tagging_policy", "import_aws_tag_policy", "nothing"];
const NAMES = ["accounts", "regions", "limit", "cursor", "confirm", "refresh", "dry_run", "x"];

/** Calls whose arguments are mostly wrong, in the shapes that a schema lets through and those it does not. */
const anyCall = fc.record({
  name: fc.constantFrom(...TOOLS),
  arguments: fc.dictionary(fc.constantFrom(...NAMES), fc.jsonValue({ maxDepth: 6 }), {
    maxKeys: 4,
  }),
});

/** A line that the server tells of itself. */
const State = z.object({
  url: z.string().default(""),
  rssKb: z.number().default(0),
  unhandled: z.number().default(0),
});

/** Memory is looked at so often, evenly. */
const LOOKS = 8;

/**
 * Sends random calls to a server in a process of its own over stdio and over HTTP, and reads what that
 * process says of its memory and of promises that nobody handled. `--calls`, `--seed`.
 */
export async function run(
  options: Readonly<Record<string, string>>,
): Promise<Record<string, number>> {
  const calls = Number(options["calls"] ?? 100_000);
  const seed = Number(options["seed"] ?? 1);
  const stdio = await overStdio(calls / 2, seed);
  const http = await overHttp(calls / 2, seed + 1);
  return { ...named("stdio", stdio), ...named("http", http) };
}

interface Outcome {
  readonly answered: number;
  readonly unhandled: number;
  readonly seconds: number;
  /** Memory at each look. */
  readonly rssKb: readonly number[];
}

function named(
  transport: string,
  { answered, unhandled, seconds, rssKb }: Outcome,
): Record<string, number> {
  // What is warm and full: the second half.
  const half = rssKb.slice(rssKb.length / 2);
  const grownKb = (half.at(-1) ?? 0) - (half[0] ?? 0);
  const calls = (answered * (half.length - 1)) / Math.max(1, rssKb.length);
  return {
    [`${transport} calls answered`]: answered,
    [`${transport} unhandled rejections`]: unhandled,
    [`${transport} calls per s`]: Math.round(answered / seconds),
    [`${transport} RSS MB at half`]: Math.round((half[0] ?? 0) / 1024),
    [`${transport} RSS MB at the end`]: Math.round((half.at(-1) ?? 0) / 1024),
    [`${transport} RSS bytes per call in the second half`]: Math.round((grownKb * 1024) / calls),
  };
}

interface Server {
  readonly url: string;
  /** Asks the process how it is. */
  state(): Promise<{ readonly rssKb: number; readonly unhandled: number }>;
  send(line: string): void;
  onLine(listen: (line: string) => void): void;
  stop(): void;
}

async function start(transport: "stdio" | "http"): Promise<Server> {
  const child = spawn(process.execPath, [SERVER, transport], { stdio: ["pipe", "pipe", "pipe"] });
  const errors = createInterface({ input: child.stderr });
  const next = (): Promise<z.output<typeof State>> =>
    new Promise((resolve) => errors.once("line", (line) => resolve(State.parse(JSON.parse(line)))));
  const { url } = await next();
  const output = createInterface({ input: child.stdout });
  return {
    url,
    state: async () => {
      const answer = next();
      child.kill("SIGUSR2");
      const { rssKb, unhandled } = await answer;
      return { rssKb, unhandled };
    },
    send: (line) => void child.stdin.write(`${line}\n`),
    onLine: (listen) => void output.on("line", listen),
    stop: () => void child.kill("SIGKILL"),
  };
}

const META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "fuzz", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};
const AT_ONCE = 50;

function message(id: number, call: { readonly name: string }): string {
  const params = { ...call, _meta: META };
  return JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params });
}

async function overStdio(calls: number, seed: number): Promise<Outcome> {
  const server = await start("stdio");
  let answered = 0;
  let wake = (): void => undefined;
  server.onLine(() => {
    answered += 1;
    wake();
  });
  return fuzz(
    server,
    calls,
    async (batch, sent) => {
      for (const [index, call] of batch.entries()) server.send(message(sent + index, call));
      while (answered < sent + batch.length)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      return batch.length;
    },
    seed,
  );
}

async function overHttp(calls: number, seed: number): Promise<Outcome> {
  const server = await start("http");
  const post = async (id: number, call: { readonly name: string }): Promise<number> => {
    const response = await fetch(server.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": "2026-07-28",
        "mcp-method": "tools/call",
        "mcp-name": call.name,
      },
      body: message(id, call),
    });
    await response.text();
    return response.status < 500 ? 1 : 0;
  };
  return fuzz(
    server,
    calls,
    async (batch, sent) => {
      const answers = await Promise.all(batch.map((call, index) => post(sent + index, call)));
      return answers.reduce((sum, one) => sum + one, 0);
    },
    seed,
  );
}

type Send = (batch: readonly { readonly name: string }[], sent: number) => Promise<number>;

/* oxlint-disable-next-line max-params -- a server, how much, how, and which */
async function fuzz(server: Server, calls: number, send: Send, seed: number): Promise<Outcome> {
  const began = performance.now();
  const rssKb: number[] = [];
  let answered = 0;
  for (let sent = 0; sent < calls; sent += AT_ONCE) {
    const batch = fc.sample(anyCall, { numRuns: AT_ONCE, seed: seed + sent });
    answered += await send(batch, sent);
    if (sent + AT_ONCE >= ((rssKb.length + 1) * calls) / LOOKS)
      rssKb.push((await server.state()).rssKb);
  }
  const { unhandled } = await server.state();
  server.stop();
  return { answered, unhandled, seconds: (performance.now() - began) / 1000, rssKb };
}
