import { readFile, stat } from "node:fs/promises";
import { AppError } from "../../domain/errors.ts";
import type { PolicyFile } from "../../ports/policy-file.ts";
import { watchFile } from "./watch-file.ts";

/** Far above any policy (1 MiB of text at most): a device or a log is never read into memory. */
const MAX_BYTES = 4 * 1_048_576;

/** A policy file on this machine's disk. */
export function diskPolicyFile(path: string): PolicyFile {
  return {
    path,
    async stamp() {
      const found = await stat(path, { bigint: true }).catch((error: unknown) => {
        if (isAbsence(error)) return null;
        throw unreadable(path, error);
      });
      return found === null ? null : `${found.mtimeNs}:${found.size}:${found.ino}`;
    },
    async read() {
      const { size } = await stat(path).catch((error: unknown) => {
        throw unreadable(path, error);
      });
      if (size > MAX_BYTES) {
        throw new AppError("policy_invalid", "The policy file is larger than 1 MiB.", {
          hint: "Check that the configured path is a tagging policy.",
          details: { path },
        });
      }
      return readFile(path, "utf8").catch((error: unknown) => {
        throw unreadable(path, error);
      });
    },
    watch: (touched, signal) => watchFile(path, touched, signal),
  };
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function unreadable(path: string, cause: unknown): AppError {
  return new AppError("config_invalid", "The policy file cannot be read.", {
    hint: "Check that the configured path is a file and that this process may read it.",
    details: { path },
    cause,
  });
}
