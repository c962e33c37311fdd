import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { AppError } from "../domain/errors.ts";

/**
 * A file named on the command line; `-` is standard input.
 * @throws {AppError} `invalid_input` when it cannot be read.
 */
export async function readText(file: string): Promise<string> {
  if (file === "-") return text(process.stdin);
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new AppError("invalid_input", "The file cannot be read.", {
      hint: "Check the path and its permissions; - reads standard input.",
      details: { path: file },
      cause,
    });
  }
}
