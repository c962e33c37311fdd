import { readFileSync } from "node:fs";
import { z } from "zod";
import { AppError } from "../domain/errors.ts";
import type { Environment } from "./environment.ts";

const VARIABLE = /^env:\/\/([A-Za-z_]\w*)$/;
const FILE = /^file:\/\/(\/.+)$/;

/** Where a secret is, never the secret itself. */
export const SecretReference = z
  .string()
  .refine(
    (text) => VARIABLE.test(text) || FILE.test(text),
    "Give env://NAME or file:///path: a secret itself does not belong into the configuration.",
  );

/**
 * The secret that a reference stands for, as it is now. A line break at its end, which editors and
 * `echo` leave, is not part of it.
 * @throws {AppError} `config_invalid` when there is none; the secret is in no message.
 */
export function readSecret(reference: string, environment: Environment): string {
  const name = VARIABLE.exec(reference)?.[1];
  const secret = name === undefined ? readFile(reference) : environment[name];
  const trimmed = (secret ?? "").replace(/\r?\n$/, "");
  if (trimmed === "") throw unreadable(reference);
  return trimmed;
}

function readFile(reference: string): string {
  try {
    return readFileSync(FILE.exec(reference)?.[1] ?? "", "utf8");
  } catch (cause) {
    throw unreadable(reference, cause);
  }
}

function unreadable(reference: string, cause?: unknown): AppError {
  return new AppError("config_invalid", "A secret that the configuration refers to is not there.", {
    hint: "Set the environment variable, or check the path of the file and who may read it.",
    details: { reference },
    ...(cause === undefined ? {} : { cause }),
  });
}
