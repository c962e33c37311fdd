import { Writable } from "node:stream";
import type { JSONRPCMessage, McpServer } from "@modelcontextprotocol/server";
import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import type { Logger } from "../ports/logger.ts";
import type { McpServerFactory } from "./server.ts";
import type { AskedBy } from "./server-identity.ts";

/** Largest message on stdin: 10 MB, as over HTTP. */
const MAX_MESSAGE_BYTES = 10_000_000;

/** The answer to `subscriptions/listen`. */
const SUBSCRIBED = "notifications/subscriptions/acknowledged";

export interface StdioDeps {
  readonly createServer: McpServerFactory;
  readonly logger: Logger;
}

/**
 * Serves one client over stdin and stdout until stdin ends, stdout breaks, or the process is told to
 * stop (SIGINT, SIGTERM). Calls in flight are aborted then.
 * While it runs, stdout belongs to the protocol: what anything else prints there goes to stderr.
 */
export async function serveOverStdio({ createServer, logger }: StdioDeps): Promise<void> {
  const ended = Promise.withResolvers<void>();
  class Wire extends StdioServerTransport {
    override async send(message: JSONRPCMessage): Promise<void> {
      if ("method" in message && message.method === SUBSCRIBED) updates.begin();
      await super.send(message);
    }
    override async close(): Promise<void> {
      await super.close();
      ended.resolve();
    }
  }
  const stdout = takeStdout();
  const updates = createUpdateSender(createServer, logger);
  const handle = serveStdio(updates.createServer, {
    transport: new Wire(process.stdin, stdout.wire, { maxBufferSize: MAX_MESSAGE_BYTES }),
    onerror: (error) => logger.debug("stdio", { error }),
  });
  const stop = (): void => {
    handle.close().catch((error: unknown) => logger.error("stdio close failed", { error }));
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  await ended.promise;
  updates.end();
  createServer.close?.();
  process.off("SIGINT", stop);
  process.off("SIGTERM", stop);
  stdout.giveBack();
}

/**
 * Tells a client of 2026-07-28 of changes. Its `subscriptions/listen` is answered by the SDK, which then
 * passes on of what its server sends what was asked for; so nothing is sent before the first such answer.
 */
function createUpdateSender(create: McpServerFactory, logger: Logger) {
  let latest: McpServer | undefined;
  let stop: (() => void) | undefined;
  const send = (uri: string): void => {
    latest?.server
      .sendResourceUpdated({ uri })
      .catch((error: unknown) => logger.debug("update not delivered", { error }));
  };
  return {
    createServer: (askedBy: AskedBy): McpServer => {
      latest = create(askedBy);
      return latest;
    },
    begin: (): void => {
      stop ??= create.updates?.listen(send);
    },
    end: (): void => stop?.(),
  };
}

/** Keeps the real stdout for the protocol and sends every other writer to stderr. */
function takeStdout(): { readonly wire: Writable; giveBack(): void } {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  const wire = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      write(chunk, done);
    },
  });
  const broken = (error: Error): void => {
    wire.destroy(error);
  };
  stdout.on("error", broken);
  stdout.write = stderr.write.bind(stderr);
  return {
    wire,
    giveBack() {
      stdout.off("error", broken);
      stdout.write = write;
    },
  };
}
