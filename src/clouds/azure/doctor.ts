import { z } from "zod";
import { AppError } from "../../domain/errors.ts";
import { ANY } from "../../domain/scan/cell.ts";
import type { Doctor, PermissionCheck } from "../../ports/doctor.ts";
import { activityCall } from "./activity-events.ts";
import { queryPages } from "./graph-query.ts";
import { MAX_SUBSCRIPTIONS_PER_QUERY } from "./limits.ts";
import { parseGraphPage } from "./resource-graph.ts";
import { listManagedSubscriptions, listSubscriptions } from "./subscriptions.ts";
import type { Tenant } from "./tenants.ts";

type Finding = Pick<PermissionCheck, "state" | "reason">;

const OK: Finding = { state: "ok", reason: null };
const MISSING: Finding = { state: "missing", reason: null };
const NOT_NEEDED: Finding = { state: "not_needed", reason: null };
const UNTRIED: Finding = { state: "untried", reason: null };

/**
 * Tries what a scan needs: listing subscriptions, listing those of each configured management group,
 * and a Resource Graph query in which every governed subscription must show itself. Reader holds all
 * of it (learn.microsoft.com/azure/role-based-access-control/built-in-roles, "Reader").
 */
export function createAzureDoctor(tenants: readonly Tenant[], log: LogUse): Doctor {
  return { checks: (signal) => checkAll(tenants, log, signal) };
}

/** Whether the Activity Log is asked for who changed tags; `now` gives epoch milliseconds. */
interface LogUse {
  readonly changeLog: boolean;
  readonly now: () => number;
}

async function* checkAll(
  tenants: readonly Tenant[],
  log: LogUse,
  signal: AbortSignal,
): AsyncGenerator<PermissionCheck> {
  for (const tenant of tenants) {
    try {
      yield* checkTenant(tenant, log, signal);
    } catch (error) {
      // One tenant that cannot be signed in to leaves the others to be tried.
      const refused = error instanceof AppError && error.code === "cloud_denied";
      if (tenants.length === 1 && !refused) throw error;
      yield check(tenant.id ?? ANY, LIST, findingOf(error));
    }
  }
}

interface About {
  readonly permission: string;
  readonly neededFor: string;
  readonly remedy: (account: string) => string;
}

const assignReader = (scope: string): string =>
  `az role assignment create --role Reader --assignee PRINCIPAL --scope ${scope}`;
const readSubscription = (id: string): string => assignReader(`/subscriptions/${nameIn(id)}`);

const LIST: About = {
  permission: "Microsoft.Resources/subscriptions/read",
  neededFor: "finding subscriptions",
  remedy: () => readSubscription(ANY),
};
const LIST_MANAGED: About = {
  permission: "Microsoft.Management/managementGroups/read",
  neededFor: "finding the group's subscriptions",
  remedy: (group) =>
    assignReader(`/providers/Microsoft.Management/managementGroups/${nameIn(group)}`),
};
const QUERY: About = {
  permission: "Microsoft.ResourceGraph/resources/read",
  neededFor: "every query",
  remedy: () => "az provider register --namespace Microsoft.ResourceGraph --subscription ID",
};
const LOG: About = {
  permission: "Microsoft.Insights/eventtypes/values/read",
  neededFor: "who changed tags",
  remedy: readSubscription,
};
const READ: About = {
  permission: "*/read (role Reader)",
  neededFor: "resources and their tags",
  remedy: readSubscription,
};

/** An id in a command to copy: what a shell would read otherwise, or stands for any, is left to the reader. */
function nameIn(account: string): string {
  return /^[\w.-]+$/.test(account) ? account : "ID";
}

async function* checkTenant(
  { id, session, subscriptions, managementGroups }: Tenant,
  log: LogUse,
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
  yield* checkLog({ session, id }, [...governed], log, signal);
}

/** Each is a call of its own. */
const MAX_LOGS_TRIED = 50;

async function* checkLog(
  { session, id }: Pick<Tenant, "session" | "id">,
  governed: readonly string[],
  { changeLog, now }: LogUse,
  signal: AbortSignal,
): AsyncGenerator<PermissionCheck> {
  if (!changeLog) {
    yield check(id ?? ANY, LOG, NOT_NEEDED);
    return;
  }
  for (const [at, subscription] of governed.entries()) {
    const window = { fromMs: now() - 60_000, toMs: now() };
    const call = activityCall({ subscription, resourceGroup: null, ...window });
    const answer = at < MAX_LOGS_TRIED ? await attempt(() => session.send(call, signal)) : UNTRIED;
    if ("state" in answer) yield check(subscription, LOG, answer);
    else yield check(subscription, LOG, "error" in answer ? findingOf(answer.error) : OK);
  }
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

function check(account: string, about: About, finding: Finding): PermissionCheck {
  const remedy = about.remedy(account);
  return { cloud: "azure", account, ...about, remedy, ...finding, deniedBy: null };
}
