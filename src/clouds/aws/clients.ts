import { keepRecent } from "./keep-recent.ts";
import type { AwsSettings } from "./options.ts";
import type { ConnectOptions, Credentials, Signer } from "./sdk/connect.ts";
import { type Apis, SERVICES, type Service } from "./sdk/services.ts";

export type { Apis, Service } from "./sdk/services.ts";

const LOADERS: { readonly [S in Service]: () => Promise<ApiModule<S>> } = SERVICES;

interface ApiModule<S extends Service> {
  readonly connect: (options: ConnectOptions) => Apis[S];
}

export interface Target<S extends Service> {
  readonly service: S;
  readonly account: string;
  readonly region: string;
}

/** One SDK client per account, Region and service, all over one pool of sockets. */
export interface Clients {
  of<S extends Service>(target: Target<S>): Promise<Apis[S]>;
  /** The account's clients remember its credentials; the next ones will ask anew. */
  forget(account: string): void;
  /** Requests put on the wire so far. */
  sent(): number;
  close(): Promise<void>;
}

/** Clients of each service by `keyOf`. */
interface Made {
  get<S extends Service>(service: S): Map<string, Promise<Apis[S]>> | undefined;
  set<S extends Service>(service: S, clients: Map<string, Promise<Apis[S]>>): unknown;
  values(): Iterable<Map<string, unknown>>;
}

export function createClients(
  settings: AwsSettings,
  credentials: (account: string) => Promise<Credentials>,
): Clients {
  const made: Made = new Map();
  // A client weighs some 100 kB and is made in a fifth of a millisecond: those in use are enough.
  const keptPerService = settings.maxInFlight * 2;
  // By session: an account whose session expired gets another one.
  const signers = new WeakMap<Credentials, Signer>();
  let sent = 0;
  let shared: Promise<Shared> | undefined;
  const sharedOnce = (): Promise<Shared> => {
    shared ??= loadShared(settings, () => {
      sent += 1;
    });
    return shared;
  };

  const connect = async <S extends Service>({ service, account, region }: Target<S>) => {
    const [module, { createSigner, ...parts }] = await Promise.all([
      LOADERS[service](),
      sharedOnce(),
    ]);
    return module.connect({
      ...parts,
      region,
      credentials: () => credentials(account),
      signer: async () => {
        const session = await credentials(account);
        const signer = signers.get(session) ?? createSigner(session);
        signers.set(session, signer);
        return signer;
      },
    });
  };

  return {
    of: (target) => {
      const ofService = made.get(target.service) ?? new Map();
      made.set(target.service, ofService);
      const key = keyOf(target);
      const known = ofService.get(key) ?? connect(target);
      keepRecent(ofService, { key, value: known, most: keptPerService });
      return known;
    },
    forget: (account) => {
      for (const ofService of made.values())
        for (const key of ofService.keys())
          if (key.startsWith(`${account}|`)) ofService.delete(key);
    },
    sent: () => sent,
    close: async () => {
      (await shared)?.requestHandler.destroy();
    },
  };
}

/** What all clients have in common. */
interface Shared extends Pick<ConnectOptions, "requestHandler" | "environment"> {
  readonly createSigner: (session: Credentials) => Signer;
}

async function loadShared(settings: AwsSettings, onRequest: () => void): Promise<Shared> {
  const [{ createHttpHandler }, { readEnvironment }, { createRequestSigner }] = await Promise.all([
    import("./sdk/http-handler.ts"),
    import("./sdk/environment.ts"),
    import("./sdk/request-signer.ts"),
  ]);
  const { maxInFlight, callTimeoutMs, homeRegion } = settings;
  return {
    requestHandler: createHttpHandler({ maxSockets: maxInFlight, callTimeoutMs, onRequest }),
    environment: readEnvironment(homeRegion),
    createSigner: createRequestSigner,
  };
}

/** Identity of a quota and of a client. */
export function keyOf({ account, region, service }: Target<Service>): string {
  return `${account}|${region}|${service}`;
}
