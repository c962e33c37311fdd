import { z } from "zod";
import { AppError, type ErrorCode } from "../../domain/errors.ts";

/** An answer that is not a success. */
export interface GcpRefusal {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  /** Parsed body, of whatever shape. */
  readonly body: unknown;
  readonly operation: string;
  /** Host name of the API, such as `cloudasset.googleapis.com`. One of ours, not of the answer. */
  readonly service: string;
  /** The request asked for a page after the first. */
  readonly laterPage: boolean;
  /** The request asked for one asset type. */
  readonly oneType: boolean;
}

/** Google's error envelope (AIP-193), and the older `errors` list some services still send beside it. */
const ErrorBody = z.object({
  error: z.object({
    status: z.string().catch(""),
    errors: z.array(z.object({ reason: z.string().catch("") })).catch([]),
    details: z
      .array(
        z.object({
          reason: z.string().catch(""),
          links: z.array(z.object({ url: z.string().catch("") })).catch([]),
        }),
      )
      .catch([]),
  }),
});

/** What an error body says, in words that are Google's constants. */
interface Upstream {
  readonly status: string;
  readonly reasons: readonly string[];
}

interface Meaning {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

const DENIED: Meaning = {
  code: "cloud_denied",
  message: "Google Cloud refused to let these credentials read this project.",
  hint: "Grant roles/cloudasset.viewer on the project, its folder or its organization.",
};
const EXPIRED: Meaning = {
  code: "credentials_expired",
  message: "Google Cloud did not accept the access token.",
  hint: "Sign in again (gcloud auth application-default login), or renew the service account's key or federation.",
};
const THROTTLED: Meaning = {
  code: "cloud_throttled",
  message: "The request quota of Google Cloud is used up, and stayed so.",
  hint: "Try again later, or name another quota project in clouds.gcp.quota_project.",
};
const UNAVAILABLE: Meaning = {
  code: "cloud_unavailable",
  message: "Google Cloud could not answer.",
  hint: "Try again later.",
};
const TIMEOUT: Meaning = { ...UNAVAILABLE, code: "cloud_timeout" };
const PAGE_TOKEN: Meaning = {
  code: "cloud_page_expired",
  message: "Google Cloud no longer accepted the position in the list, so the rest was not read.",
  hint: "Scan again.",
};
/** Refused outright where the inventory does not list the type (reference of `assetTypes`). */
const NOT_LISTED: Meaning = {
  code: "cloud_unsupported",
  message: "The asset inventory of Google Cloud does not list resources of this type.",
  hint: "Leave this resource type out.",
};
const NOT_UNDERSTOOD: Meaning = {
  code: "internal",
  message: "Google Cloud did not understand the request.",
  hint: "Report this with the correlation id of the log.",
};

function apiDisabled(service: string): Meaning {
  return {
    code: "cloud_unsupported",
    message:
      "The API that lists resources is not enabled in the project that is charged for quota.",
    hint: `Run: gcloud services enable ${service}`,
  };
}

/** Reasons that say more than the status. They come from ErrorInfo, or from the older `errors` list. */
const BY_REASON: Readonly<Record<string, (service: string) => Meaning>> = {
  SERVICE_DISABLED: apiDisabled,
  accessNotConfigured: apiDisabled,
  RATE_LIMIT_EXCEEDED: () => THROTTLED,
  rateLimitExceeded: () => THROTTLED,
  userRateLimitExceeded: () => THROTTLED,
  quotaExceeded: () => THROTTLED,
  ACCESS_TOKEN_EXPIRED: () => EXPIRED,
  USER_PROJECT_DENIED: () => ({
    ...DENIED,
    hint: "Grant roles/serviceusage.serviceUsageConsumer on the quota project, or name another one.",
  }),
};

const BY_STATUS: Readonly<Record<string, Meaning>> = {
  UNAUTHENTICATED: EXPIRED,
  PERMISSION_DENIED: DENIED,
  // A project that does not exist, or that these credentials must not know of.
  NOT_FOUND: DENIED,
  RESOURCE_EXHAUSTED: THROTTLED,
  DEADLINE_EXCEEDED: TIMEOUT,
  UNAVAILABLE,
};

const BY_HTTP_STATUS: Readonly<Record<number, Meaning>> = {
  401: EXPIRED,
  403: DENIED,
  404: DENIED,
  408: TIMEOUT,
  429: THROTTLED,
};

/** The error that an answer with a status outside 200 to 299 stands for. */
export function gcpRefusal(refusal: GcpRefusal): AppError {
  const upstream = readUpstream(refusal.body);
  const { code, message, hint } = meaningOf(refusal, upstream);
  const retryAfterMs = retryAfterOf(refusal.header("retry-after"));
  return new AppError(code, message, {
    hint,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    details: {
      operation: refusal.operation,
      status: refusal.status,
      upstreamStatus: upstream.status,
      upstreamReasons: upstream.reasons,
    },
  });
}

/** Enabling an API is offered by a link to its console page, the only constant of the oldest form. */
const ACTIVATION_LINK = /^https:\/\/console\.(?:developers|cloud)\.google\.com\/apis\/api\//;

function readUpstream(body: unknown): Upstream {
  const parsed = ErrorBody.safeParse(body);
  if (!parsed.success) return { status: "", reasons: [] };
  const { status, errors, details } = parsed.data.error;
  const links = details.flatMap((detail) => detail.links);
  const reasons = [...details, ...errors].flatMap(({ reason }) => (reason === "" ? [] : [reason]));
  const offersActivation = links.some(({ url }) => ACTIVATION_LINK.test(url));
  return { status, reasons: offersActivation ? [...reasons, "SERVICE_DISABLED"] : reasons };
}

function meaningOf(refusal: GcpRefusal, upstream: Upstream): Meaning {
  for (const reason of upstream.reasons) {
    const known = BY_REASON[reason];
    if (known !== undefined) return known(refusal.service);
  }
  const known = BY_STATUS[upstream.status] ?? BY_HTTP_STATUS[refusal.status];
  if (known !== undefined) return known;
  if (refusal.status >= 500) return UNAVAILABLE;
  if (refusal.status !== 400) return NOT_UNDERSTOOD;
  // Everything but the token is the same as in the first page, which was understood.
  if (refusal.laterPage) return PAGE_TOKEN;
  return refusal.oneType ? NOT_LISTED : NOT_UNDERSTOOD;
}

function retryAfterOf(text: string | undefined): number | undefined {
  const seconds = Number(text ?? "none");
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : undefined;
}

export function gcpTimeout(operation: string, timeoutMs: number): AppError {
  return new AppError("cloud_timeout", "Google Cloud did not answer in time.", {
    hint: "Check the network path to googleapis.com.",
    details: { operation, timeoutMs },
  });
}

export function gcpCancelled(): AppError {
  return new AppError("cancelled", "Reading Google Cloud was stopped.");
}

/** No answer came: a name that does not resolve, a refused or broken connection, TLS. */
export function gcpUnreachable(operation: string, cause: unknown): AppError {
  return new AppError("cloud_unavailable", "Google Cloud could not be reached.", {
    hint: "Check DNS, proxy and firewall between this machine and googleapis.com.",
    cause,
    details: { operation, systemCode: systemCode(cause) },
  });
}

/** A success whose body is not what the discovery document says. */
export function gcpMalformed(operation: string, cause?: unknown): AppError {
  return new AppError("cloud_unavailable", "Google Cloud's answer has an unexpected shape.", {
    hint: "A proxy may answer in Google's place; check the endpoint.",
    ...(cause === undefined ? {} : { cause }),
    details: { operation },
  });
}

/** OAuth errors (RFC 6749 §5.2) that mean "these credentials are no longer good". */
const REFUSED_GRANTS: ReadonlySet<string> = new Set([
  "invalid_grant",
  "invalid_client",
  "unauthorized_client",
  "invalid_rapt",
]);

/** The error of finding credentials or of getting a token, which never is about a project. */
export function gcpSignInFailure(error: unknown): AppError {
  const answer = property(error, "response");
  const status = property(answer, "status");
  const upstream = property(property(answer, "data"), "error");
  const refused = typeof upstream === "string" && REFUSED_GRANTS.has(upstream);
  if (refused || status === 401 || status === 403)
    return new AppError("credentials_expired", "Google refused the configured credentials.", {
      hint: EXPIRED.hint,
      cause: error,
      details: { status, upstreamReasons: refused ? [upstream] : [] },
    });
  if (status !== undefined || isNetworkFailure(error)) return gcpUnreachable("token", error);
  return gcpNoCredentials(error);
}

/** A file that is not there also has a system code, and is not a network's. */
function isNetworkFailure(error: unknown): boolean {
  const code = systemCode(error);
  return code !== undefined && !["ENOENT", "EACCES", "EISDIR"].includes(code);
}

export function gcpNoCredentials(cause?: unknown): AppError {
  return new AppError(
    "credentials_missing",
    "No Google Cloud credentials were found that work here.",
    {
      hint: "Run gcloud auth application-default login, set GOOGLE_APPLICATION_CREDENTIALS to a credential file, or attach a service account to this machine.",
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

function systemCode(error: unknown): string | undefined {
  const code = property(error, "code") ?? property(property(error, "cause"), "code");
  return typeof code === "string" && /^E[A-Z_]+$/.test(code) ? code : undefined;
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
