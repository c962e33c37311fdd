import type { z } from "zod";
import type { LoopbackRequest } from "../loopback.ts";
import type { Caller } from "./credentials.ts";
import { failure, type Protocol, type WireError, type WireResult } from "./protocol.ts";
import type { World } from "./world.ts";

/** What a request asks for, before anything is known of who asks. */
export interface Intent {
  readonly operation: string;
  /** Body or parameters, not yet validated. */
  readonly input: unknown;
  /** The request continues a list: it carries a page token. */
  readonly laterPage: boolean;
}

/** An authenticated request for an operation. */
export interface AwsCall extends Intent {
  readonly world: World;
  readonly account: string;
  readonly region: string;
  readonly caller: Caller;
  /** A list must end its page after one item: the fault plan breaks the next page. */
  readonly cutShort: boolean;
}

export type Operation = (call: AwsCall) => WireResult;

/** The errors that any request to a service can meet, spelled as that service does. */
export interface ServiceErrors {
  readonly throttle: WireError;
  readonly deny: WireError;
  /** The credentials expired. */
  readonly expire: WireError;
  /** The page token expired. */
  readonly expirePage: WireError;
  /** The service failed. */
  readonly broken: WireError;
  /** Unknown credentials, and what a Region answers that the account has not enabled. */
  readonly unknownCredentials: WireError;
}

export interface AwsService {
  readonly protocol: Protocol;
  readonly errors: ServiceErrors;
  /** Served in every Region whether or not the account enabled it. */
  readonly global: boolean;
  read(request: LoopbackRequest): Intent | undefined;
  readonly operations: Readonly<Record<string, Operation>>;
  /** Operations that list: the fault kind `partial` lets their first page through. */
  readonly lists: ReadonlySet<string>;
}

/** An operation over validated input; what does not fit is answered with the service's own error. */
export function operation<S extends z.ZodType>(
  schema: S,
  invalidCode: string,
  run: (input: z.output<S>, call: AwsCall) => WireResult,
): Operation {
  return (call) => {
    const parsed = schema.safeParse(call.input);
    if (parsed.success) return run(parsed.data, call);
    const [issue] = parsed.error.issues;
    const at = issue?.path.join(".") ?? "";
    return failure(invalidCode, `Value at '${at}' failed to satisfy constraint: ${issue?.message}`);
  };
}

/** The JSON body of a request, `{}` when it is empty; what is no JSON fails the operation's validation. */
export function jsonBody({ body }: LoopbackRequest): unknown {
  if (body === "") return {};
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** The page token of an input; empty when there is none. */
export function tokenIn(input: unknown, name: string): string {
  const token = isRecord(input) ? input[name] : undefined;
  return typeof token === "string" ? token : "";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The intent of a JSON 1.1 request, whose operation is in a header. */
export function readTarget(
  request: LoopbackRequest,
  prefix: string,
  tokenName: string,
): Intent | undefined {
  const target = request.headers["x-amz-target"];
  if (typeof target !== "string" || !target.startsWith(`${prefix}.`)) return undefined;
  const input = jsonBody(request);
  return {
    operation: target.slice(prefix.length + 1),
    input,
    laterPage: tokenIn(input, tokenName) !== "",
  };
}

/** The intent of a query request, whose operation and parameters are a form. */
export function readForm(request: LoopbackRequest): Intent | undefined {
  const form = new URLSearchParams(request.body === "" ? request.url.search : request.body);
  const action = form.get("Action");
  if (action === null) return undefined;
  return {
    operation: action,
    input: Object.fromEntries(form),
    laterPage: (form.get("NextToken") ?? "") !== "",
  };
}
