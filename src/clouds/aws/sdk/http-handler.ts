import {
  buildQueryString,
  type HttpHandler,
  type HttpRequest,
  HttpResponse,
} from "@smithy/core/protocols";
import { Agent, type Dispatcher } from "undici";

export interface HttpHandlerSettings {
  readonly maxSockets: number;
  /** From the start of a request to its last header, and between pieces of a body; a silent socket is cut then. */
  readonly callTimeoutMs: number;
  /** Told of every request put on the wire, repeated ones included. */
  readonly onRequest: () => void;
}

/** What the SDK's clients and `direct-operation.ts` send requests with. */
export interface AwsHttpHandler extends HttpHandler {
  handle(
    request: HttpRequest,
    options?: { readonly abortSignal?: unknown },
  ): Promise<{ readonly response: HttpResponse & { readonly body: Body } }>;
  destroy(): void;
}

type Body = Dispatcher.ResponseData["body"];

const CONNECT_TIMEOUT_MS = 5000;

/** HTTP by undici: half the work of the SDK's own handler over `node:http`. */
export function createHttpHandler({
  maxSockets,
  callTimeoutMs,
  onRequest,
}: HttpHandlerSettings): AwsHttpHandler {
  const agent = new Agent({
    connections: maxSockets,
    connect: { timeout: Math.min(CONNECT_TIMEOUT_MS, callTimeoutMs) },
    headersTimeout: callTimeoutMs,
    bodyTimeout: callTimeoutMs,
  });
  return {
    metadata: { handlerProtocol: "http/1.1" },
    handle: async (request, { abortSignal } = {}) => {
      onRequest();
      const { statusCode, headers, body } = await agent.request({
        origin: originOf(request),
        path: pathOf(request),
        method: request.method,
        headers: request.headers,
        body: request.body,
        signal: abortSignal instanceof AbortSignal ? abortSignal : null,
      });
      const response = new HttpResponse({ statusCode, headers: flat(headers) });
      return { response: Object.assign(response, { body }) };
    },
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
    destroy: () => void agent.destroy(),
  };
}

function originOf({ protocol, hostname, port }: HttpRequest): string {
  return `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}`;
}

function pathOf({ path, query }: HttpRequest): string {
  const text = buildQueryString(query);
  return text === "" ? path : `${path}?${text}`;
}

function flat(headers: Dispatcher.ResponseData["headers"]): Record<string, string> {
  const all: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) all[name] = typeof value === "string" ? value : value.join(", ");
  return all;
}
