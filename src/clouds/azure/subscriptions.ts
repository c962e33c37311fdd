import { z } from "zod";
import type { AccountName } from "../../domain/scan/unknown-account.ts";
import { azureMalformed } from "./errors.ts";
import { queryPages } from "./graph-query.ts";
import { SUBSCRIPTIONS_API_VERSION } from "./limits.ts";
import { pathOf } from "./next-link.ts";
import { parseGraphPage } from "./resource-graph.ts";
import type { AzureSession } from "./session.ts";

/** SubscriptionListResult of the specification of api-version 2022-12-01, as far as we need it. */
const SubscriptionList = z.object({
  value: z.array(
    z.object({
      subscriptionId: z.string().min(1),
      displayName: z.string().catch(""),
      state: z.string().catch("Enabled"),
    }),
  ),
  nextLink: z.string().nullish(),
});

/**
 * Every subscription the credential can read, in order of id. A disabled one is kept: its resources
 * exist, are read-only and may still cost money.
 */
export async function listSubscriptions(
  session: AzureSession,
  signal: AbortSignal,
): Promise<readonly AccountName[]> {
  const found: AccountName[] = [];
  let path: string | undefined = `/subscriptions?api-version=${SUBSCRIPTIONS_API_VERSION}`;
  for (let laterPage = false; path !== undefined; laterPage = true) {
    const call = { method: "GET", path, operation: "Subscriptions_List", laterPage } as const;
    const { body } = await session.send(call, signal);
    const page = SubscriptionList.safeParse(body);
    if (!page.success) throw azureMalformed("Subscriptions_List", page.error);
    for (const { subscriptionId, displayName, state } of page.data.value)
      if (state !== "Deleted") found.push({ id: subscriptionId.toLowerCase(), name: displayName });
    path = pathOf(page.data.nextLink, "Subscriptions_List");
  }
  return found.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

const SubscriptionRow = z.object({ subscriptionId: z.string().min(1), name: z.string().catch("") });

const SUBSCRIPTIONS_QUERY =
  "resourcecontainers | where type =~ 'microsoft.resources/subscriptions' | project id, name, subscriptionId | order by id asc";

export interface ManagedSubscriptions {
  readonly subscriptions: readonly AccountName[];
  /** False when Azure said that there are more than it lists. */
  readonly complete: boolean;
}

/** Every subscription at any depth under a management group, in order of id. */
export async function listManagedSubscriptions(
  session: AzureSession,
  managementGroup: string,
  signal: AbortSignal,
): Promise<ManagedSubscriptions> {
  const subscriptions: AccountName[] = [];
  let complete = true;
  const query = {
    kql: SUBSCRIPTIONS_QUERY,
    scope: { managementGroups: [managementGroup] },
    parse: (body: unknown, options: { readonly firstPage: boolean }) =>
      parseGraphPage(body, SubscriptionRow, options),
  };
  for await (const { rows, subscriptionLimitHit } of queryPages(session, query, signal)) {
    complete &&= !subscriptionLimitHit;
    for (const { subscriptionId, name } of rows)
      subscriptions.push({ id: subscriptionId.toLowerCase(), name });
  }
  return { subscriptions, complete };
}
