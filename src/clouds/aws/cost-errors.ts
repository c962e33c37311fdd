import { AppError, type ErrorCode } from "../../domain/errors.ts";

/**
 * Errors of Cost Explorer that mean something else than the same names do elsewhere (AWS Cost Management
 * API Reference, GetCostAndUsage, "Errors").
 */
const MEANINGS: Readonly<Record<string, readonly [ErrorCode, message: string, hint: string]>> = {
  LimitExceededException: [
    "cloud_throttled",
    "Cost Explorer kept refusing for its rate of requests.",
    "Wait a minute and ask again; other tools of this account use the same limit.",
  ],
  DataUnavailableException: [
    "not_found",
    "Cost Explorer has no data for this question.",
    "Enable Cost Explorer in the payer account; its data appears within 24 hours. Ask for a period within the last 13 months.",
  ],
  BillExpirationException: [
    "not_found",
    "Cost Explorer no longer has the data of this period.",
    "Ask for a period within the last 13 months, or import the Cost and Usage Report of older ones.",
  ],
  ValidationException: [
    "invalid_input",
    "Cost Explorer refused the question.",
    "Ask for a period within the last 13 months that does not begin in the future.",
  ],
  InvalidNextTokenException: [
    "cloud_page_expired",
    "Cost Explorer no longer accepted the position in its answer.",
    "Ask again.",
  ],
  RequestChangedException: [
    "cloud_page_expired",
    "Cost Explorer no longer accepted the position in its answer.",
    "Ask again.",
  ],
  AccessDeniedException: [
    "cloud_denied",
    "AWS denied these credentials its cost data.",
    "Grant ce:GetCostAndUsage and ce:ListCostAllocationTags; in a member account, the payer must also allow members to see costs.",
  ],
};

/** The error as an `AppError` where Cost Explorer has its own meaning for it; else unchanged. */
export function ofCostExplorer(error: unknown, operation: string): unknown {
  if (!(error instanceof Error)) return error;
  const meaning = MEANINGS[error.name];
  if (meaning === undefined) return error;
  const [code, message, hint] = meaning;
  return new AppError(code, message, {
    hint,
    details: { service: "costExplorer", operation, upstreamCode: error.name },
    cause: error,
  });
}
