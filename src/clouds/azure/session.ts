import { setTimeout as pause } from "node:timers/promises";
import type { TokenCredential } from "@azure/identity";
import type { HttpClient, Pipeline, PipelineResponse } from "@azure/core-rest-pipeline";
import { AppError } from "../../domain/errors.ts";
import {
  DEFAULT_RETRY_LIMITS,
  type Retrying,
  type RetryLimits,
  type Timing,
  withRetry,
} from "../../domain/scan/backoff.ts";
import { isLoopback, parseEndpoint } from "../../domain/scan/endpoint.ts";
import type { Priority } from "../../domain/scan/waiting-line.ts";
import type { Logger } from "../../ports/logger.ts";
import { type AzureIdentity, azureCredential } from "./credentials.ts";
import {
  azureCancelled,
  azureMalformed,
  azureRefusal,
  azureTimeout,
  azureUnreachable,
} from "./errors.ts";
import { DEFAULT_CALL_TIMEOUT_MS, DEFAULT_ENDPOINT } from "./limits.ts";
import { createQuotaGate } from "./quota.ts";
import { loopbackToken, signingIn } from "./sign-in.ts";

/** How to reach Azure. */
export interface AzureSessionOptions extends AzureIdentity {
  /** Resource Manager address; default https://management.azure.com. http is for loopback only. */
  readonly endpoint?: string | undefined;
  /** Longest wait for one answer, in milliseconds; default 30,000. */
  readonly callTimeoutMs?: number | undefined;
  /** Requests under way at once; default 8. */
  readonly maxInFlight?: number | undefined;
  /** How often a passing failure is repeated; default 5 attempts. */
  readonly retry?: RetryLimits | undefined;
  readonly logger: Logger;
  /** Where tokens come from; default the chain of `azureCredential`. Called once, when first needed. */
  readonly credential?: (() => Promise<TokenCredential>) | undefined;
  /** Time and chance; default the real ones. */
  readonly timing?: Timing | undefined;
}

export interface AzureCall {
  readonly method: "GET" | "POST";
  /** Path and query on the endpoint. */
  readonly path: string;
  readonly body?: unknown;
  /** API operation, for errors and the log. */
  readonly operation: string;
  readonly laterPage: boolean;
}

export interface AzureAnswer {
  readonly header: (name: string) => string | undefined;
  readonly body: unknown;
}

/** Signed, paced and retried calls to Azure Resource Manager. */
export interface AzureSession {
  /** @throws {AppError} see `errors.ts`; `cancelled` when `signal` aborts. */
  send(call: AzureCall, signal: AbortSignal): Promise<AzureAnswer>;
  /** The same credentials and quota for work of this priority. Made `interactive`. */
  at(priority: Priority): AzureSession;
  /** Requests sent to Resource Manager so far, repeated ones included, token requests not. */
  apiCalls(): number;
  /** Stops whatever is under way. */
  close(): void;
}

interface Transport {
  readonly pipeline: Pipeline;
  readonly client: HttpClient;
}

const SYSTEM_TIMING: Timing = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms, signal) => pause(ms, undefined, { signal }),
};

