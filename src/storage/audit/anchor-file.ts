import { appendFile, readFile } from "node:fs/promises";
import { z } from "zod";
import { AppError } from "../../domain/errors.ts";
import type { AuditAnchor } from "../../ports/audit.ts";

const Line = z.object({ at: z.iso.datetime(), seq: z.int().min(1), hash: z.string() });

/** Adds a line. The file is worth what its distance from the database is worth: copy it elsewhere. */
export async function writeAnchor(path: string, { atMs, seq, hash }: AuditAnchor): Promise<void> {
  const line = JSON.stringify({ at: new Date(atMs).toISOString(), seq, hash });
  await appendFile(path, `${line}\n`, { mode: 0o600 });
}

/**
 * Anchors from a file of such lines; none when there is no file.
 * @throws {AppError} `invalid_input` when a line is not an anchor
 */
export async function readAnchors(path: string): Promise<readonly AuditAnchor[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    return [];
  }
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line, index) => parseLine(line, index + 1));
}

function parseLine(line: string, number: number): AuditAnchor {
  try {
    const { at, seq, hash } = Line.parse(JSON.parse(line));
    return { atMs: Date.parse(at), seq, hash };
  } catch (cause) {
    throw new AppError("invalid_input", `Line ${number} of the anchor file is not an anchor.`, {
      hint: 'A line is {"at": …, "seq": …, "hash": …}, as the server writes it.',
      cause,
    });
  }
}
