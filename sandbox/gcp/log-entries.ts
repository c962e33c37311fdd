import { z } from "zod";
import type { AuditEvent, AuditTrail } from "../audit-trail.ts";
import type { FaultKind } from "../faults.ts";
import type { LoopbackAnswer } from "../loopback.ts";
import { googleHeaders, invalidArgument, permissionDenied } from "./errors.ts";
import { findProject, type Project } from "./hierarchy.ts";

const RETENTION_MS = 400 * 86_400_000;

/** ListLogEntriesRequest of the reference of `entries.list`. */
const ListRequest = z.strictObject({
  resourceNames: z.array(z.string()).min(1).max(100),
  filter: z.string().max(20_000).default(""),
  orderBy: z.enum(["timestamp asc", "timestamp desc"]).default("timestamp asc"),
  pageSize: z.int().max(1000).default(50),
  pageToken: z.string().default(""),
});

/** The one form of filter that is simulated: of a log, a time, and names that a resource's has. */
const FILTER =
  /^logName="(?<log>[^"]+)" AND timestamp>="(?<from>[^"]+)" AND timestamp<="(?<to>[^"]+)" AND protoPayload\.resourceName:\((?<names>"[^"]+"(?: OR "[^"]+")*)\)$/;

export interface LogContext {
  readonly trail: AuditTrail;
  readonly projects: readonly Project[];
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** The most entries on one page, whatever is asked for. */
  readonly pageSize: number;
}

/** Answers `POST /v2/entries:list`. */
export function listEntries(
  { trail, projects, now, pageSize }: LogContext,
  requestBody: string,
  fault: FaultKind | undefined,
): LoopbackAnswer {
  const request = ListRequest.safeParse(parsedJson(requestBody));
  if (!request.success) return invalidArgument("entries", "The request is not understood.");
  const { resourceNames, filter, orderBy, pageToken } = request.data;
  const project = findProject(projects, resourceNames[0] ?? "");
  if (project === undefined)
    return permissionDenied("logging.logEntries.list", resourceNames[0] ?? "");
  const criteria = FILTER.exec(filter)?.groups;
  if (criteria === undefined) return invalidArgument("filter", "The filter is not simulated.");
  const offset = pageToken === "" ? 0 : Number(Buffer.from(pageToken, "base64url").toString());
  if (!Number.isInteger(offset)) return invalidArgument("page_token", "The page token is invalid.");
  const kept = trail
    .of("gcp")
    .filter(({ account, atMs }) => account === project.id && atMs >= now() - RETENTION_MS);
  const found = entriesOf(kept, project, criteria);
  const ordered = orderBy === "timestamp desc" ? found : found.toReversed();
  return pageOf(ordered, {
    offset,
    size: fault === "partial" ? 1 : Math.min(request.data.pageSize, pageSize),
    // The page after this one is what fails.
    isCutShort: fault === "partial",
  });
}

/** What the filter lets through; nothing in any log but that of admin activity. */
function entriesOf(
  events: readonly AuditEvent[],
  { id }: Project,
  criteria: Readonly<Record<string, string>>,
): readonly object[] {
  const { log = "", from = "", to = "", names = "" } = criteria;
  if (log !== `projects/${id}/logs/cloudaudit.googleapis.com%2Factivity`) return [];
  const wanted = names.split(" OR ").map((name) => name.slice(1, -1));
  return events
    .filter(({ atMs }) => atMs >= Date.parse(from) && atMs <= Date.parse(to))
    .map((event) => wireEntry(event, log))
    .filter(({ protoPayload }) => wanted.some((name) => protoPayload.resourceName.includes(name)));
}

function pageOf(
  entries: readonly object[],
  { offset, size, isCutShort }: { offset: number; size: number; isCutShort: boolean },
): LoopbackAnswer {
  const page = entries.slice(offset, offset + size);
  const isLast = !isCutShort && offset + size >= entries.length;
  const nextPageToken = Buffer.from(String(offset + size)).toString("base64url");
  const body = {
    ...(page.length > 0 ? { entries: page } : {}),
    ...(isLast ? {} : { nextPageToken }),
  };
  return { status: 200, headers: googleHeaders(), body };
}

/** A LogEntry with an AuditLog (cloud.google.com/logging/docs/audit/understanding-audit-logs). */
function wireEntry(event: AuditEvent, logName: string) {
  const { resourceId, actor, action, atMs, failed = false } = event;
  const serviceName = /^\/\/([^/]+)\//.exec(resourceId)?.[1] ?? "";
  const path = resourceId.replace(/^\/\/[^/]+\//, "");
  const isBucket = serviceName === "storage.googleapis.com";
  return {
    protoPayload: {
      "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
      status: failed ? { code: 7, message: "PERMISSION_DENIED" } : {},
      authenticationInfo: { principalEmail: actor },
      requestMetadata: { callerIp: "203.0.113.7" },
      serviceName,
      methodName: action,
      resourceName: isBucket ? `projects/_/buckets/${path}` : path,
    },
    insertId: `${atMs}`,
    resource: { type: "audited_resource", labels: { project_id: event.account } },
    timestamp: new Date(atMs).toISOString(),
    severity: failed ? "ERROR" : "NOTICE",
    logName,
    receiveTimestamp: new Date(atMs + 1000).toISOString(),
  };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
