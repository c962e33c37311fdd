import { createInterface } from "node:readline";
import fc from "fast-check";
import {
  modernCall,
  modernHeaders,
  scannedEstate,
  type ScannedEstate,
  serve,
  type ServedProduct,
  type ServerState,
  type Transport,
} from "./served/product.ts";

const TOOLS = [
  "check_tag_compliance",
  "find_untagged_resources",
  "check_cross_account_compliance",
  "get_tagging_policy",
  "validate_resource_tags",
  "import_aws_tag_policy",
  "nothing",
];
const NAMES = ["accounts", "regions", "limit", "cursor", "confirm", "resource_ids", "dry_run", "x"];

/** Calls whose arguments are mostly wrong, in the shapes that a schema lets through and those it does not. */
const anyCall = fc.record({
  name: fc.constantFrom(...TOOLS),
  arguments: fc.dictionary(fc.constantFrom(...NAMES), fc.jsonValue({ maxDepth: 6 }), {
    maxKeys: 4,
  }),
});
type Call = ReturnType<typeof sample>[number];

const RESOURCES = 300;
/**
 * What a server remembers of its callers is bounded, but is full only after more calls than are sent here:
 * forgotten so soon, it does not pass for a leak.
 */
const WINDOW_MINUTES = 0.1;
const AT_ONCE = 50;
/** One call in so many opens a session of an older protocol revision and leaves it behind. */
const CALLS_A_SESSION = 10;
/** The server is looked at so often, evenly; what it does before the first look but one is warming up. */
const LOOKS = 10;
const WARM_LOOKS = 2;
/** Growth of what lives, in bytes a call, that is measurement and not a leak: 4 MB in 80,000 calls. */
const MOST_GROWTH = 50;
/** Resident memory may move by this share of its mean. */
const WIDEST_BAND = 0.2;

/**
 * Sends random calls to the built server, in a process of its own over a scanned store, first over stdio,
 * then over HTTP, and looks at its memory after collecting garbage. `--calls 100000 --seed 1`; all calls
 * over one of them with `--transport http`.
 */
export async function run(
  options: Readonly<Record<string, string>>,
): Promise<Record<string, number | string>> {
  const { transport } = options;
  const seed = Number(options["seed"] ?? 1);
  const transports = (["stdio", "http"] as const).filter((one) => one === (transport ?? one));
  const calls = Number(options["calls"] ?? 100_000) / transports.length;
  const estate = await scannedEstate(RESOURCES, WINDOW_MINUTES);
  try {
    const all: Record<string, number | string> = {};
    for (const [index, one] of transports.entries())
      Object.assign(
        all,
        figures(one, await fuzz(one, estate, { calls, seed: seed + index * calls })),
      );
    return all;
  } finally {
    await estate.close();
  }
}

interface Outcome {
  readonly calls: number;
  readonly answered: number;
  readonly seconds: number;
  readonly looks: readonly ServerState[];
}

function figures(
  transport: Transport,
  { calls, answered, seconds, looks }: Outcome,
): Record<string, number | string> {
  const warm = looks.slice(WARM_LOOKS - 1);
  const growth = slope(warm.map(({ heap_kb: kb }) => kb * 1024)) / (calls / looks.length);
  const rss = warm.map(({ rss_kb: kb }) => kb / 1024);
  const band = (Math.max(...rss) - Math.min(...rss)) / (rss.reduce((a, b) => a + b) / rss.length);
  const unhandled = looks.at(-1)?.unhandled ?? Number.NaN;
  const holds =
    answered === calls && unhandled === 0 && growth <= MOST_GROWTH && band <= WIDEST_BAND;
  const megabytes = (kbs: readonly number[]): string =>
    kbs.map((kb) => (kb / 1024).toFixed(1)).join(" ");
  return {
    [`${transport} calls`]: calls,
    [`${transport} calls answered`]: answered,
    [`${transport} unhandled rejections`]: unhandled,
    [`${transport} calls per s`]: Math.round(answered / seconds),
    [`${transport} live heap MB at each look`]: megabytes(looks.map((look) => look.heap_kb)),
    [`${transport} RSS MB at each look`]: megabytes(looks.map((look) => look.rss_kb)),
    [`${transport} live heap bytes per call`]: Math.round(growth),
    [`${transport} RSS band per cent`]: Math.round(band * 100),
    [`${transport} verdict`]: holds ? "stable" : "NOT stable",
  };
}

/** Of the straight line through values one apart that leaves the least squares. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const rise = values.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0);
  return rise / values.reduce((sum, _, at) => sum + (at - middle) ** 2, 0);
}

function sample(seed: number) {
  return fc.sample(anyCall, { numRuns: AT_ONCE, seed });
}

async function fuzz(
  transport: Transport,
  estate: ScannedEstate,
  { calls, seed }: { readonly calls: number; readonly seed: number },
): Promise<Outcome> {
  const server = await serve(transport, estate);
  const send = transport === "http" ? overHttp(server) : overStdio(server);
  const began = performance.now();
  const looks: ServerState[] = [];
  let answered = 0;
  for (let sent = 0; sent < calls; sent += AT_ONCE) {
    const answers = await Promise.all(
      sample(seed + sent).map((call, index) => send(sent + index, call)),
    );
    answered += answers.filter(Boolean).length;
    if (sent + AT_ONCE >= ((looks.length + 1) * calls) / LOOKS) looks.push(await server.state());
  }
  server.stop();
  return { calls, answered, seconds: (performance.now() - began) / 1000, looks };
}

/** @returns whether it was answered. */
type Send = (id: number, call: Call) => Promise<boolean>;

function overStdio({ child }: ServedProduct): Send {
  const waiting = new Map<string, () => void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    const id = /"id":(\d+)/.exec(line.slice(-40))?.[1] ?? /"id":(\d+)/.exec(line)?.[1] ?? "";
    waiting.get(id)?.();
    waiting.delete(id);
  });
  return (id, call) =>
    new Promise((resolve) => {
      waiting.set(String(id), () => resolve(true));
      child.stdin.write(`${modernCall(id, call)}\n`);
    });
}

function overHttp({ url }: ServedProduct): Send {
  const post = async (
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<Response> => {
    const response = await fetch(url, { method: "POST", headers, body });
    await response.text();
    return response;
  };
  return async (id, call) => {
    if (id % CALLS_A_SESSION !== 0)
      return (await post(modernHeaders(call.name), modernCall(id, call))).status < 500;
    const headers = {
      "content-type": "application/json",
      accept: modernHeaders("")["accept"] ?? "",
    };
    const session = (await post(headers, INITIALIZE)).headers.get("mcp-session-id");
    const within = { ...headers, "mcp-session-id": session ?? "" };
    const body = JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: call });
    return (await post(within, body)).status < 500;
  };
}

const INITIALIZE = JSON.stringify({
  jsonrpc: "2.0",
  id: "open",
  method: "initialize",
  params: {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "bench", version: "1" },
  },
});
