import { randomUUID } from "node:crypto";
import type { ConnectOptions } from "./connect.ts";
import {
  isRequest,
  nextToWire,
  type Request,
  type Sender,
  signAs,
  signatureOf,
} from "./regional-client.ts";

type HttpRequest = Parameters<ConnectOptions["requestHandler"]["handle"]>[0];

/** `systemClockOffset`: milliseconds that AWS is ahead of this machine, as its answers told the SDK. */
interface SdkConfig {
  readonly systemClockOffset: number;
}

/** Sends a command of a client that signs nothing, after `prepare` has had it. */
type SendBySdk<Input> = (input: Input, prepare: Prepare) => Promise<unknown>;
type Prepare = ReturnType<typeof nextToWire>;

/** An operation of a Region for any account. Answers are as `JSON.parse` gives them, and to be checked. */
export type DirectOperation<Input> = (
  input: Input,
  sender: Sender & Pick<ConnectOptions, "requestHandler">,
  signal: AbortSignal,
) => Promise<unknown>;

/**
 * An operation without the SDK's way through a stack of middleware, which takes several times as long as
 * sending the request: for what a scan of an organization asks by the ten thousand. The SDK still says
 * what a request to this Region looks like (made once), and reads every answer that is a failure.
 *
 * For protocols whose members have on the wire the names that the SDK gives them: a JSON body, or for GET
 * a query.
 */
export function directOperation<Input extends object>(
  config: SdkConfig,
  bySdk: SendBySdk<Input>,
): DirectOperation<Input> {
  let model: Promise<Request> | undefined;
  return async (input, sender, signal) => {
    model ??= modelOf(bySdk, input).catch((error: unknown) => {
      // What kept the SDK from making it, such as a file it could not read, may pass.
      model = undefined;
      throw error;
    });
    const made = await model;
    const request = await signAs(sender, fill(made, input), {
      ...signatureOf(made),
      signingDate: new Date(Date.now() + config.systemClockOffset),
    });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the signer returns what the SDK's clients send
    const sent = sender.requestHandler.handle(request as HttpRequest, { abortSignal: signal });
    const { response } = await sent;
    if (response.statusCode === 200) return JSON.parse(await response.body.text());
    return bySdk(input, answeredBy(response));
  };
}

/** The request that the SDK makes, as far as the wire. */
async function modelOf<Input>(bySdk: SendBySdk<Input>, input: Input): Promise<Request> {
  const nothing = { statusCode: 200, headers: {}, body: new TextEncoder().encode("{}") };
  const { promise, resolve } = Promise.withResolvers<Request>();
  await bySdk(input, answeredBy(nothing, resolve));
  return promise;
}

function fill(model: Request, input: object): Request {
  const headers = { ...model.headers, "amz-sdk-invocation-id": randomUUID() };
  if (model.method === "GET") return { ...model, headers, query: queryOf(input) };
  const body = JSON.stringify(input);
  return {
    ...model,
    headers: { ...headers, "content-length": String(Buffer.byteLength(body)) },
    body,
  };
}

function queryOf(input: object): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [name, value] of Object.entries(input))
    if (value !== undefined) query[name] = String(value);
  return query;
}

/** Gives a command this answer in place of what would come from the wire. */
function answeredBy(response: unknown, onRequest?: (request: Request) => void): Prepare {
  return nextToWire(answering(response, onRequest));
}

function answering(response: unknown, onRequest?: (request: Request) => void) {
  return <Args extends { readonly request: unknown }, Result>(
    _next: (args: Args) => Promise<Result>,
  ) =>
    (args: Args): Promise<Result> => {
      if (isRequest(args.request)) onRequest?.(args.request);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the wire gives, before it is read
      return Promise.resolve({ response } as Result);
    };
}
