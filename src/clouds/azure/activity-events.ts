import { z } from "zod";
import type { LoggedWrite } from "../../domain/change-log/last-actor.ts";
import { azureMalformed } from "./errors.ts";
import { ACTIVITY_LOG_API_VERSION } from "./limits.ts";
import { pathOf } from "./next-link.ts";
import type { AzureCall } from "./session.ts";

const OPERATION = "ActivityLogs_List";

export interface ActivityQuery {
  readonly subscription: string;
  /** Null: of the subscription itself and its groups. */
  readonly resourceGroup: string | null;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The request for the first page. Of the few patterns a filter may have, the one by resource group finds
 * both writes of a resource and those of its tags, which are logged under another id
 * (learn.microsoft.com/rest/api/monitor/activity-logs/list). `$select` is not used: `caller` is not
 * among the members that it may name.
 */
export function activityCall({
  subscription,
  resourceGroup,
  fromMs,
  toMs,
}: ActivityQuery): AzureCall {
  const filter = [
    `eventTimestamp ge '${new Date(fromMs).toISOString()}'`,
    `eventTimestamp le '${new Date(toMs).toISOString()}'`,
    resourceGroup === null
      ? "resourceProvider eq 'Microsoft.Resources'"
      : `resourceGroupName eq '${resourceGroup.replaceAll("'", "''")}'`,
  ].join(" and ");
  const query = new URLSearchParams({
    "api-version": ACTIVITY_LOG_API_VERSION,
    $filter: filter,
  });
  return {
    method: "GET",
    path: `/subscriptions/${encodeURIComponent(subscription)}/providers/Microsoft.Insights/eventtypes/management/values?${query.toString()}`,
    operation: OPERATION,
    laterPage: false,
  };
}

/** EventDataCollection of the specification `activityLogs_API` of api-version 2015-04-01. */
const EventPage = z.object({ value: z.array(z.unknown()), nextLink: z.string().nullish() });

const Event = z.object({
  caller: z.string().min(1),
  eventTimestamp: z.string(),
  operationName: z.object({ value: z.string() }),
  resourceId: z.string(),
  status: z.object({ value: z.string() }),
});

/** A write, and what it was done to. */
export interface ActivityWrite extends LoggedWrite {
  /** In lower case; of a write of tags, the resource that has them. */
  readonly resource: string;
}

export interface ActivityPage {
  readonly writes: readonly ActivityWrite[];
  /** The call for the next page; undefined on the last. */
  readonly next: AzureCall | undefined;
}

/** @throws {AppError} `cloud_unavailable` when the answer has another shape. */
export function parseActivity(body: unknown): ActivityPage {
  const page = EventPage.safeParse(body);
  if (!page.success) throw azureMalformed(OPERATION, page.error);
  const path = pathOf(page.data.nextLink, OPERATION);
  return {
    writes: page.data.value.flatMap((event) => toWrite(event) ?? []),
    next:
      path === undefined
        ? undefined
        : { method: "GET", path, operation: OPERATION, laterPage: true },
  };
}

const TAGS_SUFFIX = "/providers/microsoft.resources/tags/default";

/** Only what succeeded: the log also tells that an operation began. */
function toWrite(event: unknown): ActivityWrite | undefined {
  const parsed = Event.safeParse(event);
  if (!parsed.success) return undefined;
  const { caller, eventTimestamp, operationName, resourceId, status } = parsed.data;
  const atMs = Date.parse(eventTimestamp);
  const action = operationName.value;
  if (status.value !== "Succeeded" || Number.isNaN(atMs) || !/\/(?:write|delete)$/i.test(action))
    return undefined;
  const id = resourceId.toLowerCase();
  return {
    atMs,
    actor: caller,
    action,
    onlyTags: /^microsoft\.resources\/tags\//i.test(action),
    resource: id.endsWith(TAGS_SUFFIX) ? id.slice(0, -TAGS_SUFFIX.length) : id,
  };
}
