import { AppError, type ErrorCode } from "../domain/errors.ts";
import { SECRET_REFERENCE_FORMS, type SecretLocation } from "../domain/secret-reference.ts";

type Store = SecretLocation["store"];

/** What lets a reader read, by store. */
const HINTS = {
  env: "Set the environment variable that the reference names.",
  file: "Check the path of the file and who may read it.",
  "aws-sm":
    "Check name, Region and field; the credentials need secretsmanager:GetSecretValue on the secret, and kms:Decrypt on its key.",
  "azure-kv":
    "Check vault and name; the credential needs the role Key Vault Secrets User on the vault.",
  "gcp-sm":
    "Check project and name; the credential needs roles/secretmanager.secretAccessor on the secret.",
} as const satisfies Record<Store, string>;

export function notASecret(): AppError {
  return new AppError("config_invalid", "A reference to a secret is not well formed.", {
    hint: `Give ${SECRET_REFERENCE_FORMS}.`,
  });
}

/** A store answered with something else than the secret. */
export class SecretStoreError extends Error {
  override readonly name = "SecretStoreError";
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;

  constructor(status: number, options?: ErrorOptions) {
    super("The store of a secret did not give it.", options);
    this.status = status;
  }
}

/** The secret did not come: not there, not allowed, or the store could not be asked. */
export function unreadable(reference: string, store: Store, cause?: unknown): AppError {
  if (cause instanceof AppError) return cause;
  return new AppError(codeOf(cause), "A secret that the configuration refers to was not read.", {
    hint: HINTS[store],
    details: { reference },
    ...(cause === undefined ? {} : { cause }),
  });
}

const CODES: Readonly<Record<number, ErrorCode>> = {
  0: "cloud_unavailable",
  401: "credentials_missing",
  403: "cloud_denied",
  429: "cloud_throttled",
};

function codeOf(cause: unknown): ErrorCode {
  if (!(cause instanceof SecretStoreError)) return "config_invalid";
  return CODES[cause.status] ?? (cause.status >= 500 ? "cloud_unavailable" : "config_invalid");
}
