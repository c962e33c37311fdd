import { writeFileSync } from "node:fs";
import { AppError } from "../domain/errors.ts";
import type { LossyNote } from "../domain/policy/lossy.ts";

/** To a file that does not exist yet, or to stdout. */
export function emitPolicy(text: string, out: string | undefined): void {
  if (out === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(out, text, { flag: "wx" });
  } catch (cause) {
    throw new AppError("invalid_input", "The output file exists or cannot be written.", {
      hint: "Choose another name for --out, or remove the file first.",
      details: { path: out },
      cause,
    });
  }
  process.stderr.write(`Written to ${out}.\n`);
}

/** What a conversion could not carry over, on stderr: the result itself may be piped on. */
export function tellLosses(lossy: readonly LossyNote[]): void {
  if (lossy.length === 0) return;
  const lines = lossy.map(({ path, what, why }) => `  ${path}: ${what} ${why}`);
  process.stderr.write(`Not carried over exactly (${lossy.length}):\n${lines.join("\n")}\n`);
}
