import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { inspect } from "node:util";

/** One request, read to its end. */
export interface LoopbackRequest {
  readonly method: string;
  /** Absolute, with the host the client called, so that links in an answer lead back the same way. */
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface LoopbackAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is, anything else as JSON. */
  readonly body: unknown;
}

export interface LoopbackOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** Waited before every answer, in milliseconds. */
  readonly latencyMs: number;
  /** `"silence"` keeps the socket open and never answers. */
  readonly answer: (
    request: LoopbackRequest,
  ) => LoopbackAnswer | "silence" | Promise<LoopbackAnswer | "silence">;
}

export interface Loopback {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves plain HTTP on 127.0.0.1 only: nothing outside this machine can reach a simulated cloud. */
export async function serveLoopback(options: LoopbackOptions): Promise<Loopback> {
  const server = createServer((incoming, response) => {
    answerOne(options, incoming, response).catch((cause: unknown) => {
      // A bug of the simulation must look like one, not like a cloud's own failure.
      response.writeHead(500, { "content-type": "text/plain" });
      response.end(`simulated cloud failed: ${inspect(cause)}`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answerOne(
  options: LoopbackOptions,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(incoming);
  if (body === undefined) return;
  const answer = await options.answer({
    method: incoming.method ?? "GET",
    url: new URL(incoming.url ?? "/", `http://${incoming.headers.host ?? "127.0.0.1"}`),
    headers: incoming.headers,
    body,
  });
  if (answer === "silence") return;
  if (options.latencyMs > 0) await wait(options.latencyMs);
  const content = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
  const bytes = Buffer.byteLength(content);
  response.writeHead(answer.status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": String(bytes),
    ...answer.headers,
  });
  // Text that is all ASCII is the same bytes in both, and cheaper to write as the narrower.
  response.end(content, bytes === content.length ? "latin1" : "utf8");
}

/** The whole body, or undefined when the client went away while sending it. */
function readBody(incoming: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    incoming
      .on("data", (chunk: Buffer) => chunks.push(chunk))
      .once("end", () => resolve(Buffer.concat(chunks).toString("utf8")))
      .once("error", () => resolve(undefined));
  });
}
