import { open, rename, rm } from "node:fs/promises";
import { once } from "node:events";
import { AppError } from "../domain/errors.ts";
import { endingOf, ENDING_OF } from "../domain/report/media-types.ts";

/**
 * The format of an output file: as named, else by the file's ending, else `fallback`.
 * @throws {AppError} `invalid_input` when a workbook would go to standard output.
 */
export function formatOf<Format extends keyof typeof ENDING_OF>(
  formats: readonly Format[],
  asked: { readonly format?: Format | undefined; readonly out?: string | undefined },
  fallback: Format,
): Format {
  const ending = asked.out === undefined ? undefined : endingOf(asked.out);
  const byName = formats.find((format) => ENDING_OF[format] === ending);
  const format = asked.format ?? byName ?? fallback;
  if (format === "xlsx" && asked.out === undefined)
    throw new AppError("invalid_input", "A workbook is not written to standard output.", {
      hint: "Name a file with --out.",
    });
  return format;
}

/**
 * Writes to a file that appears once it is whole, or to standard output.
 * @throws {AppError} `invalid_input` when the file cannot be written; and whatever the chunks throw.
 */
export async function writeOut(
  out: string | undefined,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  if (out === undefined) {
    for await (const chunk of chunks)
      if (!process.stdout.write(chunk)) await once(process.stdout, "drain");
    return;
  }
  const unfinished = `${out}.part`;
  try {
    const file = await writable(open(unfinished, "w", 0o600));
    try {
      for await (const chunk of chunks) await writable(file.writeFile(chunk));
    } finally {
      await file.close();
    }
    await writable(rename(unfinished, out));
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

async function writable<T>(doing: Promise<T>): Promise<T> {
  try {
    return await doing;
  } catch (error) {
    throw new AppError("invalid_input", "The output file cannot be written.", {
      hint: "Name a file with --out in a folder that exists and may be written.",
      cause: error,
    });
  }
}
