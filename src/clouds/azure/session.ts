import { setTimeout as pause } from "node:timers/promises";
import type { TokenCredential } from "@azure/identity";
import type { HttpClient, Pipeline, PipelineResponse } from "@azure/core-rest-pipeline";
import { AppError } from "../../domain/errors.ts";
import {
  DEFAULT_RETRY_LIMITS,
  type RetryLimits,
  type Timing,
  withRetry,
} from "../../domain/scan/backoff.ts";
import { isLoopback, parseEndpoint } from "../../domain/scan/endpoint.ts";
import { createSlots } from "../../domain/scan/slots.ts";
import type { Logger } from "../../ports/logger.ts";
import { azureCredential } from "./credentials.ts";
import {
  azureCancelled,
  azureMalformed,
  azureNoCredentials,
  azureRefusal,
  azureSignInFailure,
  azureTimeout,
  azureUnreachable,
  parseDurationMs,
} from "./errors.ts";
import { DEFAULT_CALL_TIMEOUT_MS, DEFAULT_ENDPOINT, DEFAULT_MAX_IN_FLIGHT } from "./limits.ts";

/** How to reach Azure. */
export interface AzureSessionOptions {
  /** Entra tenant to sign in to; default: the tenant of the credential. */
  readonly tenantId?: string | undefined;
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
  const slots = createSlots(options.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT);
  const closing = new AbortController();
  const quota = createQuotaGate(timing);
  let calls = 0;
  let transport: Promise<Transport> | undefined;

  const attempt = async (call: AzureCall, signal: AbortSignal): Promise<AzureAnswer> => {
    await quota.wait(signal);
    transport ??= openTransport(options, endpoint, () => {
      calls += 1;
    }).catch((error: unknown) => {
      // Whoever signs in later must not need a restart.
      transport = undefined;
      throw error;
    });
    const opened = await transport;
    const deadline = AbortSignal.timeout(callTimeoutMs);
    const response = await exchange(opened, endpoint, call, {
      abort: AbortSignal.any([signal, deadline]),
      deadline,
      callTimeoutMs,
    });
    const header = (name: string): string | undefined => response.headers.get(name);
    quota.note(header);
    const body = parseJson(response.bodyAsText);
    if (response.status < 200 || response.status > 299)
      throw azureRefusal({ ...call, status: response.status, header, body });
    if (body === undefined) throw azureMalformed(call.operation);
    return { header, body };
  };

  return {
    apiCalls: () => calls,
    close: () => closing.abort(),
    send: async (call, callerSignal) => {
      const signal = AbortSignal.any([callerSignal, closing.signal]);
      const limits = options.retry ?? DEFAULT_RETRY_LIMITS;
      const onRetry = (error: AppError, delayMs: number): void =>
        options.logger.debug("Azure call is repeated", {
          operation: call.operation,
          code: error.code,
          delayMs,
        });
      try {
        return await withRetry({ limits, timing, signal, onRetry }, () =>
          slots.run(signal, () => attempt(call, signal)),
        );
      } catch (error) {
        if (signal.aborted) throw azureCancelled();
        throw error;
      }
    },
  };
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
  const make = options.credential ?? (() => azureCredential(options.tenantId));
  const credential = signingIn(await make());
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

const MS_BEFORE_EXPIRY = 120_000;

/** The SDK's bearer policy refuses http even on loopback, where a simulated cloud listens. */
function loopbackToken(credential: TokenCredential): Parameters<Pipeline["addPolicy"]>[0] {
  let cached = { token: "", expiresOnTimestamp: 0 };
  return {
    name: "loopbackToken",
    sendRequest: async (request, next) => {
      if (cached.expiresOnTimestamp - MS_BEFORE_EXPIRY < Date.now()) {
        const abortSignal = request.abortSignal;
        const options = abortSignal === undefined ? {} : { abortSignal };
        const token = await credential.getToken([`${DEFAULT_ENDPOINT}/.default`], options);
        if (token === null) throw azureNoCredentials();
        cached = token;
      }
      request.headers.set("authorization", `Bearer ${cached.token}`);
      return next(request);
    },
  };
}

/** Translates sign-in failures, and keeps the deadline where a credential ignores it. */
function signingIn(credential: TokenCredential): TokenCredential {
  return {
    getToken: async (scopes, options) => {
      if (options?.abortSignal?.aborted === true) throw azureNoCredentials();
      const { promise: stopped, reject } = Promise.withResolvers<never>();
      const stop = (): void => reject(azureNoCredentials());
      options?.abortSignal?.addEventListener("abort", stop);
      try {
        return await Promise.race([credential.getToken(scopes, options), stopped]);
      } catch (error) {
        throw error instanceof AppError ? error : azureSignInFailure(error);
      } finally {
        options?.abortSignal?.removeEventListener("abort", stop);
      }
    },
  };
}

/**
 * Resource Graph counts queries per user, and tells with each answer how many are left and when the
 * count starts again (learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests).
 * When none is left every caller waits, instead of being refused one by one.
 */
function createQuotaGate(timing: Timing): {
  wait(signal: AbortSignal): Promise<void>;
  note(header: (name: string) => string | undefined): void;
} {
  let notBeforeMs = 0;
  return {
    wait: async (signal) => {
      for (let left = notBeforeMs - timing.now(); left > 0; left = notBeforeMs - timing.now())
        await timing.sleep(left, signal);
    },
    note: (header) => {
      if (header("x-ms-user-quota-remaining") !== "0") return;
      const resetsAfterMs = parseDurationMs(header("x-ms-user-quota-resets-after") ?? "") ?? 0;
      notBeforeMs = Math.max(notBeforeMs, timing.now() + resetsAfterMs);
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
