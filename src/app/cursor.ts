import { createHmac, createSecretKey, hash, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { AppError } from "../domain/errors.ts";
import { oncePer } from "../domain/once-per.ts";
import type { ViolationPosition } from "../ports/inventory.ts";

/** What a page belongs to: the scan it was read from and the filter it was read through. */
export interface CursorBinding {
  readonly scanId: string;
  /** Canonical text of everything that selects rows; equal questions have equal text. */
  readonly filter: string;
}

export interface OpenedCursor {
  readonly scanId: string;
  readonly position: ViolationPosition;
}

const SIGNATURE_BYTES = 16;
/** Scan id, digest of the filter, row. */
const CursorBody = z.tuple([z.string(), z.string(), z.number()]);

/**
 * An opaque, signed position. Signed so that a caller cannot mint one for rows it did not ask for;
 * bound to scan and filter so that it cannot be replayed against another question.
 */
export function sealCursor(
  key: Uint8Array,
  binding: CursorBinding,
  position: ViolationPosition,
): string {
  const body = Buffer.from(
    JSON.stringify([binding.scanId, digest(binding.filter), position.afterRow]),
  );
  return Buffer.concat([sign(key, body), body]).toString("base64url");
}

/**
 * @throws {AppError} `cursor_invalid` when the text is not a cursor of ours or belongs to another
 * question.
 */
export function openCursor(key: Uint8Array, text: string, filter: string): OpenedCursor {
  const bytes = Buffer.from(text, "base64url");
  const body = bytes.subarray(SIGNATURE_BYTES);
  const signature = bytes.subarray(0, SIGNATURE_BYTES);
  if (signature.length !== SIGNATURE_BYTES || !timingSafeEqual(signature, sign(key, body)))
    throw invalidCursor("The cursor is not one that this server gave out.");
  const [scanId, filterDigest, afterRow] = CursorBody.parse(JSON.parse(body.toString()));
  if (filterDigest !== digest(filter))
    throw invalidCursor("The cursor belongs to a question with other filters.");
  return { scanId, position: { afterRow } };
}

/**
 * The position to go on from; null is the beginning.
 * @throws {AppError} `cursor_invalid`, also when the scope was scanned again meanwhile.
 */
export function openBound(
  key: Uint8Array,
  cursor: string | undefined,
  binding: CursorBinding,
): ViolationPosition | null {
  if (cursor === undefined) return null;
  const { scanId, position } = openCursor(key, cursor, binding.filter);
  if (scanId !== binding.scanId)
    throw invalidCursor("The scope was scanned again since the cursor was given out.");
  return position;
}

export function invalidCursor(message: string): AppError {
  return new AppError("cursor_invalid", message, {
    hint: "Call again without `cursor` to start at the first page, then pass `next_cursor` unchanged with the same filters.",
  });
}

/** Made ready once: that takes longer than to sign with it. */
const signerOf = oncePer((key: Uint8Array) => createSecretKey(key));

function sign(key: Uint8Array, body: Uint8Array): Buffer {
  return createHmac("sha256", signerOf(key)).update(body).digest().subarray(0, SIGNATURE_BYTES);
}

function digest(text: string): string {
  return hash("sha256", text, "base64url").slice(0, 16);
}
