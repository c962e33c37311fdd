import { z } from "zod";
import type { LoggedWrite } from "../../domain/change-log/last-actor.ts";
import { gcpMalformed } from "./errors.ts";
import { MAX_ENTRIES_PER_PAGE } from "./limits.ts";
import type { GcpCall } from "./session.ts";

const OPERATION = "entries.list";

export interface EntriesQuery {
  readonly project: string;
  /** Of resources, as `nameInLog` gives them. */
  readonly names: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
}

export function entriesCall(): GcpCall {
  return {
    service: "logs",
    path: "/v2/entries:list",
    query: new URLSearchParams(),
    operation: OPERATION,
  };
}

/** The request for one page (cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list). */
export function entriesBody(
  { project, names, fromMs, toMs }: EntriesQuery,
  pageToken: string | undefined,
): object {
  const scope = `projects/${project}`;
  return {
    resourceNames: [scope],
    filter: [
      `logName=${quoted(`${scope}/logs/cloudaudit.googleapis.com%2Factivity`)}`,
      `timestamp>=${quoted(new Date(fromMs).toISOString())}`,
      `timestamp<=${quoted(new Date(toMs).toISOString())}`,
      // Has: whether the log names the project by id or by number differs by service.
      `protoPayload.resourceName:(${names.map(quoted).join(" OR ")})`,
    ].join(" AND "),
    orderBy: "timestamp desc",
    pageSize: MAX_ENTRIES_PER_PAGE,
    ...(pageToken === undefined ? {} : { pageToken }),
  };
}

/** A string of the Logging query language, in double quotes with backslash escapes. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

/**
 * What of a full resource name an audit log repeats: everything after the service and the project.
 * `//compute.googleapis.com/projects/shop/zones/z/instances/web` is logged as
 * `projects/shop/zones/z/instances/web`, a bucket as `projects/_/buckets/name`.
 */
export function nameInLog(id: string): string {
  const path = id.replace(/^\/\/[^/]+\//, "");
  const inProject = path.replace(/^projects\/[^/]+\//, "");
  if (!id.startsWith("//storage.googleapis.com/")) return inProject;
  return inProject.startsWith("buckets/") ? inProject : `buckets/${inProject}`;
}

/** LogEntry with an AuditLog as payload (cloud.google.com/logging/docs/reference/audit/auditlog/rest/Shared.Types/AuditLog). */
const Entry = z.object({
  timestamp: z.string(),
  protoPayload: z.object({
    methodName: z.string().catch(""),
    resourceName: z.string().catch(""),
    authenticationInfo: z
      .object({ principalEmail: z.string().optional(), principalSubject: z.string().optional() })
      .catch({}),
    status: z.object({ code: z.number().default(0) }).catch({ code: 0 }),
  }),
});

const EntryPage = z.object({
  entries: z.array(z.unknown()).default([]),
  nextPageToken: z.string().optional(),
});

/** A write, and the name of what it was done to, as the log has it. */
export interface AuditWrite extends LoggedWrite {
  readonly resource: string;
}

export interface EntryPage {
  readonly writes: readonly AuditWrite[];
  readonly nextPageToken: string | undefined;
}

/**
 * The writes of one page that succeeded and that may have changed labels.
 * @throws {AppError} `cloud_unavailable` when the answer has another shape.
 */
export function parseEntries(body: unknown): EntryPage {
  const page = EntryPage.safeParse(body);
  if (!page.success) throw gcpMalformed(OPERATION, page.error);
  const writes = page.data.entries.flatMap((entry) => toWrite(entry) ?? []);
  return { writes, nextPageToken: page.data.nextPageToken || undefined };
}

function toWrite(entry: unknown): AuditWrite | undefined {
  const parsed = Entry.safeParse(entry);
  if (!parsed.success) return undefined;
  const { timestamp, protoPayload } = parsed.data;
  const { methodName, resourceName, authenticationInfo, status } = protoPayload;
  const actor = authenticationInfo.principalEmail ?? authenticationInfo.principalSubject;
  const atMs = Date.parse(timestamp);
  if (actor === undefined || actor === "" || Number.isNaN(atMs) || status.code !== 0)
    return undefined;
  if (!WRITES.test(methodName)) return undefined;
  const onlyTags = /labels/i.test(methodName);
  return { atMs, actor, action: methodName, onlyTags, resource: resourceName };
}

/** The last part of a method's name, such as `v1.compute.instances.setLabels` and `storage.buckets.update`. */
const WRITES = /(?:^|\.)(?:set\w*labels|update\w*|patch\w*|insert\w*|create\w*|replace\w*)$/i;
