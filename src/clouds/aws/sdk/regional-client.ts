import { type ConnectOptions, clientSettings, type Signer } from "./connect.ts";

export type Request = Parameters<Signer["sign"]>[0];
type Arguments = Parameters<Signer["sign"]>[1];

/** Never used: such a client does not sign. */
const NOBODY = { accessKeyId: "none", secretAccessKey: "none" };

/** What a client would have signed with, by the request that it left unsigned. */
const unsigned = new WeakMap<object, Arguments>();

/** What the client that made a request would have signed it with. */
export function signatureOf(request: object): Arguments {
  return unsigned.get(request);
}

const LEAVE_UNSIGNED: Signer = {
  sign: (request, wanted) => {
    unsigned.set(request, wanted);
    return Promise.resolve(request);
  },
};

type Settings = ReturnType<typeof clientSettings>;
type UnsignedSettings = Omit<Settings, "credentials"> & {
  readonly credentials: typeof NOBODY;
  readonly signer: Signer;
};

/**
 * One SDK client a Region for every account, where a scan of an organization would else make one for each
 * of thousands of places. It signs nothing: each command is given its signature by `signing`, so that no request can be
 * sent in the name of an account it was not made for.
 */
export function perRegion<C>(
  make: (settings: UnsignedSettings) => C,
): (options: ConnectOptions) => C {
  const clients = new WeakMap<object, Map<string, C>>();
  return (options) => {
    const own = clients.get(options.requestHandler) ?? new Map<string, C>();
    clients.set(options.requestHandler, own);
    const known = own.get(options.region);
    if (known !== undefined) return known;
    const settings = { ...clientSettings(options), credentials: NOBODY, signer: LEAVE_UNSIGNED };
    const client = make(settings);
    own.set(options.region, client);
    return client;
  };
}

/** In whose name a request is sent; `service` is as requests to it are signed. */
export interface Sender extends Pick<ConnectOptions, "signer" | "region"> {
  readonly service: string;
}

/** Signs a request as the account, for the Region and the service unless the endpoint asks for others. */
export async function signAs(
  { signer, region, service }: Sender,
  request: Request,
  wanted: Arguments = signatureOf(request),
): Promise<Request> {
  const { signingDate, signingRegion = region, signingService = service } = wanted ?? {};
  const own = { signingRegion, signingService, ...(signingDate && { signingDate }) };
  return (await signer()).sign(request, own);
}

/** A command's middleware that signs its request. */
function signedBy(sender: Sender) {
  return <Args extends { readonly request: unknown }, Result>(
    next: (args: Args) => Promise<Result>,
  ) =>
    async (args: Args): Promise<Result> => {
      const { request } = args;
      return next(isRequest(request) ? { ...args, request: await signAs(sender, request) } : args);
    };
}

export function isRequest(request: unknown): request is Request {
  return typeof request === "object" && request !== null && "headers" in request;
}

/** A middleware of the SDK that stands where requests leave and answers come in. */
type WireMiddleware = <Args extends { readonly request: unknown }, Result>(
  next: (args: Args) => Promise<Result>,
) => (args: Args) => Promise<Result>;

interface Stackable {
  readonly middlewareStack: {
    add(
      middleware: WireMiddleware,
      where: { readonly step: "deserialize"; readonly priority: "low" },
    ): void;
  };
}

/** Gives commands a middleware that is closer to the wire than those before it. */
export function nextToWire(
  middleware: WireMiddleware,
): <Command extends Stackable>(command: Command) => Command {
  return (command) => {
    command.middlewareStack.add(middleware, { step: "deserialize", priority: "low" });
    return command;
  };
}

/** Gives commands of clients that sign nothing the signature of the account. */
export function signing(sender: Sender): ReturnType<typeof nextToWire> {
  return nextToWire(signedBy(sender));
}
