import { createHmac, randomBytes } from "node:crypto";
import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequest,
  inputRequired,
  type InputRequiredResult,
  inputResponse,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { McpServerFactory } from "../../src/mcp/server.ts";
import { PNG, WAV } from "./media.ts";

/** One round of a request, and what the rounds before it brought. */
interface Round {
  readonly given: Readonly<Record<string, unknown>>;
  /** The text or content of the client's answer; undefined while there is none. */
  answer(key: string): unknown;
  readonly state: string | undefined;
  readonly capabilities: Readonly<Record<string, unknown>>;
}
type Fixture = (round: Round) => CallToolResult | InputRequiredResult;

const say = (text: string): CallToolResult => ({ content: [{ type: "text", text }] });
const form = (message: string, properties: object, required: readonly string[]): InputRequest =>
  inputRequired.elicit({
    message,
    requestedSchema: { type: "object", properties, required: [...required] } as never,
  });
const askName = (message: string): InputRequest =>
  form(message, { name: { type: "string" } }, ["name"]);
const askModel = (text: string, maxTokens = 100): InputRequest =>
  inputRequired.createMessage({
    messages: [{ role: "user", content: { type: "text", text } }],
    maxTokens,
  });

/** Asks until every key is answered. */
function asking(
  requests: (round: Round) => Record<string, InputRequest>,
  done: (round: Round) => string,
): Fixture {
  return (round) => {
    const wanted = requests(round);
    const open = Object.keys(wanted).filter((key) => round.answer(key) === undefined);
    return open.length === 0 ? say(done(round)) : inputRequired({ inputRequests: wanted });
  };
}

const KEY = randomBytes(32);
const sealed = (text: string): string =>
  `${text}.${createHmac("sha256", KEY).update(text).digest("base64url")}`;

/** As `asking`, with a state that must come back as it was. */
function askingWithState(
  requests: Record<string, InputRequest>,
  done: (round: Round) => string,
): Fixture {
  return (round) => {
    if (round.state === undefined)
      return inputRequired({ inputRequests: requests, requestState: sealed("asked") });
    requireState(round, "asked");
    return say(done(round));
  };
}

function requireState({ state }: Round, expected: string): void {
  if (state !== sealed(expected))
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, "The request state was altered.");
}

const multiRound: Fixture = (round) => {
  if (round.state === undefined)
    return inputRequired({
      inputRequests: { step1: askName("Step 1: What is your name?") },
      requestState: sealed("1"),
    });
  if (round.answer("step2") !== undefined) {
    requireState(round, "2");
    return say("Both steps are done.");
  }
  requireState(round, "1");
  const color = form("Step 2: What is your favorite color?", { color: { type: "string" } }, [
    "color",
  ]);
  return inputRequired({ inputRequests: { step2: color }, requestState: sealed("2") });
};

const embedded = {
  type: "resource",
  resource: {
    uri: "test://embedded-resource",
    mimeType: "text/plain",
    text: "This is an embedded resource content.",
  },
} as const;
const image = { type: "image", data: PNG, mimeType: "image/png" } as const;

const titled = (...values: readonly string[]) =>
  values.map((value) => ({ const: value, title: value.toUpperCase() }));
const values = ["option1", "option2", "option3"];

