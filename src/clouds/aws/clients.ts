import type { AwsSettings } from "./options.ts";
import type { ConnectOptions, Credentials } from "./sdk/connect.ts";
import type { Ec2Api } from "./sdk/ec2.ts";
import type { ExplorerApi } from "./sdk/explorer.ts";
import type { OrganizationsApi } from "./sdk/organizations.ts";
import type { S3Api } from "./sdk/s3.ts";
import type { StsApi } from "./sdk/sts.ts";
import type { TaggingApi } from "./sdk/tagging.ts";

/** Every SDK module is loaded when first used: starting the program must not wait for any. */
const LOADERS: { readonly [S in Service]: () => Promise<ApiModule<S>> } = {
  ec2: () => import("./sdk/ec2.ts"),
  explorer: () => import("./sdk/explorer.ts"),
  organizations: () => import("./sdk/organizations.ts"),
  s3: () => import("./sdk/s3.ts"),
  sts: () => import("./sdk/sts.ts"),
  tagging: () => import("./sdk/tagging.ts"),
};

export interface Apis {
  readonly ec2: Ec2Api;
  readonly explorer: ExplorerApi;
  readonly organizations: OrganizationsApi;
  readonly s3: S3Api;
  readonly sts: StsApi;
  readonly tagging: TaggingApi;
}
export type Service = keyof Apis;

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

export function createClients(
  settings: AwsSettings,
  credentials: (account: string) => Promise<Credentials>,
): Clients {
  const made: { readonly [S in Service]: Map<string, Promise<Apis[S]>> } = {
    ec2: new Map(),
    explorer: new Map(),
    organizations: new Map(),
    s3: new Map(),
    sts: new Map(),
    tagging: new Map(),
  };
  let sent = 0;
  let handler: Promise<ConnectOptions["requestHandler"]> | undefined;

  const handlerOnce = (): Promise<ConnectOptions["requestHandler"]> => {
    handler ??= import("./sdk/http-handler.ts").then(({ createHttpHandler }) =>
      createHttpHandler({
        maxSockets: settings.maxInFlight,
        callTimeoutMs: settings.callTimeoutMs,
        onRequest: () => {
          sent += 1;
        },
      }),
    );
    return handler;
  };

  const connect = async <S extends Service>(target: Target<S>): Promise<Apis[S]> => {
    const [module, requestHandler] = await Promise.all([LOADERS[target.service](), handlerOnce()]);
    return module.connect({
      region: target.region,
      credentials: () => credentials(target.account),
      requestHandler,
    });
  };

  return {
    of: (target) => {
      const ofService = made[target.service];
      const key = keyOf(target);
      const known = ofService.get(key) ?? connect(target);
      ofService.set(key, known);
      return known;
    },
    forget: (account) => {
      for (const ofService of Object.values(made))
        for (const key of ofService.keys())
          if (key.startsWith(`${account}|`)) ofService.delete(key);
    },
    sent: () => sent,
    close: async () => {
      (await handler)?.destroy();
    },
  };
}

/** Identity of a quota and of a client. */
export function keyOf({ account, region, service }: Target<Service>): string {
  return `${account}|${region}|${service}`;
}
