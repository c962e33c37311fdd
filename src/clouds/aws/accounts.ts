import { AppError } from "../../domain/errors.ts";
import type { AwsCalls } from "./calls.ts";
import { isFatal } from "./errors.ts";
import { requireKnown } from "./names.ts";
import type { AwsSettings } from "./options.ts";
import type { Caller, Sessions } from "./session.ts";

/**
 * Accounts that a scope asks for, as soon as each is known; named ones must be within reach. An error
 * among them says why others could not be listed: there may be more than those given.
 * @throws {AppError} `invalid_input` for an unknown account; `cancelled`, `credentials_missing`,
 * `credentials_expired`
 */
export async function* chooseAccounts(
  { calls }: Sessions,
  settings: AwsSettings,
  { caller, asked }: { readonly caller: Caller; readonly asked: readonly string[] },
  signal: AbortSignal,
): AsyncGenerator<string | AppError> {
  const reach = accountsInReach(calls, settings, caller, signal);
  if (asked.length === 0) {
    yield* reach;
    return;
  }
  const known = await Array.fromAsync(reach);
  // Not listed is not proof that an account does not exist: with a role, try it.
  if (known.every((account) => typeof account === "string"))
    requireKnown({
      path: "accounts",
      noun: "account",
      given: asked,
      known,
      advice:
        settings.roleName === undefined
          ? "Without a configured role only the caller's own account can be read."
          : "Only active accounts of the organization, or those the configuration names, can be read.",
    });
  yield* new Set(asked);
}

async function* accountsInReach(
  calls: AwsCalls,
  settings: AwsSettings,
  caller: Caller,
  signal: AbortSignal,
): AsyncGenerator<string | AppError> {
  if (settings.accounts.length > 0) {
    yield* new Set(settings.accounts);
    return;
  }
  if (settings.roleName !== undefined) {
    yield* organizationsAccounts(calls, settings, caller, signal);
    return;
  }
  yield caller.account;
}

/** The caller's, which is read while the others are being listed, and those that are active. */
async function* organizationsAccounts(
  calls: AwsCalls,
  settings: AwsSettings,
  caller: Caller,
  signal: AbortSignal,
): AsyncGenerator<string | AppError> {
  yield caller.account;
  // Pages may overlap when accounts come and go while they are listed.
  const given = new Set([caller.account]);
  try {
    for await (const account of listActiveAccounts(calls, settings, caller, signal)) {
      if (!given.has(account)) yield account;
      given.add(account);
    }
  } catch (error) {
    if (!(error instanceof AppError) || isFatal(error)) throw error;
    // Outside an organization the caller's account is all there is.
    if (error.code === "cloud_unsupported") return;
    settings.logger.warn("the organization's accounts could not be listed", error.details);
    yield error;
  }
}

async function* listActiveAccounts(
  calls: AwsCalls,
  settings: AwsSettings,
  caller: Caller,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const target = {
    service: "organizations",
    account: caller.account,
    region: settings.homeRegion,
  } as const;
  let active = 0;
  let inactive = 0;
  let token: string | undefined;
  do {
    const page = await calls.call(target, signal, (api, own) => api.listAccounts(token, own));
    token = page.next;
    for (const account of page.accounts) {
      if (account.state !== "ACTIVE") {
        inactive += 1;
        continue;
      }
      active += 1;
      yield account.id;
    }
  } while (token !== undefined);
  settings.logger.info("accounts of the organization", { active, inactive });
}
