import type { LoopbackAnswer } from "../loopback.ts";

/** The wire protocols of the simulated services, as the AWS service models name them. */
export type Protocol = "json" | "json-1.0" | "rest-json" | "query" | "ec2" | "rest-xml";

export interface WireError {
  readonly outcome: "error";
  /** As the service spells it: `ThrottledException`, `UnauthorizedOperation`. */
  readonly code: string;
  readonly message: string;
  readonly status: number;
  /** Further members of the error's body. */
  readonly members?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface WireSuccess {
  readonly outcome: "success";
  /** Text that is ready to be sent. */
  readonly body: string;
}

export type WireResult = WireError | WireSuccess;

export function failure(code: string, message: string, status = 400): WireError {
  return { outcome: "error", code, message, status };
}

export function json(value: unknown): WireSuccess {
  return { outcome: "success", body: JSON.stringify(value) };
}

export function xml(body: string): WireSuccess {
  return { outcome: "success", body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}` };
}

/** Text as XML content. */
function escapeXml(text: string): string {
  return text.replaceAll(/[<>&"']/g, (found) => `&#${found.codePointAt(0) ?? 0};`);
}

/** `<name>text</name>` */
export function element(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}

const CONTENT_TYPE: Readonly<Record<Protocol, string>> = {
  json: "application/x-amz-json-1.1",
  "json-1.0": "application/x-amz-json-1.0",
  "rest-json": "application/json",
  query: "text/xml",
  ec2: "text/xml;charset=UTF-8",
  "rest-xml": "application/xml",
};

/** Errors of the front end, which every service shares, spell their text `message`; modelled ones `Message`. */
const FRONT_END_CODES: ReadonlySet<string> = new Set([
  "AccessDeniedException",
  "ExpiredTokenException",
  "MissingAuthenticationTokenException",
  "UnknownOperationException",
  "UnrecognizedClientException",
  "ValidationException",
]);

/** A result in the protocol's own clothes. */
export function toAnswer(
  protocol: Protocol,
  result: WireResult,
  requestId: string,
): LoopbackAnswer {
  const headers = {
    "content-type": CONTENT_TYPE[protocol],
    [protocol === "rest-xml" ? "x-amz-request-id" : "x-amzn-requestid"]: requestId,
  };
  if (result.outcome === "success") return { status: 200, headers, body: result.body };
  return {
    status: result.status,
    headers: {
      ...headers,
      ...(protocol === "rest-json" ? { "x-amzn-errortype": result.code } : {}),
      ...result.headers,
    },
    body: errorBody(protocol, result, requestId),
  };
}

function errorBody(protocol: Protocol, error: WireError, requestId: string): string {
  if (protocol === "json" || protocol === "json-1.0" || protocol === "rest-json")
    return jsonError(protocol, error);
  const { code, message, members = {} } = error;
  const inner = Object.entries({ Code: code, Message: message, ...members })
    .map(([name, text]) => element(name, text))
    .join("");
  if (protocol === "rest-xml")
    return xml(`<Error>${inner}${element("RequestId", requestId)}</Error>`).body;
  if (protocol === "ec2")
    return xml(
      `<Response><Errors><Error>${inner}</Error></Errors>${element("RequestID", requestId)}</Response>`,
    ).body;
  const type = error.status < 500 ? "Sender" : "Receiver";
  return `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error>${element("Type", type)}${inner}</Error>${element("RequestId", requestId)}</ErrorResponse>`;
}

/** JSON 1.0 and 1.1 name the error in the body, REST-JSON in a header. */
function jsonError(
  protocol: "json" | "json-1.0" | "rest-json",
  { code, message, members }: WireError,
): string {
  const text = FRONT_END_CODES.has(code) ? { message } : { Message: message };
  return JSON.stringify({
    ...(protocol === "rest-json" ? {} : { __type: code }),
    ...text,
    ...members,
  });
}
