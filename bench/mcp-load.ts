import { fork } from "node:child_process";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import * as z from "zod";
import { CALLS } from "./mcp-load/calls.ts";
import { scannedEstate, serve, type ServedProduct } from "./served/product.ts";

const CLIENTS = join(import.meta.dirname, "mcp-load/clients.ts");

const Round = z.object({
  calls: z.number(),
  errors: z.number(),
  firstError: z.string().optional(),
  seconds: z.number(),
  p50Ms: z.number(),
  p95Ms: z.number(),
  p99Ms: z.number(),
  /** Processor time of the clients. */
  cpuSeconds: z.number(),
  p95MsByTool: z.record(z.string(), z.number()),
  /** An answer of each call, in the order of `CALLS`. */
  answers: z.array(z.unknown()),
});
type Round = z.output<typeof Round>;

/**
 * The built server over HTTP, in a process of its own, over a scanned store; its clients in another. First
 * each client calls again as soon as it is answered, then once a second. Budgets and the guard against
 * loops are out of the way. `--clients 200 --seconds 30 --resources 3000`
 */
export async function run(
  options: Readonly<Record<string, string>>,
): Promise<Record<string, number | string>> {
  const clients = Number(options["clients"] ?? 200);
  const seconds = Number(options["seconds"] ?? 30);
  const resources = Number(options["resources"] ?? 3000);
  const estate = await scannedEstate(resources);
  const server = await serve("http", estate);
  try {
    const closed = await load(server, { clients, seconds, everyMs: 0 });
    const paced = await load(server, { clients, seconds, everyMs: 1000 });
    await requireSameAnswers(server.url, paced.answers);
    return {
      clients,
      resources,
      ...figures("no pause", closed),
      ...figures("one call a s each", paced),
    };
  } finally {
    server.stop();
    await estate.close();
  }
}

interface Measured extends Round {
  readonly serverCpuSeconds: number;
  readonly rssKb: number;
}

function figures(name: string, round: Measured): Record<string, number | string> {
  const { calls, seconds } = round;
  const byTool = Object.entries(round.p95MsByTool).map(([tool, ms]) => `${tool} ${Math.round(ms)}`);
  return {
    [`${name}: calls`]: calls,
    [`${name}: errors`]: round.errors,
    ...(round.firstError === undefined ? {} : { [`${name}: first error`]: round.firstError }),
    [`${name}: calls per s`]: Math.round(calls / seconds),
    [`${name}: p50 ms`]: Math.round(round.p50Ms),
    [`${name}: p95 ms`]: Math.round(round.p95Ms),
    [`${name}: p99 ms`]: Math.round(round.p99Ms),
    [`${name}: p95 ms by tool`]: byTool.join(", "),
    [`${name}: server CPU ms per call`]: Number(
      ((round.serverCpuSeconds * 1000) / calls).toFixed(2),
    ),
    [`${name}: clients CPU ms per call`]: Number(((round.cpuSeconds * 1000) / calls).toFixed(2)),
    [`${name}: server RSS MB`]: Math.round(round.rssKb / 1024),
  };
}

interface Load {
  readonly clients: number;
  readonly seconds: number;
  readonly everyMs: number;
}

async function load(server: ServedProduct, { clients, seconds, everyMs }: Load): Promise<Measured> {
  const before = await server.state();
  const child = fork(CLIENTS, [server.url, `${clients}`, `${seconds}`, `${everyMs}`]);
  const told = await new Promise<unknown>((resolve, reject) => {
    child.once("message", resolve);
    child.once("exit", () => reject(new Error("The clients ended without a word.")));
  });
  const after = await server.state();
  const serverCpuSeconds = after.cpu_seconds - before.cpu_seconds;
  return { ...Round.parse(told), serverCpuSeconds, rssKb: after.rss_kb };
}

/** The official client must read the same in the answers as was read off the wire. */
async function requireSameAnswers(url: string, answers: readonly unknown[]): Promise<void> {
  const client = new Client(
    { name: "bench", version: "1" },
    { versionNegotiation: { mode: { pin: "2026-07-28" } } },
  );
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  for (const [index, call] of CALLS.entries()) {
    const { structuredContent } = await client.callTool(call);
    if (!isDeepStrictEqual(structuredContent, answers[index]))
      throw new Error(`The official client reads another answer of ${call.name}.`);
  }
  await client.close();
}
