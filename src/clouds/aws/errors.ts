import { AppError, type ErrorCode } from "../../domain/errors.ts";

/** Which request failed; goes into the details of its error. */
export interface CallSite {
  readonly service: string;
  readonly account: string;
  readonly region: string;
}

/** What we read of a failure of the SDK. Every field is untrusted. */
interface Failure {
  /** AWS error code (`ThrottlingException`) or the SDK's own error name (`TimeoutError`). */
  readonly code: string;
  /** Node's system error code (`ECONNRESET`), or empty. */
  readonly systemCode: string;
  readonly text: string;
  readonly httpStatus: number | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
}

const THROTTLED =
  /^(?:(?:EC2)?Thrott|RequestThrottl|TooManyRequests|RequestLimitExceeded|SlowDown|BandwidthLimitExceeded|PriorRequestNotComplete|ProvisionedThroughputExceeded)/;
const DENIED =
  /^(?:AccessDenied|UnauthorizedOperation|Unauthorized(?:Exception)?$|Forbidden|NotAuthorized|AuthorizationError|AllAccessDisabled|OptInRequired)/;
const EXPIRED = /^(?:ExpiredToken|RequestExpired|TokenRefreshRequired)/;
/** What a Region that the account has not enabled answers, and what bad keys get everywhere. */
const NOT_RECOGNISED =
  /^(?:UnrecognizedClient|AuthFailure$|InvalidClientTokenId|InvalidAccessKeyId)/;
const BAD_SIGNATURE =
  /^(?:SignatureDoesNotMatch|InvalidSignature|IncompleteSignature|MissingAuthenticationToken)/;
const NO_SUCH_OPERATION =
  /^(?:UnknownOperation|InvalidAction|NotImplemented|UnsupportedOperation|AWSOrganizationsNotInUse|UnsupportedAction)/;
const NOT_FOUND = /^(?:ResourceNotFound|NoSuch|NotFound|.*NotFound(?:Exception)?$)/;
const NO_CREDENTIALS = /^(?:CredentialsProviderError|TokenProviderError)$/;
const TIMEOUT = /^(?:TimeoutError|RequestTimeout|RequestTimeoutException)$/;
const TIMEOUT_SYSTEM = /^(?:ETIMEDOUT|ESOCKETTIMEDOUT|UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT)$/;
const NETWORK =
  /^(?:ECONNRESET|ECONNREFUSED|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR(?!.*_TIMEOUT))/;
const PAGE_TOKEN_EXPIRED = /^(?:PaginationTokenExpired|ExpiredNextToken)/;

type Kind =
  | Extract<
      ErrorCode,
      | "cancelled"
      | "credentials_missing"
      | "credentials_expired"
      | "cloud_denied"
      | "cloud_throttled"
      | "cloud_timeout"
      | "cloud_unavailable"
      | "cloud_unsupported"
      | "not_found"
      | "internal"
    >
  | "page_token_expired"
  | "not_recognised"
  | "credentials_refused";

/** First match wins: a code says more than an HTTP status. */
const RULES: readonly (readonly [Kind, (failure: Failure) => boolean])[] = [
  ["cancelled", (f) => f.code === "AbortError"],
  ["credentials_expired", (f) => NO_CREDENTIALS.test(f.code) && /expired/i.test(f.text)],
  ["credentials_missing", (f) => NO_CREDENTIALS.test(f.code)],
  ["page_token_expired", (f) => PAGE_TOKEN_EXPIRED.test(f.code)],
  ["credentials_expired", (f) => EXPIRED.test(f.code)],
  ["not_recognised", (f) => NOT_RECOGNISED.test(f.code)],
  ["credentials_refused", (f) => BAD_SIGNATURE.test(f.code)],
  ["cloud_throttled", (f) => THROTTLED.test(f.code) || f.httpStatus === 429],
  // The SDK calls a reset connection a TimeoutError too; the system's code knows better.
  ["cloud_unavailable", (f) => NETWORK.test(f.systemCode)],
  ["cloud_timeout", (f) => TIMEOUT.test(f.code) || TIMEOUT_SYSTEM.test(f.systemCode)],
  ["cloud_denied", (f) => DENIED.test(f.code)],
  ["cloud_unsupported", (f) => NO_SUCH_OPERATION.test(f.code) || f.httpStatus === 501],
  // An endpoint without this operation answers with a page of HTML, which the SDK cannot parse.
  ["cloud_unsupported", (f) => f.code === "SyntaxError" && (f.httpStatus ?? 0) >= 500],
  ["cloud_denied", (f) => f.httpStatus === 403],
  ["not_found", (f) => NOT_FOUND.test(f.code) || f.httpStatus === 404],
  ["cloud_unavailable", (f) => (f.httpStatus ?? 0) >= 500],
];

type Words = readonly [code: ErrorCode, message: string, hint: string];

