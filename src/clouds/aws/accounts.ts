import { AppError } from "../../domain/errors.ts";
import type { AwsCalls } from "./calls.ts";
import { requireKnown } from "./names.ts";
import type { AwsSettings } from "./options.ts";
import type { Caller, Sessions } from "./session.ts";

/** Accounts to read, and why others could not even be listed. */
export interface ChosenAccounts {
  readonly accounts: readonly string[];
  /** Set when the organization did not let us list its accounts: there may be more than `accounts`. */
  readonly unlisted: AppError | undefined;
}

/**
 * Accounts that a scope asks for: named ones must be within reach.
 * @throws {AppError} `invalid_input` for an unknown account; any code of a failed call but `cloud_denied`
 */
export async function chooseAccounts(
  { calls }: Sessions,
  settings: AwsSettings,
  { caller, asked }: { readonly caller: Caller; readonly asked: readonly string[] },
  signal: AbortSignal,
): Promise<ChosenAccounts> {
  const reach = await accountsInReach(calls, settings, caller, signal);
  if (asked.length === 0) return reach;
  // Not listed is not proof that an account does not exist: with a role, try it.
  if (reach.unlisted !== undefined) return { accounts: asked, unlisted: undefined };
  requireKnown({
    path: "accounts",
    noun: "account",
    given: asked,
    known: reach.accounts,
    advice:
      settings.roleName === undefined
        ? "Without a configured role only the caller's own account can be read."
        : "Only active accounts of the organization, or those the configuration names, can be read.",
  });
  return { accounts: [...new Set(asked)], unlisted: undefined };
}

async function accountsInReach(
  calls: AwsCalls,
  settings: AwsSettings,
  caller: Caller,
  signal: AbortSignal,
): Promise<ChosenAccounts> {
  if (settings.accounts.length > 0)
    return { accounts: [...new Set(settings.accounts)], unlisted: undefined };
  if (settings.roleName === undefined) return { accounts: [caller.account], unlisted: undefined };
  try {
    const listed = await listActiveAccounts(calls, settings, caller, signal);
    return { accounts: [...new Set([caller.account, ...listed])], unlisted: undefined };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // Outside an organization the caller's account is all there is.
    if (error.code === "cloud_unsupported")
      return { accounts: [caller.account], unlisted: undefined };
    if (error.code !== "cloud_denied") throw error;
    settings.logger.warn("the organization's accounts could not be listed", error.details);
    return { accounts: [caller.account], unlisted: error };
  }
}

async function listActiveAccounts(
  calls: AwsCalls,
  settings: AwsSettings,
  caller: Caller,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const target = {
    service: "organizations",
    account: caller.account,
    region: settings.homeRegion,
  } as const;
  const active: string[] = [];
  let inactive = 0;
  let token: string | undefined;
  do {
    const page = await calls.call(target, signal, (api, own) => api.listAccounts(token, own));
    for (const account of page.accounts) {
      if (account.state === "ACTIVE") active.push(account.id);
      else inactive += 1;
    }
    token = page.next;
  } while (token !== undefined);
  settings.logger.info("accounts of the organization", { active: active.length, inactive });
  return active;
}
