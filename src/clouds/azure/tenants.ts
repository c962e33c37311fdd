import { AppError } from "../../domain/errors.ts";
import { ANY } from "../../domain/scan/cell.ts";
import type { AccountName } from "../../domain/scan/unknown-account.ts";
import type { AzureSession } from "./session.ts";
import { listManagedSubscriptions, listSubscriptions } from "./subscriptions.ts";

/** One Entra tenant: Resource Graph and credentials end at its border. */
export interface Tenant {
  /** Tenant id; undefined for the one that the credential belongs to. */
  readonly id: string | undefined;
  readonly session: AzureSession;
  /** Subscription ids to read; empty, with no management group, means all that the credential can read. */
  readonly subscriptions: readonly string[];
  /** Management group names; their subscriptions are added to `subscriptions`. */
  readonly managementGroups: readonly string[];
}

/** A subscription that the configuration says is governed, whether or not it can be read. */
export interface Governed extends AccountName {
  /** Null where no credential can read it. */
  readonly session: AzureSession | null;
}

export interface GovernedSubscriptions {
  readonly subscriptions: readonly Governed[];
  /** Tenants that could not be asked, named by their id. */
  readonly failures: readonly { readonly name: string; readonly error: unknown }[];
  /** Management groups with more subscriptions than Azure lists. */
  readonly cutShort: readonly string[];
}

/**
 * Asks every tenant at once. A subscription that two of them know (a customer's, delegated to its
 * provider) belongs to the first that can read it.
 * @throws {AppError} of the first tenant when none of them answers.
 */
export async function governedByAll(
  tenants: readonly Tenant[],
  signal: AbortSignal,
): Promise<GovernedSubscriptions> {
  const answers = await Promise.allSettled(tenants.map((tenant) => governedBy(tenant, signal)));
  const subscriptions = new Map<string, Governed>();
  const failures: { readonly name: string; readonly error: unknown }[] = [];
  const cutShort: string[] = [];
  for (const [at, answer] of answers.entries()) {
    if (answer.status === "rejected") {
      failures.push({ name: tenants[at]?.id ?? ANY, error: answer.reason });
      continue;
    }
    cutShort.push(...answer.value.cutShort);
    for (const one of answer.value.subscriptions)
      if ((subscriptions.get(one.id)?.session ?? null) === null) subscriptions.set(one.id, one);
  }
  if (signal.aborted || failures.length === tenants.length) throwFirst(failures);
  return { subscriptions: [...subscriptions.values()], failures, cutShort };
}

function throwFirst(failures: GovernedSubscriptions["failures"]): void {
  for (const { error } of failures)
    throw error instanceof AppError
      ? error
      : new AppError("internal", "Azure could not be asked.", { cause: error });
}

async function governedBy(
  { session, subscriptions, managementGroups }: Tenant,
  signal: AbortSignal,
): Promise<Omit<GovernedSubscriptions, "failures">> {
  const readable = await listSubscriptions(session, signal);
  if (subscriptions.length + managementGroups.length === 0)
    return { subscriptions: readable.map((one) => ({ ...one, session })), cutShort: [] };
  const lists = await Promise.all(
    managementGroups.map(async (name) => ({
      name,
      ...(await listManagedSubscriptions(session, name, signal)),
    })),
  );
  const names = new Map(readable.map(({ id, name }) => [id, name]));
  const ids = new Set([
    ...subscriptions.map((id) => id.toLowerCase()),
    ...lists.flatMap((list) => list.subscriptions.map(({ id }) => id)),
  ]);
  return {
    subscriptions: [...ids].map((id) => {
      const name = names.get(id);
      return { id, name: name ?? "", session: name === undefined ? null : session };
    }),
    cutShort: lists.filter(({ complete }) => !complete).map(({ name }) => name),
  };
}
