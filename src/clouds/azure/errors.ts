import { z } from "zod";
import { AppError, type ErrorCode } from "../../domain/errors.ts";

/** What an answer that is not a success said; codes and request id only, for `details`. */
export interface AzureRefusal {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  /** Parsed body, of whatever shape. */
  readonly body: unknown;
  /** API operation, such as `Resources`. */
  readonly operation: string;
  /** The request asked for a page after the first. */
  readonly laterPage: boolean;
}

const ErrorBody = z.object({
  error: z.object({
    code: z.string(),
    details: z.array(z.object({ code: z.string() })).catch([]),
  }),
});

interface Meaning {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

const DENIED: Meaning = {
  code: "cloud_denied",
  message: "Azure refused to let these credentials read this subscription.",
  hint: "Give the identity the Reader role on the subscription or its management group.",
};
const EXPIRED: Meaning = {
  code: "credentials_expired",
  message: "Azure did not accept the access token: it is expired or not valid for this tenant.",
  hint: "Sign in again (az login), or renew the secret or certificate of the identity.",
};
const THROTTLED: Meaning = {
  code: "cloud_throttled",
  message: "Azure limits how fast these credentials may read, and kept refusing.",
  hint: "Try again later, or lower clouds.azure.max_in_flight.",
};
const UNAVAILABLE: Meaning = {
  code: "cloud_unavailable",
  message: "Azure could not answer.",
  hint: "Try again later.",
};
const TOO_LARGE: Meaning = {
  code: "cloud_truncated",
  message: "A page of the answer was too large for Azure to send.",
  hint: "Scan fewer resource types at once.",
};
const PAGE_TOKEN: Meaning = {
  code: "cloud_page_expired",
  message: "Azure no longer accepted the position in the list, so the rest was not read.",
  hint: "Scan again.",
};
const UNSUPPORTED: Meaning = {
  code: "cloud_unsupported",
  message: "This subscription cannot be queried through Resource Graph.",
  hint: "Register the resource provider Microsoft.ResourceGraph in the subscription.",
};

/**
 * Codes that say more than their status. Resource Graph puts the telling code into `details` under a
 * plain `BadRequest` (learn.microsoft.com/azure/governance/resource-graph/troubleshoot/general).
 */
const BY_UPSTREAM_CODE: Readonly<Record<string, Meaning>> = {
  AuthorizationFailed: DENIED,
  NoValidSubscriptionsInQueryRequest: DENIED,
  SubscriptionNotFound: DENIED,
  InvalidSubscriptionId: DENIED,
  ExpiredAuthenticationToken: EXPIRED,
  InvalidAuthenticationToken: EXPIRED,
  InvalidAuthenticationTokenTenant: EXPIRED,
  RateLimiting: THROTTLED,
  SubscriptionRequestsThrottled: THROTTLED,
  ResponsePayloadTooLarge: TOO_LARGE,
  InvalidSkipToken: PAGE_TOKEN,
  MissingSubscriptionRegistration: UNSUPPORTED,
  SubscriptionNotRegistered: UNSUPPORTED,
};

const BY_STATUS: Readonly<Record<number, Meaning>> = {
  401: EXPIRED,
  403: DENIED,
  404: DENIED,
  408: { ...UNAVAILABLE, code: "cloud_timeout" },
  413: TOO_LARGE,
  429: THROTTLED,
};

const NOT_UNDERSTOOD: Meaning = {
  code: "internal",
  message: "Azure did not understand the request.",
  hint: "Report this with the correlation id of the log.",
};

/** The error that an answer with a status outside 200 to 299 stands for. */
export function azureRefusal(refusal: AzureRefusal): AppError {
  const parsed = ErrorBody.safeParse(refusal.body);
  const codes = parsed.success
    ? [parsed.data.error.code, ...parsed.data.error.details.map((detail) => detail.code)]
    : [];
  const { code, message, hint } = meaningOf(refusal, codes);
  const retryAfterMs = waitAskedMs(refusal.header);
  return new AppError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    details: {
      operation: refusal.operation,
      status: refusal.status,
      upstreamCodes: codes,
      requestId: refusal.header("x-ms-request-id"),
    },
  });
}

/**
 * Resource Graph names an invalid query first in `details`, and below it what is wrong with it: seen in the
 * recorded answer of `test_query_error` in Azure/azure-cli-extensions (src/resource-graph).
 */
const INVALID_QUERY_CODES: ReadonlySet<unknown> = new Set([
  "InvalidQuery",
  "ParserFailure",
  "SemanticError",
]);

/** Azure refused the query itself, whoever asks and wherever: never a page, a place or the caller. */
export function isInvalidQuery(error: unknown): error is AppError {
  if (!(error instanceof AppError) || error.code !== NOT_UNDERSTOOD.code) return false;
  const { status, upstreamCodes } = error.details;
  if (status !== 400 || !Array.isArray(upstreamCodes)) return false;
  const [code, ...details]: readonly unknown[] = upstreamCodes;
  return code === "BadRequest" && details.some((detail) => INVALID_QUERY_CODES.has(detail));
}

