import type { z } from "zod";
import { AppError } from "../domain/errors.ts";

/** @throws {AppError} `invalid_input` with every wrong option at once. */
export function parseOptions<Schema extends z.ZodType>(
  schema: Schema,
  options: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new AppError("invalid_input", "The command line has wrong values.", {
    hint: "Run the command with --help for what each option takes.",
    issues: parsed.error.issues.map((issue) => ({
      path: `--${issue.path
        .map(String)
        .join(".")
        .replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`,
      message: issue.message,
    })),
  });
}
