import { createServer, request as httpRequest } from "node:http";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { inspect } from "node:util";
import type { CloudServer } from "../../sandbox/server.ts";

/** One request and its answer as they crossed the wire. */
export interface Exchange {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Parsed when it is JSON, else the text; undefined when there was none. */
  readonly requestBody: unknown;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Verdict {
  /** Vendor's name of the operation; undefined for what no published specification covers. */
  readonly operation: string | undefined;
  /** Empty when both directions are as published. */
  readonly faults: readonly string[];
}

/** Judges exchanges by a vendor's published specification. */
export interface SpecOracle {
  judge(exchange: Exchange): Verdict | Promise<Verdict>;
}

export interface Violation {
  readonly target: string;
  readonly status: number;
  readonly fault: string;
}

/** A server with a judge in front of it. Filled while clients talk. */
export interface WatchedServer extends CloudServer {
  readonly violations: readonly Violation[];
  readonly exchanges: readonly (Exchange & Pick<Verdict, "operation">)[];
}

/**
 * Puts a recording proxy in front of `server`. Each answer is judged before it is handed on, so
 * `violations` is complete whenever a client has its answer. Closing closes the server too.
 */
export async function withSpecOracle(
  server: CloudServer,
  oracle: SpecOracle,
): Promise<WatchedServer> {
  const violations: Violation[] = [];
  const exchanges: (Exchange & Pick<Verdict, "operation">)[] = [];
  const record = async (exchange: Exchange): Promise<void> => {
    const { operation, faults } = await oracle.judge(exchange);
    exchanges.push({ ...exchange, operation });
    const { target, status } = exchange;
    violations.push(...faults.map((fault) => ({ target, status, fault })));
  };
  const proxy = createServer((incoming, outgoing) => {
    relay({ upstream: server.url, record }, incoming, outgoing).catch((cause: unknown) => {
      violations.push({
        target: incoming.url ?? "",
        status: 0,
        fault: `not judged: ${inspect(cause)}`,
      });
      outgoing.destroy();
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = proxy.address();
  const host = `127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const away = (value: string) => value.replaceAll(new URL(server.url).host, host);
  return {
    url: `http://${host}`,
    env: Object.fromEntries(Object.entries(server.env).map(([key, value]) => [key, away(value)])),
    violations,
    exchanges,
    close: async () => {
      await new Promise<void>((resolve) => {
        proxy.close(() => resolve());
        proxy.closeAllConnections();
      });
      await server.close();
    },
  };
}

interface Relay {
  readonly upstream: string;
  readonly record: (exchange: Exchange) => Promise<void>;
}

async function relay(
  { upstream, record }: Relay,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const sent = await text(incoming);
  const abort = new AbortController();
  // A client that gives up on a silent server must not leave the upstream socket behind.
  outgoing.once("close", () => abort.abort());
  const answer = await forward(new URL(incoming.url ?? "/", upstream), {
    method: incoming.method ?? "GET",
    headers: incoming.headers,
    body: sent,
    signal: abort.signal,
  });
  if (answer === undefined) return;
  await record({
    method: incoming.method ?? "GET",
    target: incoming.url ?? "/",
    requestBody: parsed(sent),
    status: answer.status,
    headers: flat(answer.headers),
    body: parsed(answer.body),
  });
  outgoing.writeHead(answer.status, answer.headers);
  outgoing.end(answer.body);
}

interface Forwarded {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** The answer; undefined when the client went away first. */
function forward(
  url: URL,
  options: {
    readonly method: string;
    readonly headers: OutgoingHttpHeaders;
    readonly body: string;
    readonly signal: AbortSignal;
  },
): Promise<Forwarded | undefined> {
  return new Promise((resolve, reject) => {
    const { method, headers, signal } = options;
    // The original Host goes along: links in an answer must lead back to this proxy.
    const upstream = httpRequest(url, { method, headers, signal }, (response) => {
      text(response)
        .then((body) =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        )
        .catch(reject);
    });
    upstream.once("error", (cause) => (signal.aborted ? resolve(undefined) : reject(cause)));
    upstream.end(options.body);
  });
}

function parsed(body: string): unknown {
  if (body === "") return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function flat(headers: IncomingMessage["headers"]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value ?? ""].flat().join(", ")]),
  );
}
