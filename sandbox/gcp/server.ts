import { devNull } from "node:os";
import path from "node:path";
import { createAuditTrail } from "../audit-trail.ts";
import { createBill } from "../estate/bill.ts";
import type { FaultKind } from "../faults.ts";
import { serveLoopback, type LoopbackAnswer, type LoopbackRequest } from "../loopback.ts";
import type { CloudServer, CloudServerOptions } from "../server.ts";
import { assetRuns } from "./assets.ts";
import { searchAllResources } from "./asset-search.ts";
import { createBigQuery } from "./bigquery.ts";
import { faultAnswer, googleError } from "./errors.ts";
import { findProject, projectsOf, type Project } from "./hierarchy.ts";
import { listEntries } from "./log-entries.ts";
import { createMetadata } from "./metadata.ts";
import { createSearchQuota } from "./quota.ts";
import { getProject, listProjects, searchProjects } from "./projects.ts";

export interface GcpServerOptions extends CloudServerOptions {
  /** The most projects on one page of `projects:search` and `projects.list`. Default 3. */
  readonly projectsPerPage?: number;
  /** `real`: 400 searches of the asset inventory in a minute, as documented. Default `off`. */
  readonly quota?: "real" | "off";
  /** Seconds that an issued token is good for. Default 3600. */
  readonly tokenLifetimeS?: number;
}

const SEARCH = "cloudasset.searchAllResources";

/** An operation of Google's APIs. Group 1 of `path` is the scope or the project, where there is one. */
interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly permission: string;
  readonly answer: (
    subject: string,
    params: URLSearchParams,
    fault: FaultKind | undefined,
    body: string,
  ) => LoopbackAnswer;
  /** Default `GET`. */
  readonly verb?: "POST";
}

/**
 * A simulated Cloud Asset Inventory and Resource Manager with a Compute Engine metadata server, all
 * on one loopback port.
 * @throws {TypeError} when the estate has no GCP project, because a VM always runs in one.
 */
export async function startGcp(options: GcpServerOptions): Promise<CloudServer> {
  const projects = projectsOf(options.estate);
  const home = projects[0];
  if (home === undefined) throw new TypeError("The estate has no GCP project.");
  const metadata = createMetadata(home, options.tokenLifetimeS ?? 3600);
  const routes = routesOf(options, projects);
  const takeSearch = options.quota === "real" ? createSearchQuota(Date.now) : () => true;

  const answerApi = (request: LoopbackRequest): LoopbackAnswer | "silence" => {
    const { pathname, searchParams } = request.url;
    const decoded = decodeURIComponent(pathname);
    const route = routes.find(
      ({ path: known, verb = "GET" }) => verb === request.method && known.test(decoded),
    );
    if (route === undefined) return googleError("NOT_FOUND", "Method not found.");
    const refusal = metadata.refuse(request, route.method);
    if (refusal !== undefined) return refusal;
    const subject = route.path.exec(decoded)?.[1] ?? projectIn(request.body);
    const met = meet(options, route.method, accountOf(projects, subject));
    const fault = met ?? (route.method === SEARCH && !takeSearch() ? "throttle" : undefined);
    const stopped =
      fault &&
      faultAnswer(fault, {
        method: route.method,
        permission: route.permission,
        resource: subject,
        consumer: `project_number:${home.number}`,
        isLaterPage: searchParams.has("pageToken") || request.body.includes('"pageToken"'),
      });
    return stopped ?? route.answer(subject, searchParams, fault, request.body);
  };
  const loopback = await serveLoopback({
    port: options.port,
    latencyMs: options.latencyMs,
    answer: (request) =>
      options.control?.(request) ?? metadata.answer(request) ?? answerApi(request),
  });
  return { url: loopback.url, env: envOf(loopback.url), close: () => loopback.close() };
}

function envOf(url: string): Readonly<Record<string, string>> {
  return {
    GCE_METADATA_HOST: new URL(url).host,
    METADATA_SERVER_DETECTION: "assume-present",
    TAG_COMPLIANCE_GCP_ENDPOINT: url,
    // Google's libraries prefer a person's own credentials to the metadata server. These two hide
    // them, so that nobody's real access token is ever sent to a simulation. Below the null device
    // nothing is found, and nothing can be written: gcloud would make a folder that is missing.
    GOOGLE_APPLICATION_CREDENTIALS: "",
    CLOUDSDK_CONFIG: path.join(devNull, "no-credentials-here"),
  };
}

/** The project whose log is asked for, which a POST names in its body. */
function projectIn(body: string): string {
  return /"resourceNames":\["(projects\/[^"/]+)"/.exec(body)?.[1] ?? "";
}

/** The id of the project that a scope names; empty for a folder, an organization or no scope. */
function accountOf(projects: readonly Project[], subject: string): string {
  return subject.startsWith("projects/") ? (findProject(projects, subject)?.id ?? "") : "";
}

function meet(
  { faults, onCall }: GcpServerOptions,
  method: string,
  account: string,
): FaultKind | undefined {
  const [service = "", ...operation] = method.split(".");
  const call = {
    cloud: "gcp",
    service,
    operation: operation.join("."),
    account,
    region: "",
  } as const;
  onCall?.(call);
  return faults.decide(call);
}

function routesOf(options: GcpServerOptions, projects: readonly Project[]): readonly Route[] {
  const search = { runs: assetRuns(options.estate), projects };
  const logs = {
    trail: options.audit ?? createAuditTrail(),
    projects,
    now: Date.now,
    pageSize: 3,
  };
  const manager = { projects, pageSize: options.projectsPerPage ?? 3 };
  const bigquery = createBigQuery(createBill(options.estate), projects[0]?.id ?? "");
  return [
    {
      method: "bigquery.jobs.query",
      path: /^\/bigquery\/v2\/(projects\/[^/]+)\/queries$/,
      verb: "POST",
      permission: "bigquery.jobs.create",
      answer: (project, _params, _fault, body) => bigquery.query(project.slice(9), body),
    },
    {
      method: "bigquery.jobs.getQueryResults",
      path: /^\/bigquery\/v2\/projects\/[^/]+\/queries\/([^/]+)$/,
      permission: "bigquery.jobs.get",
      answer: (job, params) => bigquery.results(job, params),
    },
    {
      method: SEARCH,
      path: /^\/v1\/([^/]+\/[^/]+):searchAllResources$/,
      permission: "cloudasset.assets.searchAllResources",
      answer: (scope, params, fault) => searchAllResources(search, { scope, params, fault }),
    },
    {
      method: "logging.entries.list",
      path: /^\/v2\/entries:list$/,
      verb: "POST",
      permission: "logging.logEntries.list",
      answer: (_subject, _params, fault, body) => listEntries(logs, body, fault),
    },
    {
      method: "cloudresourcemanager.projects.search",
      path: /^\/v3\/projects:search$/,
      permission: "resourcemanager.projects.get",
      answer: (_, params, fault) => searchProjects(manager, params, fault),
    },
    {
      method: "cloudresourcemanager.projects.list",
      path: /^\/v3\/projects$/,
      permission: "resourcemanager.projects.list",
      answer: (_, params, fault) => listProjects(manager, params, fault),
    },
    {
      method: "cloudresourcemanager.projects.get",
      path: /^\/v3\/(projects\/[^/:]+)$/,
      permission: "resourcemanager.projects.get",
      answer: (name, _, fault) => getProject(manager, name, fault),
    },
  ];
}
