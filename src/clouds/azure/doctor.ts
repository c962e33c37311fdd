import { z } from "zod";
import { AppError } from "../../domain/errors.ts";
import { ANY } from "../../domain/scan/cell.ts";
import type { Doctor, PermissionCheck } from "../../ports/doctor.ts";
import { queryPages } from "./graph-query.ts";
import { MAX_SUBSCRIPTIONS_PER_QUERY } from "./limits.ts";
import { parseGraphPage } from "./resource-graph.ts";
import { listManagedSubscriptions, listSubscriptions } from "./subscriptions.ts";
import type { Tenant } from "./tenants.ts";

type Finding = Pick<PermissionCheck, "state" | "reason">;

const OK: Finding = { state: "ok", reason: null };
const MISSING: Finding = { state: "missing", reason: null };

/**
 * Tries what a scan needs: listing subscriptions, listing those of each configured management group,
 * and a Resource Graph query in which every governed subscription must show itself. Reader holds all
 * of it (learn.microsoft.com/azure/role-based-access-control/built-in-roles, "Reader").
 */
export function createAzureDoctor(tenants: readonly Tenant[]): Doctor {
  return { checks: (signal) => checkAll(tenants, signal) };
}

async function* checkAll(
  tenants: readonly Tenant[],
  signal: AbortSignal,
): AsyncGenerator<PermissionCheck> {
  for (const tenant of tenants) {
    try {
      yield* checkTenant(tenant, signal);
    } catch (error) {
      // One tenant that cannot be signed in to leaves the others to be tried.
      if (tenants.length === 1) throw error;
      yield check(tenant.id ?? ANY, LIST, findingOf(error));
    }
  }
}

const LIST = {
  permission: "Microsoft.Resources/subscriptions/read",
  neededFor:
    "finding subscriptions: az role assignment create --role Reader --scope /subscriptions/ID --assignee PRINCIPAL",
};
const LIST_MANAGED = {
  permission: "Microsoft.Management/managementGroups/read",
  neededFor:
    "finding the subscriptions of the group: az role assignment create --role Reader --scope /providers/Microsoft.Management/managementGroups/GROUP --assignee PRINCIPAL",
};
const QUERY = {
  permission: "Microsoft.ResourceGraph/resources/read",
  neededFor:
    "every query; where the provider is not registered: az provider register --namespace Microsoft.ResourceGraph --subscription ID",
};
const READ = {
  permission: "*/read (role Reader)",
  neededFor:
    "reading resources and their tags: az role assignment create --role Reader --scope /subscriptions/ID --assignee PRINCIPAL",
};

async function* checkTenant(
  { id, session, subscriptions, managementGroups }: Tenant,
  signal: AbortSignal,
): AsyncGenerator<PermissionCheck> {
  const readable = await listSubscriptions(session, signal);
  yield check(id ?? ANY, LIST, readable.length > 0 ? OK : MISSING);
  const governed = new Set(subscriptions.map((one) => one.toLowerCase()));
  for (const group of managementGroups) {
    const listed = await attempt(() => listManagedSubscriptions(session, group, signal));
    const found = "error" in listed ? [] : listed.value.subscriptions;
    for (const one of found) governed.add(one.id);
    const finding = found.length > 0 ? OK : MISSING;
    yield check(group, LIST_MANAGED, "error" in listed ? findingOf(listed.error) : finding);
  }
  if (subscriptions.length + managementGroups.length === 0)
    for (const one of readable) governed.add(one.id);
  yield* checkQueries({ session, id }, [...governed], signal);
}

/** Every subscription that the query shows can be read; it leaves out the others in silence. */
async function* checkQueries(
  { session, id }: Pick<Tenant, "session" | "id">,
  governed: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<PermissionCheck> {
  const seen = new Set<string>();
  let query: Finding = { state: "untried", reason: null };
  for (let from = 0; from < governed.length; from += MAX_SUBSCRIPTIONS_PER_QUERY) {
    const scope = { subscriptions: governed.slice(from, from + MAX_SUBSCRIPTIONS_PER_QUERY) };
    const answer = await attempt(() =>
      Array.fromAsync(
        queryPages(session, { kql: WITNESSES, scope, parse: parseWitnesses }, signal),
      ),
    );
    query = "error" in answer ? findingOf(answer.error) : OK;
    if ("error" in answer) continue;
    for (const { rows } of answer.value)
      for (const { subscriptionId } of rows) seen.add(subscriptionId.toLowerCase());
  }
  yield check(id ?? ANY, QUERY, query);
  for (const account of governed) {
    const unseen = query.state === "ok" ? MISSING : query;
    yield check(account, READ, seen.has(account) ? OK : unseen);
  }
}

const WITNESSES =
  "resourcecontainers | where type =~ 'microsoft.resources/subscriptions' | project id, subscriptionId | order by id asc";
const Witness = z.object({ subscriptionId: z.string().min(1) });

const parseWitnesses = (body: unknown, options: { readonly firstPage: boolean }) =>
  parseGraphPage(body, Witness, options);

type Attempt<T> = { readonly value: T } | { readonly error: unknown };

/** Only a refusal tells of a permission; credentials and the network concern everything else, too. */
async function attempt<T>(run: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await run() };
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "cancelled") throw error;
    return { error };
  }
}

function findingOf(error: unknown): Finding {
  if (!(error instanceof AppError) || error.code === "cancelled") throw error;
  const refused = error.code === "cloud_denied" || error.code === "cloud_unsupported";
  return refused ? MISSING : { state: "unknown", reason: error.code };
}

function check(
  account: string,
  about: Pick<PermissionCheck, "permission" | "neededFor">,
  finding: Finding,
): PermissionCheck {
  return { cloud: "azure", account, ...about, ...finding, deniedBy: null };
}
