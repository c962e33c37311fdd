import { AppError } from "../../domain/errors.ts";
import { ANY } from "../../domain/scan/cell.ts";
import type { Doctor, PermissionCheck } from "../../ports/doctor.ts";
import { entriesBody, entriesCall, type EntriesQuery } from "./audit-entries.ts";
import { searchIn } from "./asset-search.ts";
import type { GcpEstate } from "./governed.ts";
import { searchProjects } from "./projects.ts";
import type { GcpSession } from "./session.ts";

type Finding = Pick<PermissionCheck, "state" | "reason">;

interface About {
  readonly permission: string;
  readonly neededFor: string;
  /** @param place what is checked: a project id, or `organizations/…` or `folders/…`. */
  readonly remedy: (place: string) => string;
}

const OK: Finding = { state: "ok", reason: null };
const MISSING: Finding = { state: "missing", reason: null };
const NOT_NEEDED: Finding = { state: "not_needed", reason: null };
const UNTRIED: Finding = { state: "untried", reason: null };

/** Each is a search of its own, and the quota is 400 in a minute. */
const MAX_PROJECTS_TRIED = 50;

/**
 * Tries what a scan needs: listing projects where nothing narrower is configured, and a search of one
 * asset in every organization, folder or project. A refused search tells apart the role, the API that
 * is not enabled, and the quota project (cloud.google.com/asset-inventory/docs/access-control).
 */
export function createGcpDoctor(patient: Patient): Doctor {
  return { checks: (signal) => checkAll(patient, signal) };
}

/** Grants a role on a project, an organization or a folder. */
function grant(place: string, role: string): string {
  const [kind, id] = place.split("/");
  const whom = `--member=MEMBER --role=roles/${role}`;
  if (kind === "organizations" && id !== undefined)
    return `gcloud organizations add-iam-policy-binding ${nameIn(id)} ${whom}`;
  if (kind === "folders" && id !== undefined)
    return `gcloud resource-manager folders add-iam-policy-binding ${nameIn(id)} ${whom}`;
  return `gcloud projects add-iam-policy-binding ${nameIn(place)} ${whom}`;
}

/** An id in a command to copy: what a shell would read otherwise, or stands for any, is left to the reader. */
function nameIn(id: string): string {
  return /^[\w.:-]+$/.test(id) ? id : "PROJECT";
}

const LIST: About = {
  permission: "resourcemanager.projects.get",
  neededFor: "finding projects",
  remedy: (place) => grant(place, "browser"),
};
const SEARCH: About = {
  permission: "cloudasset.assets.searchAllResources",
  neededFor: "resources and their labels",
  remedy: (place) => grant(place, "cloudasset.viewer"),
};
const ENABLED: About = {
  permission: "API cloudasset.googleapis.com",
  neededFor: "every search",
  remedy: (place) => `gcloud services enable cloudasset.googleapis.com --project=${nameIn(place)}`,
};
const LOG: About = {
  permission: "logging.logEntries.list",
  neededFor: "who changed labels",
  remedy: (place) => grant(place, "logging.viewer"),
};
const QUOTA: About = {
  permission: "serviceusage.services.use",
  neededFor: "charging the quota project",
  remedy: (place) => grant(place, "serviceusage.serviceUsageConsumer"),
};

