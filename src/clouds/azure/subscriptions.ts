import { z } from "zod";
import type { AccountName } from "../../domain/scan/unknown-account.ts";
import { azureMalformed, azureTruncated } from "./errors.ts";
import { SUBSCRIPTIONS_API_VERSION } from "./limits.ts";
import { parseGraphPage, RESOURCE_GRAPH_PATH } from "./resource-graph.ts";
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
    path = pathOf(page.data.nextLink);
  }
  return found.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Only the path of a link is followed, on our own endpoint: a link must not lead a token elsewhere. */
function pathOf(nextLink: string | null | undefined): string | undefined {
  if (nextLink === undefined || nextLink === null || nextLink === "") return undefined;
  if (!URL.canParse(nextLink)) throw azureMalformed("Subscriptions_List");
  const { pathname, search } = new URL(nextLink);
  return `${pathname}${search}`;
}

const SubscriptionRow = z.object({ subscriptionId: z.string().min(1), name: z.string().catch("") });

/** Every subscription at any depth under the management groups, in order of id. */
export async function listManagedSubscriptions(
  session: AzureSession,
  managementGroups: readonly string[],
  signal: AbortSignal,
): Promise<readonly AccountName[]> {
  const found: AccountName[] = [];
  let skipToken: string | undefined;
  do {
    const { body, header } = await session.send(
      {
        method: "POST",
        path: RESOURCE_GRAPH_PATH,
        operation: "Resources",
        laterPage: skipToken !== undefined,
        body: {
          query:
            "resourcecontainers | where type =~ 'microsoft.resources/subscriptions' | project id, name, subscriptionId | order by id asc",
          managementGroups,
          options: {
            $top: 1000,
            resultFormat: "objectArray",
            ...(skipToken === undefined ? {} : { $skipToken: skipToken }),
          },
        },
      },
      signal,
    );
    // Beyond 10,000 subscriptions Resource Graph answers for some of them and says so only here.
    if (header("x-ms-tenant-subscription-limit-hit") === "true")
      throw azureTruncated({ subscriptionLimitHit: true });
    const page = parseGraphPage(body, SubscriptionRow, { firstPage: skipToken === undefined });
    for (const { subscriptionId, name } of page.rows)
      found.push({ id: subscriptionId.toLowerCase(), name });
    skipToken = page.skipToken;
  } while (skipToken !== undefined);
  return found;
}
