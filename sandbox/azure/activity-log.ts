import type { AuditEvent, AuditTrail } from "../audit-trail.ts";
import type { FaultKind } from "../faults.ts";
import type { LoopbackAnswer, LoopbackRequest } from "../loopback.ts";
import { armError, armHeaders, faultAnswer } from "./errors.ts";
import { TENANT_ID } from "./table.ts";

const RETENTION_MS = 90 * 86_400_000;
/** Azure decides its page size itself; a small one makes every client follow `nextLink`. */
const PAGE_SIZE = 20;

const TIME = String.raw`'(\d{4}-\d\d-\d\dT[\d:.]+Z)'`;
/** The patterns that the reference of ActivityLogs_List allows, as far as they are simulated. */
const FILTER = new RegExp(
  `^eventTimestamp ge ${TIME} and eventTimestamp le ${TIME}` +
    `(?: and (resourceGroupName|resourceUri|resourceProvider) eq '([^']*)')?$`,
);

export interface ActivityContext {
  readonly trail: AuditTrail;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Answers `GET /subscriptions/{id}/providers/Microsoft.Insights/eventtypes/management/values`. */
export function listActivity(
  { trail, now }: ActivityContext,
  { url }: LoopbackRequest,
  { subscription, fault }: { readonly subscription: string; readonly fault: FaultKind | undefined },
): LoopbackAnswer | "silence" {
  const token = url.searchParams.get("$skiptoken");
  const stopped =
    fault &&
    faultAnswer(fault, {
      isGraph: false,
      isLaterPage: token !== null,
      action: "Microsoft.Insights/eventtypes/values/read",
      scope: `/subscriptions/${subscription}`,
    });
  if (stopped !== undefined) return stopped;
  const filter = FILTER.exec(url.searchParams.get("$filter") ?? "");
  const offset = token === null ? 0 : Number(Buffer.from(token, "base64url").toString());
  if (filter === null || !Number.isInteger(offset))
    return armError(400, "BadRequest", "The filter clause or the continuation token is invalid.");
  const [, from = "", to = "", field, value = ""] = filter;
  const events = trail
    .of("azure")
    .filter(({ account }) => account.toLowerCase() === subscription.toLowerCase())
    .filter(({ atMs }) => atMs >= now() - RETENTION_MS)
    .filter(({ atMs }) => atMs >= Date.parse(from) && atMs <= Date.parse(to))
    .flatMap((event) => [wireEvent(event, "ended"), wireEvent(event, "started")])
    .filter((event) => field === undefined || matches(event, field, value));
  const page = events.slice(offset, offset + PAGE_SIZE);
  const isLast = offset + PAGE_SIZE >= events.length;
  return {
    status: 200,
    headers: armHeaders(),
    body: { value: page, ...(isLast ? {} : { nextLink: nextLink(url, offset + PAGE_SIZE) }) },
  };
}

type WireEvent = ReturnType<typeof wireEvent>;

function matches(event: WireEvent, field: string, value: string): boolean {
  const wanted = value.toLowerCase();
  if (field === "resourceGroupName") return event.resourceGroupName.toLowerCase() === wanted;
  if (field === "resourceUri") return event.resourceId.toLowerCase() === wanted;
  return event.resourceProviderName.value.toLowerCase() === wanted;
}

/** An operation is logged when it begins, and again when it ends. */
function wireEvent(event: AuditEvent, phase: "started" | "ended") {
  const { resourceId, action, atMs, actor, account, failed = false } = event;
  const outcome = failed ? "Failed" : "Succeeded";
  const status = phase === "started" ? "Started" : outcome;
  const ofTags = /^microsoft\.resources\/tags\//i.test(action);
  const provider = action.split("/")[0] ?? "";
  return {
    authorization: { action, scope: resourceId },
    caller: actor,
    correlationId: "1e121103-0ba6-4300-ac9d-952bb5d0c80f",
    eventDataId: "44ade6b4-3813-45e6-ae27-7420a95fa2f8",
    eventName: { value: "EndRequest", localizedValue: "End request" },
    eventTimestamp: new Date(atMs - (phase === "started" ? 500 : 0)).toISOString(),
    level: failed ? "Error" : "Informational",
    operationName: { value: action, localizedValue: action },
    resourceGroupName: /\/resourceGroups\/([^/]+)/i.exec(resourceId)?.[1] ?? "",
    resourceId: ofTags ? `${resourceId}/providers/Microsoft.Resources/tags/default` : resourceId,
    resourceProviderName: { value: provider, localizedValue: provider },
    status: { value: status, localizedValue: status },
    submissionTimestamp: new Date(atMs + 60_000).toISOString(),
    subscriptionId: account,
    tenantId: TENANT_ID,
  };
}

function nextLink(asked: URL, offset: number): string {
  const next = new URL(asked);
  next.searchParams.set("$skiptoken", Buffer.from(String(offset)).toString("base64url"));
  return next.href;
}
