import { AppError } from "../../domain/errors.ts";
import { type AwsCalls, CALLER, createCalls, type CredentialSource } from "./calls.ts";
import { untilStopped } from "./deadline.ts";
import type { AwsSettings } from "./options.ts";
import type { Credentials } from "./sdk/connect.ts";

/** Who the configured credentials are. */
export interface Caller {
  readonly account: string;
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
}

export interface Sessions {
  readonly calls: AwsCalls;
  /**
   * Identity of the configured credentials; asked once, and again after a failure.
   * @throws {AppError} `credentials_missing`, `credentials_expired`, `cloud_denied`,
   * `cloud_unavailable`, `cloud_timeout`, `cancelled`
   */
  caller(signal: AbortSignal): Promise<Caller>;
  /**
   * Makes sure that an account can be read, assuming its role if it is not the caller's own.
   * @throws {AppError} as `caller`; `credentials_missing` for another account without a role to assume.
   */
  open(account: string, signal: AbortSignal): Promise<void>;
}

/** Sessions are renewed this long before they end, so that none ends within a request. */
const RENEW_BEFORE_MS = 5 * 60_000;

export function createSessions(settings: AwsSettings): Sessions {
  const assumed = new Map<string, Credentials>();
  /** Accounts whose session AWS calls expired. Requests about to be signed with it still find it. */
  const expired = new Set<string>();
  const pending = new Map<string, Promise<Credentials>>();
  let chain: Promise<() => Promise<Credentials>> | undefined;
  let known: Caller | undefined;

  const isOwn = (account: string): boolean => account === CALLER || account === known?.account;

  const isFresh = ({ expiration }: Credentials): boolean =>
    expiration === undefined || expiration.getTime() - settings.clock.now() > RENEW_BEFORE_MS;

  /** Not tied to one reader's signal: several readers wait for the same session. */
  const assume = async (account: string): Promise<Credentials> => {
    if (settings.roleName === undefined) throw noRole(account);
    const roleArn = `arn:${known?.partition ?? "aws"}:iam::${account}:role/${settings.roleName}`;
    const target = { service: "sts", account: CALLER, region: settings.homeRegion } as const;
    return calls.call(target, new AbortController().signal, (api, own) =>
      api.assumeRole(roleArn, settings.externalId, own),
    );
  };

  const prepare: CredentialSource["prepare"] = async (account, signal) => {
    if (isOwn(account)) return;
    const current = assumed.get(account);
    if (current !== undefined && isFresh(current) && !expired.has(account)) return;
    const running = pending.get(account) ?? assume(account).finally(() => pending.delete(account));
    pending.set(account, running);
    assumed.set(account, await untilStopped({ signal }, () => running));
    expired.delete(account);
  };

  const credentials: CredentialSource["credentials"] = async (account) => {
    if (!isOwn(account)) {
      const current = assumed.get(account);
      if (current === undefined) throw noRole(account);
      return current;
    }
    chain ??= import("./sdk/credentials.ts").then((m) => m.defaultChain(settings.homeRegion));
    return (await chain)();
  };

  const calls = createCalls(settings, {
    prepare,
    credentials,
    forget: (account) => {
      if (isOwn(account)) chain = undefined;
      else expired.add(account);
    },
  });

  return {
    calls,
    caller: async (signal) => {
      if (known !== undefined) return known;
      const target = { service: "sts", account: CALLER, region: settings.homeRegion } as const;
      const { account, arn } = await calls.call(target, signal, (api, own) =>
        api.getCallerIdentity(own),
      );
      known = { account, partition: arn.split(":")[1] || "aws" };
      return known;
    },
    open: prepare,
  };
}

function noRole(account: string): AppError {
  return new AppError("credentials_missing", "No role is configured for another AWS account.", {
    hint: "Configure the name of a read-only role that exists in every account, or use that account's own credentials.",
    details: { account },
  });
}