function meaningOf({ status, laterPage }: AzureRefusal, codes: readonly string[]): Meaning {
  // Details are more precise than the code they explain.
  for (const code of codes.toReversed()) {
    const known = BY_UPSTREAM_CODE[code];
    if (known !== undefined) return known;
  }
  if (status >= 500) return UNAVAILABLE;
  // The query of a later page is that of the first, which was understood: its token is what is wrong.
  if (status === 400 && laterPage) return PAGE_TOKEN;
  return BY_STATUS[status] ?? NOT_UNDERSTOOD;
}

/** Cost Management has several quotas and says how long to wait for each; the longest wait helps. */
const COST_WAITS = ["qpu", "entity", "tenant"].map(
  (quota) => `x-ms-ratelimit-microsoft.costmanagement-${quota}-retry-after`,
);

/**
 * Milliseconds Azure asked to wait: `Retry-After` in seconds or as a date, else the reset time of the
 * query quota, which Resource Graph gives as `hh:mm:ss`.
 */
export function waitAskedMs(header: (name: string) => string | undefined): number | undefined {
  const costs = COST_WAITS.map((name) => Number(header(name))).filter((seconds) => seconds > 0);
  if (costs.length > 0) return Math.max(...costs) * 1000;
  const retryAfter = header("retry-after");
  if (retryAfter !== undefined) {
    const seconds = Number(retryAfter);
    if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  }
  const asked = header("x-ms-user-quota-resets-after");
  return header("x-ms-user-quota-remaining") === "0" && asked !== undefined
    ? parseDurationMs(asked)
    : undefined;
}

/** `hh:mm:ss`, optionally with a fraction, in milliseconds. */
export function parseDurationMs(text: string): number | undefined {
  const [, hours, minutes, seconds] = /^(\d+):(\d\d):(\d\d(?:\.\d+)?)$/.exec(text) ?? [];
  if (hours === undefined || minutes === undefined || seconds === undefined) return undefined;
  return Math.ceil(((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000);
}

export function azureTimeout(operation: string, timeoutMs: number): AppError {
  return new AppError("cloud_timeout", "Azure did not answer in time.", {
    hint: "Check the network path to the endpoint.",
    details: { operation, timeoutMs },
  });
}

export function azureCancelled(): AppError {
  return new AppError("cancelled", "Reading Azure was stopped.");
}

/** No answer came: a name that does not resolve, a refused or broken connection, TLS. */
export function azureUnreachable(operation: string, cause: unknown): AppError {
  return new AppError("cloud_unavailable", "Azure could not be reached.", {
    hint: "Check DNS, proxy and firewall between this machine and the endpoint.",
    cause,
    details: { operation, systemCode: systemCode(cause) },
  });
}

/** A success whose body is not what the published specification says. */
export function azureMalformed(operation: string, cause?: unknown): AppError {
  return new AppError("cloud_unavailable", "Azure's answer has an unexpected shape.", {
    hint: "A proxy may answer in Azure's place; check the endpoint.",
    ...(cause === undefined ? {} : { cause }),
    details: { operation },
  });
}

/** Azure itself said, or its counts show, that rows are missing from the answer. */
export function azureTruncated(details: Readonly<Record<string, unknown>>): AppError {
  return new AppError("cloud_truncated", "Azure cut the list short without saying how to go on.", {
    hint: "Scan again; if it stays, scan fewer resource types or subscriptions at once.",
    details,
  });
}

/**
 * A query about a subscription answers with the subscription itself, or the credential may not read it:
 * Resource Graph leaves out in silence what the caller cannot see
 * (learn.microsoft.com/azure/governance/resource-graph/overview, "Permissions").
 */
export function azureUnseen(): AppError {
  return new AppError(
    "cloud_denied",
    "Azure does not show this subscription to these credentials.",
    {
      hint: "Give the identity the Reader role on the subscription, not only on resources in it.",
    },
  );
}

/** Names that @azure/identity gives to "there is nothing to sign in with here". */
const UNAVAILABLE_CREDENTIALS: ReadonlySet<string> = new Set([
  "CredentialUnavailableError",
  "AggregateAuthenticationError",
  "AuthenticationRequiredError",
]);

/** The error of getting a token, which never is about the subscription being read. */
export function azureSignInFailure(error: unknown): AppError {
  const name = error instanceof Error ? error.name : "unknown";
  if (UNAVAILABLE_CREDENTIALS.has(name)) return azureNoCredentials(error);
  const status = property(error, "statusCode");
  const unreachable =
    property(error, "errorCode") === "network_error" ||
    systemCode(error) !== undefined ||
    (typeof status === "number" && status >= 500);
  if (unreachable) return azureUnreachable("token", error);
  return new AppError(
    "credentials_expired",
    "Microsoft Entra refused the configured credentials.",
    {
      hint: "Check the tenant and client ids; renew the secret, certificate or federation of the identity.",
      cause: error,
      details: { name, status, upstreamCode: property(error, "errorCode") },
    },
  );
}

export function azureNoCredentials(cause?: unknown): AppError {
  return new AppError("credentials_missing", "No Azure credentials were found that work here.", {
    hint: "Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, use a managed or workload identity, or sign in with az login.",
    ...(cause === undefined ? {} : { cause }),
  });
}

function systemCode(error: unknown): string | undefined {
  const code = property(error, "code");
  return typeof code === "string" && /^E[A-Z_]+$/.test(code) ? code : undefined;
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
