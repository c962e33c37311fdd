import { setTimeout as pause } from "node:timers/promises";
import type { AuthClient } from "google-auth-library";
import { AppError } from "../../domain/errors.ts";
import {
  type Retrying,
  type RetryLimits,
  type Timing,
  withRetry,
} from "../../domain/scan/backoff.ts";
import { isLoopback, parseEndpoint } from "../../domain/scan/endpoint.ts";
import { createPacer, type Pacer } from "../../domain/scan/pacer.ts";
import { createSlots } from "../../domain/scan/slots.ts";
import { createTokenBucket } from "../../domain/scan/token-bucket.ts";
import type { Priority } from "../../domain/scan/waiting-line.ts";
import type { Logger } from "../../ports/logger.ts";
import { type GcpIdentity, gcpCredential } from "./credentials.ts";
import {
  gcpCancelled,
  gcpMalformed,
  gcpRefusal,
  gcpSignInFailure,
  gcpTimeout,
  gcpUnreachable,
} from "./errors.ts";
import {
  ASSET_ENDPOINT,
  BIGQUERY_ENDPOINT,
  DEFAULT_CALL_TIMEOUT_MS,
  DEFAULT_MAX_IN_FLIGHT,
  GCP_RETRY_LIMITS,
  LOG_RATE,
  LOGGING_ENDPOINT,
  RESOURCE_MANAGER_ENDPOINT,
  SEARCH_RATE,
} from "./limits.ts";

/** How to reach Google Cloud. */
export interface GcpSessionOptions extends GcpIdentity {
  /** One address in place of every Google host; default Google's own. http is for loopback only. */
  readonly endpoint?: string | undefined;
  /** Project charged for quota; default the one the credentials name. */
  readonly quotaProject?: string | undefined;
  /** Keep under the documented rate of searches; default true, but for an endpoint on loopback. */
  readonly paced?: boolean | undefined;
  /** Longest wait for one answer, in milliseconds; default 30,000. */
  readonly callTimeoutMs?: number | undefined;
  /** Requests under way at once; default 8. */
  readonly maxInFlight?: number | undefined;
  /** How often a passing failure is repeated; default 6 attempts. */
  readonly retry?: RetryLimits | undefined;
  readonly logger: Logger;
  /** Where tokens come from; default Application Default Credentials. Called once, when first needed. */
  readonly credential?: (() => Promise<AuthClient>) | undefined;
  /** Time and chance; default the real ones. */
  readonly timing?: Timing | undefined;
}

export interface GcpCall {
  readonly service: "assets" | "projects" | "logs" | "bigquery";
  /** Path on the service's host, each part of it already encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** API operation, for errors and the log. */
  readonly operation: string;
}

/** With a body it is a POST. */
type SentCall = GcpCall & { readonly body?: object };

/** Signed, paced and retried reads of Google's REST APIs. */
export interface GcpSession {
  /**
   * The parsed body of a successful GET.
   * @throws {AppError} see `errors.ts`; `cancelled` when `signal` aborts.
   */
  get(call: GcpCall, signal: AbortSignal): Promise<unknown>;
  /**
   * The same for a read that Google wants as a POST.
   * @throws {AppError} as `get`.
   */
  post(call: GcpCall, body: object, signal: AbortSignal): Promise<unknown>;
  /** The same credentials and quota for work of this priority. Made `interactive`. */
  at(priority: Priority): GcpSession;
  /** Requests sent to Google's APIs so far, repeated ones included, token requests not. */
  apiCalls(): number;
  /** Stops whatever is under way. */
  close(): void;
}

const SYSTEM_TIMING: Timing = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms, signal) => pause(ms, undefined, { signal }),
};

const HOSTS = {
  assets: ASSET_ENDPOINT,
  projects: RESOURCE_MANAGER_ENDPOINT,
  logs: LOGGING_ENDPOINT,
  bigquery: BIGQUERY_ENDPOINT,
} as const;

