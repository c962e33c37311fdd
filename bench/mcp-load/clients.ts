/**
 * Many HTTP clients in one process: `node clients.ts <url> <clients> <seconds> <everyMs>`. They send what the
 * official client sends, without the time that it takes to parse answers. Tells figures to its parent.
 */
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { modernCall, modernHeaders } from "../served/product.ts";
import { CALLS } from "./calls.ts";

/** Calls before anything is measured: the tools are warm then, and so is their code. */
const WARM_UP = 400;

const [url = "", ...numbers] = process.argv.slice(2);
const [clients = 0, seconds = 0, everyMs = 0] = numbers.map(Number);
const agent = new Agent({ keepAlive: true, maxSockets: clients });

interface Answer {
  readonly status: number | undefined;
  readonly text: string;
}

function send(turn: number): Promise<Answer> {
  const call = CALLS[turn % CALLS.length] ?? CALLS[0];
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const headers = modernHeaders(call.name);
  const outgoing = request(url, { method: "POST", headers, agent }, (incoming) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () =>
      resolve({ status: incoming.statusCode, text: Buffer.concat(chunks).toString() }),
    );
  });
  outgoing.on("error", reject);
  outgoing.end(modernCall(turn, call));
  return promise;
}

/** What is wrong with an answer; undefined for a good one. */
function faultOf({ status, text }: Answer): string | undefined {
  const good =
    status === 200 && text.includes('"structuredContent":{') && !text.includes('"isError":true');
  return good ? undefined : `${status} ${text.slice(0, 200)}`;
}

const Structured = z.object({ result: z.object({ structuredContent: z.unknown() }) });

const answers: unknown[] = [];
for (let turn = 0; turn < WARM_UP; turn += 1) {
  const { text } = await send(turn);
  if (turn < CALLS.length)
    answers.push(Structured.parse(JSON.parse(text)).result.structuredContent);
}

const tookMs = new Map<string, number[]>(CALLS.map(({ name }) => [name, []]));
const faults: string[] = [];
const cpuBefore = process.cpuUsage();
const began = performance.now();
const until = began + seconds * 1000;
await Promise.all(
  Array.from({ length: clients }, async (_, index) => {
    // Clients do not begin in step.
    await sleep((index / clients) * everyMs);
    for (let turn = index; performance.now() < until; turn += 1) {
      const sentAt = performance.now();
      const fault = await send(turn).then(faultOf, String);
      const ms = performance.now() - sentAt;
      if (fault !== undefined) faults.push(fault);
      tookMs.get(CALLS[turn % CALLS.length]?.name ?? "")?.push(ms);
      await sleep(Math.max(0, everyMs - ms));
    }
  }),
);
const elapsedMs = performance.now() - began;
const { user, system } = process.cpuUsage(cpuBefore);
agent.destroy();

const all = [...tookMs.values()].flat();
process.send?.({
  calls: all.length,
  errors: faults.length,
  firstError: faults[0],
  seconds: elapsedMs / 1000,
  p50Ms: quantile(all, 0.5),
  p95Ms: quantile(all, 0.95),
  p99Ms: quantile(all, 0.99),
  cpuSeconds: (user + system) / 1e6,
  p95MsByTool: Object.fromEntries([...tookMs].map(([name, ms]) => [name, quantile(ms, 0.95)])),
  answers,
});

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}