/** Tools by the names the official suite calls, which speak of what our tools never say: other content, questions. */
const FIXTURES: Readonly<Record<string, Fixture>> = {
  test_image_content: () => ({ content: [image] }),
  test_audio_content: () => ({
    content: [{ type: "audio", data: WAV, mimeType: "audio/wav" }],
  }),
  test_embedded_resource: () => ({ content: [embedded] }),
  test_multiple_content_types: () => ({
    content: [{ type: "text", text: "Multiple content types test:" }, image, embedded],
  }),
  test_sampling: asking(
    ({ given }) => ({ reply: askModel(String(given["prompt"])) }),
    (round) => `LLM response: ${JSON.stringify(round.answer("reply"))}`,
  ),
  test_elicitation: asking(
    ({ given }) => ({
      user: form(
        String(given["message"]),
        { username: { type: "string" }, email: { type: "string" } },
        ["username", "email"],
      ),
    }),
    (round) => `User response: ${JSON.stringify(round.answer("user"))}`,
  ),
  test_elicitation_sep1034_defaults: asking(
    () => ({
      user: form(
        "Defaults",
        {
          name: { type: "string", default: "John Doe" },
          age: { type: "integer", default: 30 },
          score: { type: "number", default: 95.5 },
          status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
          verified: { type: "boolean", default: true },
        },
        [],
      ),
    }),
    (round) => `Elicitation completed: ${JSON.stringify(round.answer("user"))}`,
  ),
  test_elicitation_sep1330_enums: asking(
    () => ({
      user: form(
        "Choices",
        {
          untitledSingle: { type: "string", enum: values },
          titledSingle: { type: "string", oneOf: titled("value1", "value2", "value3") },
          legacyEnum: {
            type: "string",
            enum: ["opt1", "opt2", "opt3"],
            enumNames: ["Option One", "Option Two", "Option Three"],
          },
          untitledMulti: { type: "array", items: { type: "string", enum: values } },
          titledMulti: { type: "array", items: { anyOf: titled("value1", "value2", "value3") } },
        },
        [],
      ),
    }),
    (round) => `Elicitation completed: ${JSON.stringify(round.answer("user"))}`,
  ),
  test_input_required_result_elicitation: asking(
    () => ({ user_name: askName("What is your name?") }),
    (round) => `Hello, ${JSON.stringify(round.answer("user_name"))}!`,
  ),
  test_input_required_result_sampling: asking(
    () => ({ capital_question: askModel("What is the capital of France?") }),
    (round) => JSON.stringify(round.answer("capital_question")),
  ),
  test_input_required_result_list_roots: asking(
    () => ({ client_roots: inputRequired.listRoots() }),
    (round) => JSON.stringify(round.answer("client_roots")),
  ),
  test_input_required_result_request_state: askingWithState(
    { confirm: form("Please confirm", { ok: { type: "boolean" } }, ["ok"]) },
    () => "state-ok",
  ),
  test_input_required_result_tampered_state: askingWithState(
    { confirm: form("Please confirm", { ok: { type: "boolean" } }, ["ok"]) },
    () => "state-ok",
  ),
  test_input_required_result_multiple_inputs: askingWithState(
    {
      user_name: askName("What is your name?"),
      greeting: askModel("Generate a greeting", 50),
      client_roots: inputRequired.listRoots(),
    },
    () => "All three came.",
  ),
  test_input_required_result_multi_round: multiRound,
  test_input_required_result_capabilities: asking(
    ({ capabilities }) => ({
      ...("sampling" in capabilities ? { model: askModel("Who are you?") } : {}),
      ...("elicitation" in capabilities ? { user: askName("Who are you?") } : {}),
    }),
    () => "Asked what could be asked.",
  ),
  test_missing_capability: ({ capabilities }) => {
    if ("sampling" in capabilities) return say("Sampling is declared.");
    throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { sampling: {} } });
  },
  test_streaming_elicitation: asking(
    () => ({ user: askName("Who are you?") }),
    () => "Asked within the answer.",
  ),
};

const PROMPTS: Readonly<Record<string, Fixture>> = {
  test_input_required_result_prompt: asking(
    () => ({
      user_context: form("What context should the prompt use?", { context: { type: "string" } }, [
        "context",
      ]),
    }),
    (round) => JSON.stringify(round.answer("user_context")),
  ),
};

type Handler = (request: never, context: ServerContext) => unknown;
/** Methods of an extension come with their schemas before the handler. */
type SetHandler = (this: Server, method: string, ...rest: [...unknown[], Handler]) => void;

/**
 * The product's server with the fixtures before its own handlers. They take the product's transports,
 * sessions and encoding, but not its stages: no tool of ours answers like that.
 */
export function withDirectFixtures(create: McpServerFactory): McpServerFactory {
  const createWithFixtures: McpServerFactory = (askedBy) => {
    const prototype = Server.prototype as unknown as { setRequestHandler: SetHandler };
    const own = prototype.setRequestHandler;
    prototype.setRequestHandler = function set(method, ...rest) {
      const schemas = rest.slice(0, -1);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the last argument is the handler
      own.call(this, method, ...schemas, fixturesFirst(method, rest.at(-1) as Handler));
    };
    try {
      return create(askedBy);
    } finally {
      prototype.setRequestHandler = own;
    }
  };
  return Object.assign(createWithFixtures, create);
}

function fixturesFirst(method: string, next: Handler): Handler {
  if (method === "tools/list")
    return async (request, context) => {
      const { tools } = (await next(request, context)) as { tools: readonly object[] };
      const names = Object.keys(FIXTURES);
      return {
        tools: [...tools, ...names.map(listed)],
      };
    };
  const fixtures = { "tools/call": FIXTURES, "prompts/get": PROMPTS }[method] ?? {};
  return (request, context) => {
    const { name, arguments: given } =
      (request as { params?: { name?: string; arguments?: Record<string, unknown> } }).params ?? {};
    const fixture = fixtures[name ?? ""];
    if (fixture === undefined) return next(request, context);
    const result = fixture(roundOf(given ?? {}, context));
    if (method === "tools/call" || "resultType" in result) return result;
    return { messages: [{ role: "user", content: result.content[0] }] };
  };
}

function listed(name: string): object {
  return { name, description: "Conformance fixture", inputSchema: { type: "object" } };
}

function roundOf(given: Record<string, unknown>, { mcpReq }: ServerContext): Round {
  const envelope = (mcpReq.envelope ?? {}) as Record<string, unknown>;
  const state = mcpReq.requestState();
  return {
    given,
    state: typeof state === "string" ? state : undefined,
    capabilities: (envelope[CLIENT_CAPABILITIES_META_KEY] ?? {}) as Record<string, unknown>,
    answer(key) {
      const answer = inputResponse(mcpReq.inputResponses, key);
      return answer.kind === "missing" ? undefined : answer;
    },
  };
}