/** Our words for each kind; AWS's own go into the details only. */
const WORDS: Readonly<Record<Exclude<Kind, "not_recognised">, Words>> = {
  cancelled: ["cancelled", "The read was cancelled.", "Ask again to start over."],
  credentials_missing: [
    "credentials_missing",
    "No AWS credentials were found.",
    "Sign in (aws sso login), set AWS_PROFILE or the AWS_* variables, or give the machine a role.",
  ],
  credentials_refused: [
    "credentials_missing",
    "AWS does not accept the configured credentials.",
    "Check the access key and its secret, and that the key was not deleted or deactivated.",
  ],
  credentials_expired: [
    "credentials_expired",
    "The AWS credentials have expired.",
    "Sign in again (aws sso login) or renew the temporary credentials, then repeat the question.",
  ],
  cloud_denied: [
    "cloud_denied",
    "AWS denied a read.",
    "Grant the read permission named in the details, or leave this account or Region out.",
  ],
  cloud_throttled: [
    "cloud_throttled",
    "AWS kept throttling a read.",
    "Wait and ask again, or narrow the scope; other tools may be using the same quota.",
  ],
  cloud_timeout: [
    "cloud_timeout",
    "AWS did not answer in time.",
    "Ask again, or raise the call timeout if the network is slow.",
  ],
  cloud_unavailable: [
    "cloud_unavailable",
    "AWS could not be reached or failed on its side.",
    "Check the network and the AWS Health Dashboard, then ask again.",
  ],
  cloud_unsupported: [
    "cloud_unsupported",
    "This AWS endpoint does not offer the operation.",
    "Use the AWS endpoints themselves, or leave this part out.",
  ],
  page_token_expired: [
    "cloud_page_expired",
    "A listing took longer than its page token lives.",
    "Narrow the scope so that one listing is shorter.",
  ],
  not_found: ["not_found", "AWS does not know what was asked for.", "Check the id and the Region."],
  internal: [
    "internal",
    "AWS refused a request as invalid.",
    "This is a defect of this program: report it with the details.",
  ],
};

/**
 * The one translation of AWS failures. `identityWorks` says whether these credentials are known to be
 * good elsewhere: a Region that was never enabled answers exactly as it would to bad credentials.
 */
export function toAppError(
  error: unknown,
  site: CallSite,
  context: { readonly identityWorks: boolean },
): AppError {
  if (error instanceof AppError) return error;
  const failure = readFailure(error);
  const kind = kindOf(failure);
  const details = {
    ...site,
    upstreamCode: failure.code,
    ...(failure.systemCode === "" ? {} : { systemCode: failure.systemCode }),
    ...(failure.httpStatus === undefined ? {} : { httpStatus: failure.httpStatus }),
    ...(failure.requestId === undefined ? {} : { requestId: failure.requestId }),
    ...(kind === "cloud_denied" ? { deniedBy: deniedBy(failure.text) } : {}),
  };
  const [code, message, hint] =
    (context.identityWorks ? regionWords(kind, failure) : undefined) ??
    WORDS[kind === "not_recognised" ? "credentials_refused" : kind];
  const retryAfterMs = code === "cloud_throttled" ? (failure.retryAfterMs ?? 5000) : undefined;
  return new AppError(code, message, {
    hint,
    details,
    cause: error,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** What a failure says of its Region when the same credentials are good elsewhere. */
function regionWords(kind: Kind, failure: Failure): Words | undefined {
  if (kind === "not_recognised")
    return [
      "cloud_region_disabled",
      "The account has not enabled this Region.",
      "Enable the Region in the account settings, or leave it out of the scope.",
    ];
  if (!isUnknownHost(failure)) return undefined;
  return [
    "cloud_unsupported",
    "AWS does not offer this service in this Region.",
    "Leave the type or the Region out; if the service is there, check the DNS of private endpoints.",
  ];
}

/**
 * Could this failure mean the Region: not enabled, or without the service, whose host name then does not
 * exist? Then it counts whether these credentials work elsewhere.
 */
export function mayBeTheRegion(error: unknown): boolean {
  const failure = readFailure(error);
  return kindOf(failure) === "not_recognised" || isUnknownHost(failure);
}

function isUnknownHost({ systemCode }: Failure): boolean {
  return systemCode === "ENOTFOUND";
}

/** A listing was cut because its token outlived its 15 minutes (RGTA) or 24 hours (Resource Explorer). */
export function isPageTokenExpired(error: unknown): boolean {
  return error instanceof AppError && error.code === "cloud_page_expired";
}

function kindOf(failure: Failure): Kind {
  return RULES.find(([, matches]) => matches(failure))?.[0] ?? "internal";
}

/** Who denied, from the sentence AWS appends (IAM User Guide, "Troubleshoot access denied errors"). */
function deniedBy(text: string): string {
  if (/service control policy/i.test(text)) return "service_control_policy";
  if (/resource control policy/i.test(text)) return "resource_control_policy";
  if (/permissions boundary/i.test(text)) return "permissions_boundary";
  if (/session policy/i.test(text)) return "session_policy";
  return "identity_policy";
}

function readFailure(error: unknown): Failure {
  const top = record(error);
  const metadata = record(top["$metadata"]);
  const response = record(top["$response"]);
  const retryAfter = Number(record(response["headers"])["retry-after"]);
  return {
    code:
      asText(top["name"]) === "Error"
        ? asText(top["Code"]) || asText(top["code"])
        : asText(top["name"]),
    systemCode: asText(top["code"]),
    text: asText(top["message"]),
    httpStatus: asNumber(metadata["httpStatusCode"]) ?? asNumber(response["statusCode"]),
    requestId: asText(metadata["requestId"]) || undefined,
    retryAfterMs: Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter * 1000 : undefined,
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function asNumber(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** Concerns more than the one question that met it. */
export function isFatal({ code }: AppError): boolean {
  return code === "cancelled" || code === "credentials_missing" || code === "credentials_expired";
}
