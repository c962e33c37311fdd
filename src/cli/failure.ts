import { AppError, type ErrorCode } from "../domain/errors.ts";

/** Exit codes, for scripts: the same in every command. */
export const EXIT = { ok: 0, violations: 1, usage: 2, incomplete: 3, failure: 4 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The one place that says what they mean; `--help` and the documentation repeat it. */
export const EXIT_MEANINGS: Readonly<Record<ExitCode, string>> = {
  [EXIT.ok]: "fine",
  [EXIT.violations]: "what was asked for is not so: violations beyond --fail-on, a broken log",
  [EXIT.usage]: "the command line, the configuration or the policy is wrong",
  [EXIT.incomplete]: "something could not be read or measured; the answer says what",
  [EXIT.failure]: "anything else: cancelled, the database cannot be used, a bug",
};

const EXIT_BY_CODE = {
  invalid_input: EXIT.usage,
  config_invalid: EXIT.usage,
  policy_invalid: EXIT.usage,
  cursor_invalid: EXIT.usage,
  not_found: EXIT.usage,
  credentials_missing: EXIT.incomplete,
  credentials_expired: EXIT.incomplete,
  cloud_denied: EXIT.incomplete,
  cloud_region_disabled: EXIT.incomplete,
  cloud_throttled: EXIT.incomplete,
  cloud_timeout: EXIT.incomplete,
  cloud_truncated: EXIT.incomplete,
  cloud_page_expired: EXIT.incomplete,
  cloud_unavailable: EXIT.incomplete,
  cloud_unsupported: EXIT.incomplete,
  cancelled: EXIT.failure,
  deadline_exceeded: EXIT.failure,
  storage_unavailable: EXIT.failure,
  forbidden: EXIT.failure,
  budget_exhausted: EXIT.failure,
  loop_detected: EXIT.failure,
  confirmation_invalid: EXIT.usage,
  internal: EXIT.failure,
} as const satisfies Record<ErrorCode, ExitCode>;

/** The exit code of a command that fails so. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  return EXIT_BY_CODE[code];
}

/** What a person reads when a command fails, and the code it exits with. */
export function describeFailure(error: unknown): {
  readonly text: string;
  readonly exit: ExitCode;
} {
  if (!(error instanceof AppError)) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      text: `error: an unexpected failure (this is a bug; please report it)\n${detail}\n`,
      exit: EXIT.failure,
    };
  }
  const path =
    typeof error.details["path"] === "string" ? [`  file: ${error.details["path"]}`] : [];
  const lines = [
    `error: ${error.message}`,
    ...path,
    ...error.issues.map(
      ({ path: at, message, line }) =>
        `  ${[line === undefined || line === 0 ? "" : `line ${line}`, at].filter((part) => part !== "").join(" ")}: ${message}`,
    ),
    ...(error.hint === undefined ? [] : [`hint: ${error.hint}`]),
  ];
  return { text: `${lines.join("\n")}\n`, exit: exitCodeOf(error.code) };
}

/** Runs a program to its end; a failure is told on stderr and becomes the exit code. */
export async function reportFailure(program: () => Promise<void>): Promise<void> {
  try {
    await program();
  } catch (error) {
    const { text, exit } = describeFailure(error);
    process.stderr.write(text);
    process.exitCode = exit;
  }
}