interface Patient {
  readonly session: GcpSession;
  readonly estate: GcpEstate;
  readonly quotaProject: string | undefined;
  /** Whether the audit logs are asked for who changed labels. */
  readonly changeLog: boolean;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

async function* checkAll(patient: Patient, signal: AbortSignal): AsyncGenerator<PermissionCheck> {
  const { session, estate, quotaProject } = patient;
  const places = placesOf(estate) ?? (yield* listProjects(session, signal));
  const tried: (Finding | "api" | "quota")[] = [];
  for (const [at, place] of places.entries()) {
    const found = at < MAX_PROJECTS_TRIED ? await trySearch(session, place, signal) : UNTRIED;
    tried.push(found);
    yield check(nameOf(place), SEARCH, typeof found === "string" ? UNTRIED : found);
  }
  yield check(quotaProject ?? ANY, ENABLED, sharedBy(tried, "api"));
  const quota = quotaProject === undefined ? NOT_NEEDED : sharedBy(tried, "quota");
  yield check(quotaProject ?? ANY, QUOTA, quota);
  yield* checkLog(patient, places, signal);
}

/** Logs are tried where the searches were: an organization or a folder says nothing of its projects' logs. */
async function* checkLog(
  { session, changeLog, now }: Patient,
  places: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<PermissionCheck> {
  if (!changeLog) {
    yield check(ANY, LOG, NOT_NEEDED);
    return;
  }
  for (const [at, place] of places.entries()) {
    const project = nameOf(place);
    const query = { project, names: [project], fromMs: now() - 60_000, toMs: now() };
    const tried = at < MAX_PROJECTS_TRIED && place.startsWith("projects/");
    yield check(project, LOG, tried ? await tryEntries(session, query, signal) : UNTRIED);
  }
}

async function tryEntries(
  session: GcpSession,
  query: EntriesQuery,
  signal: AbortSignal,
): Promise<Finding> {
  try {
    await session.post(entriesCall(), entriesBody(query, undefined), signal);
    return OK;
  } catch (error) {
    return findingOf(error);
  }
}

/** What the searches, taken together, say of the API or of the quota project. */
function sharedBy(tried: readonly (Finding | string)[], wanting: "api" | "quota"): Finding {
  if (tried.includes(wanting)) return MISSING;
  return tried.some((one) => typeof one === "object" && one.state === "ok") ? OK : UNTRIED;
}

/** Scopes of the searches; undefined where projects have to be found first. */
function placesOf({ projects, scopes }: GcpEstate): readonly string[] | undefined {
  if (projects.length > 0) return projects.map((id) => `projects/${encodeURIComponent(id)}`);
  return scopes.length > 0 ? scopes : undefined;
}

async function* listProjects(
  session: GcpSession,
  signal: AbortSignal,
): AsyncGenerator<PermissionCheck, readonly string[]> {
  try {
    const projects = await searchProjects(session, signal);
    yield check(ANY, LIST, projects.length > 0 ? OK : MISSING);
    return projects.map(({ id }) => `projects/${encodeURIComponent(id)}`);
  } catch (error) {
    yield check(ANY, LIST, findingOf(error));
    return [];
  }
}

/** The finding about the role, or the other thing for want of which the search was refused. */
async function trySearch(
  session: GcpSession,
  scope: string,
  signal: AbortSignal,
): Promise<Finding | "api" | "quota"> {
  const query = new URLSearchParams({ pageSize: "1", readMask: "name" });
  try {
    await session.get(searchIn(scope, query), signal);
    return OK;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const reasons = error.details["upstreamReasons"];
    if (Array.isArray(reasons) && reasons.includes("USER_PROJECT_DENIED")) return "quota";
    return error.code === "cloud_unsupported" ? "api" : findingOf(error);
  }
}

/** Without credentials nothing can be tried; everything else is told of the place where it happened. */
function findingOf(error: unknown): Finding {
  if (!(error instanceof AppError)) throw error;
  if (["cancelled", "credentials_missing", "credentials_expired"].includes(error.code)) throw error;
  return error.code === "cloud_denied" ? MISSING : { state: "unknown", reason: error.code };
}

/** A project by its id, an organization or a folder with its kind. */
function nameOf(place: string): string {
  return decodeURIComponent(place.replace(/^projects\//, ""));
}

function check(account: string, about: About, finding: Finding): PermissionCheck {
  const remedy = about.remedy(account);
  return { cloud: "gcp", account, ...about, remedy, ...finding, deniedBy: null };
}