/** @throws {AppError} `config_invalid` for an endpoint that tokens must not be sent to. */
export function createGcpSession(options: GcpSessionOptions): GcpSession {
  const override = options.endpoint === undefined ? undefined : parseEndpoint(options.endpoint);
  const timing = options.timing ?? SYSTEM_TIMING;
  const callTimeoutMs = options.callTimeoutMs ?? DEFAULT_CALL_TIMEOUT_MS;
  const slots = createSlots(options.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT);
  // A simulated cloud on this machine has no quota that anyone shares.
  const paced = options.paced ?? (override === undefined || !isLoopback(override));
  const pacers = paced ? createPacers(timing) : {};
  const closing = new AbortController();
  let calls = 0;
  let credential: Promise<AuthClient> | undefined;

  const attempt = async (call: SentCall, signal: AbortSignal): Promise<unknown> => {
    credential ??= (options.credential ?? (() => gcpCredential(options)))().catch(
      (error: unknown) => {
        // Whoever signs in later must not need a restart.
        credential = undefined;
        throw error;
      },
    );
    const deadline = AbortSignal.timeout(callTimeoutMs);
    const abort = AbortSignal.any([signal, deadline]);
    // An identity endpoint that is slow is no sign of missing credentials.
    const tooSlow = (): AppError => gcpTimeout("token", callTimeoutMs);
    const client = await untilAborted(credential, abort, tooSlow);
    const url = new URL(`${override?.origin ?? HOSTS[call.service]}${call.path}`);
    url.search = call.query.toString();
    const headers = await tokenHeaders(client, url, { abort, tooSlow });
    if (call.body !== undefined) headers.set("content-type", "application/json");
    if (options.quotaProject !== undefined)
      headers.set("x-goog-user-project", options.quotaProject);
    calls += 1;
    return exchange(client, { call, url, headers, abort }, (error) =>
      deadline.aborted
        ? gcpTimeout(call.operation, callTimeoutMs)
        : gcpUnreachable(call.operation, error),
    );
  };

  const send =
    (priority: Priority) =>
    async (call: SentCall, callerSignal: AbortSignal): Promise<unknown> => {
      const signal = AbortSignal.any([callerSignal, closing.signal]);
      const retrying = { ...retryingOf(options, timing, call.operation), signal };
      try {
        return await withRetry(retrying, async () => {
          // Nobody waits for the quota in a slot: someone who may go first would wait behind.
          await pacers[call.service]?.pass(signal, priority);
          return slots.run(signal, () => attempt(call, signal), priority);
        });
      } catch (error) {
        if (signal.aborted) throw gcpCancelled();
        throw error;
      }
    };

  const lane = (priority: Priority): GcpSession => ({
    apiCalls: () => calls,
    close: () => closing.abort(),
    at: (other) => lanes[other],
    get: send(priority),
    post: (call, body, signal) => send(priority)({ ...call, body }, signal),
  });
  const lanes = { interactive: lane("interactive"), background: lane("background") } as const;
  return lanes.interactive;
}

function createPacers(timing: Timing): Partial<Record<GcpCall["service"], Pacer>> {
  return {
    assets: createPacer(createTokenBucket(SEARCH_RATE), timing),
    logs: createPacer(createTokenBucket(LOG_RATE), timing),
  };
}

function retryingOf(
  { retry, logger }: GcpSessionOptions,
  timing: Timing,
  operation: string,
): Omit<Retrying, "signal"> {
  const onRetry = ({ code }: AppError, delayMs: number): void =>
    logger.debug("Google Cloud call is repeated", { operation, code, delayMs });
  return { limits: retry ?? GCP_RETRY_LIMITS, timing, onRetry };
}

async function tokenHeaders(
  client: AuthClient,
  url: URL,
  { abort, tooSlow }: { readonly abort: AbortSignal; readonly tooSlow: () => AppError },
): Promise<Headers> {
  try {
    const headers = await untilAborted(client.getRequestHeaders(url), abort, tooSlow);
    return new Headers(headers);
  } catch (error) {
    throw error instanceof AppError ? error : gcpSignInFailure(error);
  }
}

interface SignedCall {
  readonly call: SentCall;
  readonly url: URL;
  readonly headers: Headers;
  readonly abort: AbortSignal;
}

/**
 * One HTTP exchange through the library's transport, for its proxy support. Neither the library's
 * retry (which ignores Retry-After and is not counted) nor its parameter encoding (which joins
 * repeated parameters with commas) is used.
 */
async function exchange(
  client: AuthClient,
  { call, url, headers, abort }: SignedCall,
  unanswered: (error: unknown) => AppError,
): Promise<unknown> {
  const response = await client.transporter
    .request<string>({
      url,
      headers,
      ...(call.body === undefined ? {} : { method: "POST", body: JSON.stringify(call.body) }),
      signal: abort,
      responseType: "text",
      retry: false,
      // A redirect would carry the access token to another host.
      redirect: "error",
      validateStatus: () => true,
      ...(isLoopback(url) ? { noProxy: [url.hostname] } : {}),
    })
    .catch((error: unknown) => {
      throw unanswered(error);
    });
  const body = parseJson(response.data);
  if (response.status < 200 || response.status > 299)
    throw gcpRefusal({
      status: response.status,
      header: (name) => response.headers.get(name) ?? undefined,
      body,
      operation: call.operation,
      service: new URL(HOSTS[call.service]).hostname,
      laterPage: call.query.has("pageToken"),
      oneType: call.query.has("assetTypes"),
    });
  if (body === undefined) throw gcpMalformed(call.operation);
  return body;
}

/** The library's sign-in takes no signal; without this a silent token endpoint would hang a scan. */
async function untilAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
  reason: () => AppError,
): Promise<T> {
  if (signal.aborted) throw reason();
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(reason());
  signal.addEventListener("abort", stop);
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
