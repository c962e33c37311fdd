import { randomUUID } from "node:crypto";
import type { FaultKind } from "../faults.ts";
import type { LoopbackAnswer } from "../loopback.ts";

/** Object id of the identity that every token of the sandbox stands for. */
export const PRINCIPAL_ID = "5f6b2a90-3d1c-4c55-9a7e-0b1f6d2c8e41";

/** Headers of every Azure Resource Manager answer. */
export function armHeaders(): Readonly<Record<string, string>> {
  const id = randomUUID();
  return {
    "cache-control": "no-cache",
    "x-ms-request-id": id,
    "x-ms-correlation-request-id": id,
  };
}

export interface ErrorDetail {
  readonly code: string;
  readonly message: string;
  readonly [more: string]: unknown;
}

/** Azure Resource Manager's error envelope. */
export function armError(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): LoopbackAnswer {
  return { status, headers: { ...armHeaders(), ...headers }, body: { error: { code, message } } };
}

/** Resource Graph's: the message says nothing but where to ask, what went wrong is in the details. */
export function graphError(
  status: number,
  code: string,
  details: readonly ErrorDetail[],
  headers: Readonly<Record<string, string>> = {},
): LoopbackAnswer {
  const message =
    "Please provide below info when asking for support: " +
    `timestamp = ${new Date().toISOString()}, correlationId = ${randomUUID()}.`;
  return {
    status,
    headers: { ...armHeaders(), ...headers },
    body: { error: { code, message, details } },
  };
}

/** Resource Graph's refusal beyond 15 queries in 5 seconds. */
export function graphThrottled(resetsAfterS: number): LoopbackAnswer {
  const details = [
    {
      code: "RateLimiting",
      message:
        "Client application has been throttled and should not attempt to repeat the request until " +
        "an amount of time has elapsed. Please see https://aka.ms/resourcegraph-throttling for help.",
    },
  ];
  return graphError(429, "RateLimiting", details, {
    ...quotaHeaders(0, resetsAfterS),
    "retry-after": String(resetsAfterS),
  });
}

/** What Resource Graph says of the caller's quota with every answer. */
export function quotaHeaders(
  remaining: number,
  resetsAfterS: number,
): Readonly<Record<string, string>> {
  return {
    "x-ms-user-quota-remaining": String(remaining),
    "x-ms-user-quota-resets-after": `00:00:${String(resetsAfterS).padStart(2, "0")}`,
    "x-ms-ratelimit-remaining-tenant-resource-requests": String(remaining),
  };
}

export function authorizationFailed(action: string, scope: string): LoopbackAnswer {
  return armError(
    403,
    "AuthorizationFailed",
    `The client '${PRINCIPAL_ID}' with object id '${PRINCIPAL_ID}' does not have authorization to ` +
      `perform action '${action}' over scope '${scope}' or the scope is invalid. ` +
      "If access was recently granted, please refresh your credentials.",
  );
}

export function tokenExpired(expiredAt: Date): LoopbackAnswer {
  return armError(
    401,
    "ExpiredAuthenticationToken",
    `The access token expiry UTC time '${usTime(expiredAt)}' is earlier than current UTC time ` +
      `'${usTime(new Date())}'.`,
    unauthorized("The access token has expired."),
  );
}

export function tokenMissing(): LoopbackAnswer {
  return armError(
    401,
    "AuthenticationFailed",
    "Authentication failed. The 'Authorization' header is missing.",
    unauthorized("The authentication failed because of missing 'Authorization' header."),
  );
}

export function tokenInvalid(): LoopbackAnswer {
  return armError(
    401,
    "InvalidAuthenticationToken",
    "The access token is invalid.",
    unauthorized("Could not parse a JSON Web Token from the access token."),
  );
}

function unauthorized(description: string): Readonly<Record<string, string>> {
  const challenge =
    'Bearer authorization_uri="https://login.microsoftonline.com/", error="invalid_token", ' +
    `error_description="${description}"`;
  return { "www-authenticate": challenge };
}

/** Azure Resource Manager's refusal when the token bucket of its own reads is empty. */
function armThrottled(): LoopbackAnswer {
  return armError(
    429,
    "SubscriptionRequestsThrottled",
    `Number of 'read' requests for actor '${PRINCIPAL_ID}' exceeded. Please try again after '1' ` +
      "seconds after additional tokens are available. Refer to https://aka.ms/arm-throttling for " +
      "additional information.",
    { "retry-after": "1" },
  );
}

/** Which call meets a fault, as far as its words depend on it. */
export interface FaultPlace {
  readonly isGraph: boolean;
  readonly isLaterPage: boolean;
  /** Action and scope that a denial names. */
  readonly action: string;
  readonly scope: string;
}

/** The answer of a fault that leaves nothing of the real one; undefined for `partial`. */
export function faultAnswer(
  kind: FaultKind,
  place: FaultPlace,
): LoopbackAnswer | "silence" | undefined {
  switch (kind) {
    case "throttle":
      return place.isGraph ? graphThrottled(1) : armThrottled();
    case "deny":
      return authorizationFailed(place.action, place.scope);
    case "expire":
      return place.isLaterPage ? pageTokenExpired(place.isGraph) : tokenExpired(new Date());
    case "hang":
      return "silence";
    case "partial":
      return undefined;
    default:
      return kind satisfies never;
  }
}

/** Microsoft publishes no text for this error; code and status follow its other input errors. */
export function pageTokenExpired(isGraph: boolean): LoopbackAnswer {
  const message = "The skip token is invalid or has expired. Run the query again without it.";
  return isGraph
    ? graphError(400, "BadRequest", [{ code: "InvalidSkipToken", message }])
    : armError(400, "InvalidSkipToken", message);
}

/** `11/22/2026 5:03:09 PM`, as Azure Resource Manager writes times into messages. */
function usTime(time: Date): string {
  return time.toLocaleString("en-US", { timeZone: "UTC" }).replace(",", "");
}
