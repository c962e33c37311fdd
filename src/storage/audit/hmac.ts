import { hash } from "node:crypto";

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
/** A UTF-16 code unit takes at most three bytes of UTF-8. */
const MAX_BYTES_PER_UNIT = 3;

interface Pads {
  /** The inner pad, with room for a message behind it. */
  inner: Buffer;
  /** The outer pad, with room for the inner digest behind it. */
  readonly outer: Buffer;
}

const padsOfKeys = new WeakMap<Uint8Array, Pads>();

/**
 * HMAC-SHA256 of a text, base64url. Node's own makes an object for each message, which is most of the
 * time that verifying a long chain takes; this reuses two buffers for each key.
 * @param key at most 64 bytes
 * @see RFC 2104
 */
export function hmacSha256(key: Uint8Array, message: string): string {
  const pads = padsOf(key);
  const needed = BLOCK_BYTES + message.length * MAX_BYTES_PER_UNIT;
  if (pads.inner.length < needed)
    pads.inner = Buffer.concat([pads.inner.subarray(0, BLOCK_BYTES), Buffer.alloc(needed)]);
  const end = BLOCK_BYTES + pads.inner.write(message, BLOCK_BYTES);
  // As text of bytes: Node makes a buffer more slowly than it writes such a text into one.
  pads.outer.write(hash("sha256", pads.inner.subarray(0, end), "binary"), BLOCK_BYTES, "latin1");
  return hash("sha256", pads.outer, "base64url");
}

function padsOf(key: Uint8Array): Pads {
  const known = padsOfKeys.get(key);
  if (known !== undefined) return known;
  const pad = (byte: number, room: number): Buffer => {
    const buffer = Buffer.alloc(BLOCK_BYTES + room);
    for (let at = 0; at < BLOCK_BYTES; at += 1) buffer[at] = (key[at] ?? 0) ^ byte;
    return buffer;
  };
  const pads: Pads = { inner: pad(0x36, 0), outer: pad(0x5c, DIGEST_BYTES) };
  padsOfKeys.set(key, pads);
  return pads;
}
