import type { FaultKind } from "../faults.ts";
import type { LoopbackAnswer } from "../loopback.ts";

/** Canonical status names and their HTTP codes (google.rpc.Code). */
const HTTP_CODES = {
  INVALID_ARGUMENT: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  UNAVAILABLE: 503,
} as const;
type Status = keyof typeof HTTP_CODES;

type Detail = Readonly<Record<string, unknown>>;

/** Google's error envelope (AIP-193). */
export function googleError(
  status: Status,
  message: string,
  details: readonly Detail[] = [],
): LoopbackAnswer {
  const code = HTTP_CODES[status];
  const error = { code, message, status, ...(details.length > 0 ? { details } : {}) };
  return { status: code, headers: googleHeaders(), body: { error } };
}

/** Headers of every answer of a Google API. */
export function googleHeaders(): Readonly<Record<string, string>> {
  return {
    "content-type": "application/json; charset=UTF-8",
    server: "ESF",
    vary: "Origin, X-Origin, Referer",
    "cache-control": "private",
  };
}

function errorInfo(reason: string, domain: string, metadata: Detail): Detail {
  return { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason, domain, metadata };
}

/** A bad field of a request, named as in its proto. */
export function invalidArgument(field: string, description: string): LoopbackAnswer {
  const detail = {
    "@type": "type.googleapis.com/google.rpc.BadRequest",
    fieldViolations: [{ field, description }],
  };
  return googleError("INVALID_ARGUMENT", "Request contains an invalid argument.", [detail]);
}

/** Google says this of what does not exist, too, so that nobody learns what does. */
export function permissionDenied(permission: string, resource: string): LoopbackAnswer {
  return googleError("PERMISSION_DENIED", "The caller does not have permission", [
    errorInfo("IAM_PERMISSION_DENIED", "iam.googleapis.com", { permission, resource }),
  ]);
}

export function unauthenticated(
  reason: "CREDENTIALS_MISSING" | "ACCESS_TOKEN_EXPIRED" | "ACCESS_TOKEN_TYPE_UNSUPPORTED",
  method: string,
): LoopbackAnswer {
  const isMissing = reason === "CREDENTIALS_MISSING";
  const answer = googleError(
    "UNAUTHENTICATED",
    `${isMissing ? "Request is missing required authentication credential." : "Request had invalid authentication credentials."} ` +
      "Expected OAuth 2 access token, login cookie or other valid authentication credential. " +
      "See https://developers.google.com/identity/sign-in/web/devconsole-project.",
    [
      errorInfo(reason, "googleapis.com", {
        method,
        service: `${serviceOf(method)}.googleapis.com`,
      }),
    ],
  );
  const challenge = `Bearer realm="https://accounts.google.com/"${isMissing ? "" : ', error="invalid_token"'}`;
  return { ...answer, headers: { ...answer.headers, "www-authenticate": challenge } };
}

function serviceOf(method: string): string {
  return method.split(".")[0] ?? "";
}

/** Google sends no `Retry-After` with an exhausted quota: a client backs off by itself. */
function resourceExhausted({ method, consumer }: FaultPlace): LoopbackAnswer {
  const service = `${serviceOf(method)}.googleapis.com`;
  const limit = `${method.split(".").at(-1)} Requests`;
  return googleError(
    "RESOURCE_EXHAUSTED",
    `Quota exceeded for quota metric '${limit}' and limit '${limit} per minute' of service ` +
      `'${service}' for consumer '${consumer}'.`,
    [
      errorInfo("RATE_LIMIT_EXCEEDED", "googleapis.com", {
        consumer,
        service,
        quota_limit_value: "400",
      }),
    ],
  );
}

/** Which call meets a fault, as far as its words depend on it. */
export interface FaultPlace {
  /** Such as `cloudasset.searchAllResources`. */
  readonly method: string;
  readonly permission: string;
  /** What the caller may not read: `projects/…`. */
  readonly resource: string;
  /** Who pays for the quota: `project_number:…`. */
  readonly consumer: string;
  readonly isLaterPage: boolean;
}

/** The answer of a fault that leaves nothing of the real one; undefined for the first page of `partial`. */
export function faultAnswer(
  kind: FaultKind,
  place: FaultPlace,
): LoopbackAnswer | "silence" | undefined {
  switch (kind) {
    case "throttle":
      return resourceExhausted(place);
    case "deny":
      return permissionDenied(place.permission, place.resource);
    case "expire":
      return place.isLaterPage
        ? invalidArgument("page_token", "The page token is invalid or has expired.")
        : unauthenticated("ACCESS_TOKEN_EXPIRED", place.method);
    case "hang":
      return "silence";
    case "partial":
      return place.isLaterPage ? unavailable() : undefined;
    default:
      return kind satisfies never;
  }
}

export function unavailable(): LoopbackAnswer {
  return googleError("UNAVAILABLE", "The service is currently unavailable.");
}
