import type { CallToolResult } from "@modelcontextprotocol/server";
import { AppError, type ErrorCode, type Issue } from "../domain/errors.ts";
import { cleanText } from "./untrusted-text.ts";

/** Can the same call succeed later with nothing changed but time? */
const RETRYABLE = {
  invalid_input: false,
  config_invalid: false,
  policy_invalid: false,
  cursor_invalid: false,
  not_found: false,
  credentials_missing: false,
  credentials_expired: false,
  cloud_denied: false,
  cloud_region_disabled: false,
  cloud_throttled: true,
  cloud_timeout: true,
  cloud_truncated: false,
  cloud_page_expired: true,
  cloud_unavailable: true,
  cloud_unsupported: false,
  cancelled: false,
  deadline_exceeded: true,
  storage_unavailable: true,
  forbidden: false,
  budget_exhausted: true,
  loop_detected: false,
  confirmation_invalid: false,
  internal: false,
} as const satisfies Record<ErrorCode, boolean>;

export function isRetryable(code: ErrorCode): boolean {
  return RETRYABLE[code];
}

/** Issues listed in one error answer; the rest are counted. */
const MAX_ISSUES = 20;

/** What a caller is told of a failure. Never a stack, a file path or a cloud's own words. */
export interface ToolErrorBody {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly retryable: boolean;
  /** Milliseconds to wait before a retry can succeed; absent when waiting is not known to help. */
  readonly retry_after_ms?: number;
  readonly issues?: readonly { readonly path: string; readonly message: string }[];
  /** Issues beyond those listed. */
  readonly more_issues?: number;
  /** What the same call answered before; only of `loop_detected`. Made from our own summaries. */
  readonly previous_answer?: unknown;
  /** Finds the full detail in the server's log. */
  readonly correlation_id: string;
}

/** Anything thrown, as the `AppError` its reader may see; what was not ours becomes `internal`. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError("internal", "The server failed to answer this call.", {
    hint: "Report the correlation id to the operator: the cause is in the server's log.",
    cause: error,
  });
}

/**
 * A failed call as MCP wants it: a result that the model can read, not a protocol error. The body is
 * JSON in the text block and not `structuredContent`, because clients hold that against the tool's
 * output schema even when the call failed (the official inspector does), and then lose the error.
 */
export function toToolError(error: AppError, correlationId: string): CallToolResult {
  const text = JSON.stringify(toBody(error, correlationId));
  return { isError: true, content: [{ type: "text", text }] };
}

function toBody(error: AppError, correlationId: string): ToolErrorBody {
  const issues = error.issues.slice(0, MAX_ISSUES).map(cleanIssue);
  const unlisted = error.issues.length - issues.length;
  return {
    code: error.code,
    message: cleanText(error.message).text,
    ...(error.hint === undefined ? {} : { hint: cleanText(error.hint).text }),
    retryable: RETRYABLE[error.code],
    ...(error.retryAfterMs === undefined
      ? {}
      : { retry_after_ms: Math.max(0, Math.ceil(error.retryAfterMs)) }),
    ...(issues.length === 0 ? {} : { issues }),
    ...(unlisted === 0 ? {} : { more_issues: unlisted }),
    ...(error.code === "loop_detected" && "previous_answer" in error.details
      ? { previous_answer: error.details["previous_answer"] }
      : {}),
    correlation_id: correlationId,
  };
}

function cleanIssue(issue: Issue): { readonly path: string; readonly message: string } {
  return { path: cleanText(issue.path, 128).text, message: cleanText(issue.message).text };
}
