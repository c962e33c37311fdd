import { createAuditTrail } from "../audit-trail.ts";
import { createBill } from "../estate/bill.ts";
import type { FaultKind, SandboxCall } from "../faults.ts";
import { serveLoopback, type LoopbackAnswer, type LoopbackRequest } from "../loopback.ts";
import type { CloudServer, CloudServerOptions } from "../server.ts";
import { type ActivityContext, listActivity } from "./activity-log.ts";
import { answerCostQuery } from "./cost-management.ts";
import { armError } from "./errors.ts";
import { createIdentity, IDENTITY_PATH } from "./identity.ts";
import { createQuota, unlimited } from "./quota.ts";
import { answerQuery, type GraphContext } from "./resource-graph.ts";
import { listLocations, listSubscriptions, type SubscriptionsContext } from "./subscriptions.ts";
import { segmentsOf } from "./table.ts";

export interface AzureServerOptions extends CloudServerOptions {
  /** `real`: 15 Resource Graph queries in 5 seconds, as documented. Default `real`. */
  readonly quota?: "real" | "off";
  /** Subscriptions on one page of `GET /subscriptions`. Default 3. */
  readonly subscriptionsPerPage?: number;
  /** Seconds that an issued token is good for. Default 3600. */
  readonly tokenLifetimeS?: number;
  /**
   * Codes of the details with which Resource Graph refuses (400, `BadRequest`) every query that computes
   * columns. Default: it reads them.
   */
  readonly refuseComputedColumns?: readonly string[];
}

/** The versions whose specification the answers follow. */
const GRAPH_VERSION = "2022-10-01";
const SUBSCRIPTIONS_VERSION = "2022-12-01";
const COST_VERSION = "2023-11-01";
const ACTIVITY_VERSION = "2015-04-01";

type Answer = LoopbackAnswer | "silence";

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly apiVersion: string;
  readonly answer: (request: LoopbackRequest, id: string) => Answer;
}

/**
 * A simulated Azure Resource Manager with its Resource Graph, its subscriptions and an App Service
 * managed identity, all on one loopback port.
 */
export async function startAzure(options: AzureServerOptions): Promise<CloudServer> {
  const identity = createIdentity(options.tokenLifetimeS ?? 3600);
  const routes = routesOf(options);
  const loopback = await serveLoopback({
    port: options.port,
    latencyMs: options.latencyMs,
    answer: (request) => {
      const control = options.control?.(request);
      if (control !== undefined) return control;
      if (request.url.pathname === IDENTITY_PATH) return identity.issue(request);
      return identity.refuse(request) ?? answerRoute(routes, request);
    },
  });
  return {
    url: loopback.url,
    env: {
      IDENTITY_ENDPOINT: `${loopback.url}${IDENTITY_PATH}`,
      IDENTITY_HEADER: identity.header,
      TAG_COMPLIANCE_AZURE_ENDPOINT: loopback.url,
      // Credential chains ask these before the managed identity. Empty ones hide a person's own
      // credentials, so that nobody's real access token is ever sent to a simulation.
      AZURE_CLIENT_SECRET: "",
      AZURE_CLIENT_CERTIFICATE_PATH: "",
      AZURE_FEDERATED_TOKEN_FILE: "",
      AZURE_USERNAME: "",
      AZURE_PASSWORD: "",
    },
    close: () => loopback.close(),
  };
}

function answerRoute(routes: readonly Route[], request: LoopbackRequest): Answer {
  const { pathname, searchParams } = request.url;
  for (const route of routes) {
    const match = route.path.exec(pathname);
    if (match === null || route.method !== request.method) continue;
    const refusal = checkVersion(searchParams.get("api-version"), route.apiVersion);
    return refusal ?? route.answer(request, match[1] ?? "");
  }
  return armError(404, "NotFound", `No HTTP resource was found that matches '${pathname}'.`);
}

function checkVersion(asked: string | null, served: string): LoopbackAnswer | undefined {
  if (asked === served) return undefined;
  if (asked === null) {
    return armError(
      400,
      "MissingApiVersionParameter",
      "The api-version query parameter (?api-version=) is required for all requests.",
    );
  }
  return armError(
    400,
    "InvalidApiVersionParameter",
    `The api-version '${asked}' is invalid. The supported versions are '${served}'.`,
  );
}

function routesOf(options: AzureServerOptions): readonly Route[] {
  const graph = graphContext(options);
  const context: SubscriptionsContext = {
    estate: options.estate,
    pageSize: options.subscriptionsPerPage ?? 3,
  };
  const meet = (
    operation: string,
    account: string,
    service = "subscriptions",
  ): FaultKind | undefined => {
    const call: SandboxCall = {
      cloud: "azure",
      service,
      operation,
      account,
      region: "",
    };
    options.onCall?.(call);
    return options.faults.decide(call);
  };
  const activity: ActivityContext = { trail: options.audit ?? createAuditTrail(), now: Date.now };
  return [
    costRoute(options, meet),
    {
      method: "GET",
      path: /^\/subscriptions\/([^/]+)\/providers\/Microsoft\.Insights\/eventtypes\/management\/values$/i,
      apiVersion: ACTIVITY_VERSION,
      answer: (request, subscription) => {
        const fault = meet("List", subscription, "activitylog");
        return listActivity(activity, request, { subscription, fault });
      },
    },
    {
      method: "POST",
      path: /^\/providers\/Microsoft\.ResourceGraph\/resources$/i,
      apiVersion: GRAPH_VERSION,
      answer: (request) => answerQuery(graph, request.body),
    },
    {
      method: "GET",
      path: /^\/subscriptions$/i,
      apiVersion: SUBSCRIPTIONS_VERSION,
      answer: (request) => listSubscriptions(context, request, meet("List", "")),
    },
    {
      method: "GET",
      path: /^\/subscriptions\/([^/]+)\/locations$/i,
      apiVersion: SUBSCRIPTIONS_VERSION,
      answer: (_, id) => listLocations(context, id, meet("ListLocations", id)),
    },
  ];
}

function costRoute(
  { estate }: AzureServerOptions,
  meet: (operation: string, account: string, service: string) => FaultKind | undefined,
): Route {
  const bill = createBill(estate);
  const subscriptions = estate.accounts.flatMap(({ cloud, id }) => (cloud === "azure" ? [id] : []));
  return {
    method: "POST",
    path: /^\/subscriptions\/([^/]+)\/providers\/Microsoft\.CostManagement\/query$/i,
    apiVersion: COST_VERSION,
    answer: (request, subscription) =>
      answerCostQuery({ bill, subscriptions }, request, {
        subscription,
        fault: meet("Usage", subscription, "costmanagement"),
      }),
  };
}

function graphContext(options: AzureServerOptions): GraphContext {
  return {
    segments: segmentsOf(options.estate),
    subscriptions: options.estate.accounts
      .filter((account) => account.cloud === "azure")
      .map((account) => account.id),
    faults: options.faults,
    quota: options.quota === "off" ? unlimited() : createQuota(Date.now),
    refuseComputedColumns: options.refuseComputedColumns,
    onQuery: (account) =>
      options.onCall?.({
        cloud: "azure",
        service: "resourcegraph",
        operation: "Resources",
        account,
        region: "",
      }),
  };
}
