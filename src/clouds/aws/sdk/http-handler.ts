import { NodeHttpHandler } from "@smithy/node-http-handler";

export interface HttpHandlerSettings {
  readonly maxSockets: number;
  /** From the start of a request to its last header; a silent socket is cut then. */
  readonly callTimeoutMs: number;
  /** Told of every request put on the wire, repeated ones included. */
  readonly onRequest: () => void;
}

const CONNECT_TIMEOUT_MS = 5000;

class CountingHandler extends NodeHttpHandler {
  readonly #onRequest: () => void;

  constructor({ maxSockets, callTimeoutMs, onRequest }: HttpHandlerSettings) {
    super({
      connectionTimeout: Math.min(CONNECT_TIMEOUT_MS, callTimeoutMs),
      requestTimeout: callTimeoutMs,
      // Without this the SDK logs a warning and goes on waiting.
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets },
      httpsAgent: { keepAlive: true, maxSockets },
    });
    this.#onRequest = onRequest;
  }

  override handle(
    ...args: Parameters<NodeHttpHandler["handle"]>
  ): ReturnType<NodeHttpHandler["handle"]> {
    this.#onRequest();
    return super.handle(...args);
  }
}

export function createHttpHandler(settings: HttpHandlerSettings): NodeHttpHandler {
  return new CountingHandler(settings);
}
