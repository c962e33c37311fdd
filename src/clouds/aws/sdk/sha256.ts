import { createHash, createHmac, createSecretKey, type Hash, type Hmac } from "node:crypto";

type SourceData = string | ArrayBuffer | ArrayBufferView;

/**
 * SHA-256, or with a secret its HMAC (RFC 2104), by Node, for the SDK's signer. As the SDK's own, but for
 * one thing: it gives Node the secret as a key. Bytes are looked at as every other kind of key first, which
 * takes longer than the rest of a signature; a scan of an organization signs tens of thousands of requests,
 * each for another account, Region and service, and so each with five of them.
 */
export class Sha256 {
  readonly digestLength = 32;
  readonly #start: () => Hash | Hmac;
  #hash: Hash | Hmac;

  constructor(secret?: SourceData) {
    const key = secret === undefined ? undefined : createSecretKey(bytesOf(secret));
    this.#start = () => (key === undefined ? createHash("sha256") : createHmac("sha256", key));
    this.#hash = this.#start();
  }

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk);
  }

  async digest(): Promise<Uint8Array> {
    const { buffer, byteOffset, byteLength } = this.#hash.digest();
    return new Uint8Array(buffer, byteOffset, byteLength);
  }

  reset(): void {
    this.#hash = this.#start();
  }
}

function bytesOf(data: SourceData): Buffer {
  if (typeof data === "string") return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data);
}
