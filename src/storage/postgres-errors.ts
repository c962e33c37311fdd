import { AppError } from "../domain/errors.ts";

interface Explanation {
  readonly message: string;
  readonly hint: string;
  readonly retryAfterMs?: number;
}

const UNREACHABLE: Explanation = {
  message: "The inventory database cannot be reached.",
  hint: "Check that PostgreSQL runs, and the host and port in storage.url.",
  retryAfterMs: 1_000,
};
const LOGIN: Explanation = {
  message: "The inventory database refused the login.",
  hint: "Check user and password in storage.url, and that pg_hba.conf lets this host in.",
};
const STOPPING: Explanation = {
  message: "The inventory database is starting or shutting down.",
  hint: "Try again when PostgreSQL is up.",
  retryAfterMs: 1_000,
};
const BUSY: Explanation = {
  message: "The inventory database was kept busy by others for too long.",
  hint: "Try again; if it lasts, look for a long transaction in pg_stat_activity.",
  retryAfterMs: 1_000,
};
const TLS: Explanation = {
  message: "No trusted TLS connection to the inventory database could be made.",
  hint: "Give sslmode and sslrootcert in storage.url as your PostgreSQL needs them.",
};
const FULL: Explanation = {
  message: "The inventory database has no room or no connections left.",
  hint: "Free disk space, or raise max_connections; what was stored before is kept.",
};

/** SQLSTATE codes (postgresql.org/docs/current/errcodes-appendix.html) and Node's own error codes. */
const BY_CODE: Readonly<Record<string, Explanation>> = {
  "28000": LOGIN,
  "28P01": LOGIN,
  "3D000": {
    message: "The inventory database does not exist.",
    hint: "Create it (createdb NAME), or correct the name in storage.url.",
  },
  "42501": {
    message: "The inventory database does not let this user do that.",
    hint: "Grant the user CREATE on the database, or let its owner run `tag-compliance db migrate`.",
  },
  "25006": {
    message: "The inventory database is read-only.",
    hint: "Point storage.url at the primary, not at a replica.",
  },
  "53100": FULL,
  "53300": FULL,
  "40001": BUSY, // serialization_failure
  "40P01": BUSY, // deadlock_detected
  "55P03": BUSY, // lock_not_available
  "57014": BUSY, // query_canceled, by statement_timeout
  "25P03": BUSY, // idle_in_transaction_session_timeout
  "57P01": STOPPING,
  "57P02": STOPPING,
  "57P03": STOPPING,
  "08001": UNREACHABLE,
  "08003": UNREACHABLE,
  "08006": UNREACHABLE,
  ECONNREFUSED: UNREACHABLE,
  ECONNRESET: UNREACHABLE,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  ENOTFOUND: UNREACHABLE,
  EAI_AGAIN: UNREACHABLE,
  EPIPE: UNREACHABLE,
  ETIMEDOUT: UNREACHABLE,
  ENOENT: UNREACHABLE, // The folder of a Unix socket.
  DEPTH_ZERO_SELF_SIGNED_CERT: TLS,
  SELF_SIGNED_CERT_IN_CHAIN: TLS,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: TLS,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: TLS,
  ERR_TLS_CERT_ALTNAME_INVALID: TLS,
  CERT_HAS_EXPIRED: TLS,
};

/** What the driver says without a code. */
const BY_MESSAGE: readonly (readonly [RegExp, Explanation])[] = [
  [/connection terminated|timeout exceeded when trying to connect|not queryable/i, UNREACHABLE],
  [/does not support SSL/i, TLS],
  [/password must be a string/i, LOGIN],
];

/**
 * What a failed call to PostgreSQL means to the reader. Trouble outside this program becomes
 * `storage_unavailable`; anything else (a constraint, a wrong statement) is our own mistake, `internal`.
 * No message, hint or detail holds the URL, the user or the password.
 */
export function explainPostgresError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : null;
  const text = error instanceof Error ? error.message : "";
  const explanation =
    BY_CODE[code ?? ""] ?? BY_MESSAGE.find(([pattern]) => pattern.test(text))?.[1];
  const details = { postgresCode: code };
  if (explanation === undefined)
    return new AppError("internal", "The inventory database refused a statement.", {
      cause: error,
      details,
    });
  const { message, hint, retryAfterMs } = explanation;
  return new AppError("storage_unavailable", message, {
    hint,
    cause: error,
    details,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
