import { isJsonContentType, readRequestBody } from "@modelcontextprotocol/server";
import { MAX_BODY_BYTES } from "./limits.ts";
import { rpcErrorResponse } from "./rpc-error.ts";

/** A posted message, or the refusal of what is none. */
export type ReadBody =
  | { readonly message: unknown; readonly refusal?: never }
  | { readonly message?: never; readonly refusal: Response };

/**
 * Reads and parses a POST once, for whichever protocol era it turns out to be. Refused: another media type
 * (415), more than `MAX_BODY_BYTES` (413), no JSON (400).
 */
export async function readBody(request: Request): Promise<ReadBody> {
  if (!isJsonContentType(request.headers.get("content-type")))
    return refuse(415, -32000, "Unsupported Media Type: Content-Type must be application/json");
  try {
    const text = await boundedText(request);
    if (text === undefined)
      return refuse(413, -32000, `The body exceeds the limit of ${MAX_BODY_BYTES} bytes.`);
    return { message: JSON.parse(text) };
  } catch {
    return refuse(400, -32700, "Parse error: the body is not JSON.");
  }
}

/** @returns undefined where it is longer than allowed */
async function boundedText(request: Request): Promise<string | undefined> {
  const length = request.headers.get("content-length");
  // The HTTP parser lets no more bytes through than were announced, and `text` reads them without a stream.
  if (length !== null && !request.headers.has("transfer-encoding"))
    return Number(length) > MAX_BODY_BYTES ? undefined : request.text();
  const read = await readRequestBody(request, MAX_BODY_BYTES);
  return read.tooLarge ? undefined : read.text;
}

function refuse(status: number, code: number, message: string): ReadBody {
  return { refusal: rpcErrorResponse(status, code, message) };
}
