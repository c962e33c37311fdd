import {
  type CallToolResult,
  type InputRequiredResult,
  isInputRequiredResult,
  ProtocolError,
  ProtocolErrorCode,
} from "@modelcontextprotocol/server";
import * as z from "zod";
import { ERROR_CODES, type ErrorCode } from "../domain/errors.ts";

const Body = z.looseObject({
  code: z.enum(ERROR_CODES),
  message: z.string(),
  hint: z.string().optional(),
});

/** What the caller did wrong; everything else is the server's or a cloud's. */
const BY_CALLER: ReadonlySet<ErrorCode> = new Set([
  "invalid_input",
  "cursor_invalid",
  "not_found",
  "forbidden",
]);

/**
 * The structured answer of a call that is neither a tool's nor may fail like one: resources and prompts
 * know protocol errors alone. The body that a tool would have answered with is the error's `data`.
 * @throws {ProtocolError} or what `notFound` makes
 */
export function requireAnswer(
  result: CallToolResult | InputRequiredResult,
  notFound?: (message: string) => ProtocolError,
): unknown {
  if (isInputRequiredResult(result))
    throw new ProtocolError(ProtocolErrorCode.InternalError, "Only tools ask.");
  if (result.isError !== true) return result.structuredContent;
  const [block] = result.content;
  const body = Body.parse(JSON.parse(block?.type === "text" ? block.text : ""));
  const message = [body.message, ...(body.hint === undefined ? [] : [body.hint])].join(" ");
  if (body.code === "not_found" && notFound !== undefined) throw notFound(message);
  const code = BY_CALLER.has(body.code)
    ? ProtocolErrorCode.InvalidParams
    : ProtocolErrorCode.InternalError;
  throw new ProtocolError(code, message, body);
}