/** @throws {AppError} `config_invalid` for an endpoint that tokens must not be sent to. */
export function createAzureSession(options: AzureSessionOptions): AzureSession {
  const endpoint = parseEndpoint(options.endpoint ?? DEFAULT_ENDPOINT);
  const timing = options.timing ?? SYSTEM_TIMING;
  const callTimeoutMs = options.callTimeoutMs ?? DEFAULT_CALL_TIMEOUT_MS;
  const closing = new AbortController();
  const quota = createQuotaGate(timing, options.maxInFlight);
  let calls = 0;
  let transport: Promise<Transport> | undefined;

  const attempt = async (
    call: AzureCall,
    signal: AbortSignal,
    priority: Priority,
  ): Promise<AzureAnswer> => {
    transport ??= openTransport(options, endpoint, () => {
      calls += 1;
    }).catch((error: unknown) => {
      // Whoever signs in later must not need a restart.
      transport = undefined;
      throw error;
    });
    const opened = await transport;
    const leave = await quota.enter(signal, priority);
    let header: AzureAnswer["header"] | undefined;
    let response: PipelineResponse;
    try {
      const deadline = AbortSignal.timeout(callTimeoutMs);
      const abort = AbortSignal.any([signal, deadline]);
      response = await exchange(opened, endpoint, call, { abort, deadline, callTimeoutMs });
      header = (name) => response.headers.get(name);
    } finally {
      leave(header);
    }
    const body = parseJson(response.bodyAsText);
    if (response.status < 200 || response.status > 299)
      throw azureRefusal({ ...call, status: response.status, header, body });
    // 204: understood, and there is nothing to tell (Cost Management has no costs of the period).
    if (response.status === 204) return { header, body: null };
    if (body === undefined) throw azureMalformed(call.operation);
    return { header, body };
  };

  const send =
    (priority: Priority): AzureSession["send"] =>
    async (call, callerSignal) => {
      const signal = AbortSignal.any([callerSignal, closing.signal]);
      const retrying = { ...retryingOf(options, timing, call.operation), signal };
      try {
        return await withRetry(retrying, () => attempt(call, signal, priority));
      } catch (error) {
        if (signal.aborted) throw azureCancelled();
        throw error;
      }
    };

  const lane = (priority: Priority): AzureSession => ({
    apiCalls: () => calls,
    close: () => closing.abort(),
    at: (other) => lanes[other],
    send: send(priority),
  });
  const lanes = { interactive: lane("interactive"), background: lane("background") } as const;
  return lanes.interactive;
}

function retryingOf(
  { retry, logger }: AzureSessionOptions,
  timing: Timing,
  operation: string,
): Omit<Retrying, "signal"> {
  const onRetry = ({ code }: AppError, delayMs: number): void =>
    logger.debug("Azure call is repeated", { operation, code, delayMs });
  return { limits: retry ?? DEFAULT_RETRY_LIMITS, timing, onRetry };
}

interface Deadline {
  /** The caller gave up, or the deadline passed. */
  readonly abort: AbortSignal;
  readonly deadline: AbortSignal;
  readonly callTimeoutMs: number;
}

async function exchange(
  { pipeline, client }: Transport,
  endpoint: URL,
  call: AzureCall,
  limit: Deadline,
): Promise<PipelineResponse> {
  const { createHttpHeaders, createPipelineRequest } = await import("@azure/core-rest-pipeline");
  const request = createPipelineRequest({
    url: `${endpoint.origin}${call.path}`,
    method: call.method,
    headers: createHttpHeaders({ accept: "application/json", "content-type": "application/json" }),
    abortSignal: limit.abort,
    allowInsecureConnection: isLoopback(endpoint),
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  });
  try {
    return await pipeline.sendRequest(client, request);
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (limit.deadline.aborted) throw azureTimeout(call.operation, limit.callTimeoutMs);
    throw azureUnreachable(call.operation, error);
  }
}

/** The SDK is loaded here, on the first call, and never by importing this file. */
async function openTransport(
  options: AzureSessionOptions,
  endpoint: URL,
  onAttempt: () => void,
): Promise<Transport> {
  const rest = await import("@azure/core-rest-pipeline");
  const make = options.credential ?? (() => azureCredential(options));
  const timeoutMs = options.callTimeoutMs ?? DEFAULT_CALL_TIMEOUT_MS;
  const credential = signingIn(await make(), timeoutMs);
  const pipeline = rest.createPipelineFromOptions({
    // Repeating is ours alone: the pipeline's own policy knows neither our quota gate nor our limits.
    retryOptions: { maxRetries: 0 },
  });
  if (endpoint.protocol === "https:") {
    const scopes = [`${endpoint.origin}/.default`];
    pipeline.addPolicy(rest.bearerTokenAuthenticationPolicy({ credential, scopes }));
  } else {
    pipeline.removePolicy({ name: rest.proxyPolicyName });
    pipeline.addPolicy(loopbackToken(credential));
  }
  const real = rest.createDefaultHttpClient();
  return {
    pipeline,
    client: {
      sendRequest: (request) => {
        onAttempt();
        return real.sendRequest(request);
      },
    },
  };
}

function parseJson(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
