import { createHmac, createSecretKey, hash, type KeyObject } from "node:crypto";
import { keepRecent } from "../keep-recent.ts";
import type { Credentials, Signer } from "./connect.ts";

type Request = Parameters<Signer["sign"]>[0];

/** Kinds of requests of which the signed headers are kept. */
const MOST_KINDS = 512;
/** A session's keys that are kept: those in use, of as many Regions as are read at the same time. */
const MOST_KEYS = 24;

/**
 * Signature Version 4 (AWS Identity and Access Management User Guide, "Create a signed AWS API request"),
 * as the SDK's own signer makes it, in a fifth of the time: that one derives most keys anew, and hashes in
 * small promises. A scan of an organization signs tens of thousands of requests.
 *
 * For requests with a body of text or bytes, or none, and no name twice in the query, and for a Region and
 * service that the caller names; not for S3, where paths are written otherwise.
 */
export function createRequestSigner({
  accessKeyId,
  secretAccessKey,
  sessionToken,
}: Credentials): Signer {
  const keyOf = createKeys(secretAccessKey);
  return {
    sign: (request, { signingDate, signingRegion, signingService } = {}) => {
      if (signingRegion === undefined || signingService === undefined)
        throw new TypeError("A request is signed for a Region and a service.");
      const time = basicTime(new Date(signingDate ?? Date.now()));
      const bodyHash = hash("sha256", contentOf(request.body));
      const headers = {
        ...request.headers,
        "x-amz-date": time,
        ...(sessionToken === undefined ? {} : { "x-amz-security-token": sessionToken }),
        "x-amz-content-sha256": request.headers["x-amz-content-sha256"] ?? bodyHash,
      };
      const { names, text } = canonical(request, headers, bodyHash);
      const day = time.slice(0, 8);
      const scope = `${day}/${signingRegion}/${signingService}/aws4_request`;
      const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash("sha256", text)}`;
      const key = keyOf(day, signingRegion, signingService);
      const signature = createHmac("sha256", key).update(toSign).digest("hex");
      const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
      return Promise.resolve({ ...request, headers: { ...headers, authorization } });
    },
  };
}

/** `20150830T123600Z`. */
function basicTime(date: Date): string {
  return `${date.toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}

function contentOf(body: unknown): string | Uint8Array {
  if (body === undefined || body === null) return "";
  if (typeof body === "string" || body instanceof Uint8Array) return body;
  throw new TypeError(`A body is signed as text or bytes: this is ${typeof body}.`);
}

const UNSIGNED =
  /^(?:authorization|cache-control|connection|expect|from|keep-alive|max-forwards|pragma|referer|te|trailer|transfer-encoding|upgrade|user-agent|x-amzn-trace-id|proxy-.*|sec-.*)$/;

/** The request as AWS writes it to check a signature, and which headers that covers. */
function canonical(
  { method, path, query }: Request,
  headers: Readonly<Record<string, string>>,
  bodyHash: string,
): { readonly names: string; readonly text: string } {
  const { names, given } = signedHeaders(Object.keys(headers));
  let lines = "";
  for (const [name, lower] of given)
    lines += `${lower}:${(headers[name] ?? "").replaceAll(/\s+/g, " ").trim()}\n`;
  const asked = `${method}\n${canonicalPath(path)}\n${canonicalQuery(query)}`;
  return { names, text: `${asked}\n${lines}\n${names}\n${bodyHash}` };
}

/** Headers that a signature covers, in its order. */
interface SignedHeaders {
  readonly names: string;
  /** Each as it was given and in lower case. */
  readonly given: readonly (readonly [name: string, lower: string])[];
}

/** Of requests of every kind that is sent, by the names of their headers: there are a few dozen. */
const known = new Map<string, SignedHeaders>();

function signedHeaders(all: readonly string[]): SignedHeaders {
  const key = all.join("\n");
  let signed = known.get(key);
  if (signed === undefined) {
    const given = all
      .map((name) => [name, name.toLowerCase()] as const)
      .filter(([, lower]) => !UNSIGNED.test(lower))
      .toSorted(([, a], [, b]) => (a < b ? -1 : 1));
    signed = { names: given.map(([, lower]) => lower).join(";"), given };
    keepRecent(known, { key, value: signed, most: MOST_KINDS });
  }
  return signed;
}

/** A path is escaped once more than on the wire, for every service but S3. */
function canonicalPath(path: string): string {
  return path.split("/").map(escaped).join("/");
}

function canonicalQuery(query: Request["query"] = {}): string {
  return Object.entries(query)
    .map(([name, value]) => [escaped(name), escaped(String(value))] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map((pair) => pair.join("="))
    .join("&");
}

/** Everything but the unreserved characters of RFC 3986. */
function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * Keys are derived step by step. A scan reads hundreds of accounts, each in every Region by several services,
 * and asks most of those once, while a key that is kept weighs more than a kilobyte.
 */
function createKeys(secretAccessKey: string): (...scope: readonly string[]) => KeyObject {
  const secret = createSecretKey(Buffer.from(`AWS4${secretAccessKey}`));
  const kept = new Map<string, KeyObject>();
  return (...scope) => {
    const name = scope.join("/");
    const key = kept.get(name) ?? [...scope, "aws4_request"].reduce(nextKey, secret);
    keepRecent(kept, { key: name, value: key, most: MOST_KEYS });
    return key;
  };
}

function nextKey(key: KeyObject, part: string): KeyObject {
  return createSecretKey(createHmac("sha256", key).update(part).digest());
}
