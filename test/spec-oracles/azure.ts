import { LiveValidator } from "oav/dist/lib/liveValidation/liveValidator.js";
import type { LiveValidationResult } from "oav/dist/lib/liveValidation/liveValidator.js";
import { publishedPath } from "./published.ts";
import type { Exchange, SpecOracle, Verdict } from "./proxy.ts";

/** Paths of Azure that no OpenAPI document describes: the managed-identity endpoint. */
const OUTSIDE = /^\/msi\//;

interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: RegExp;
  readonly query: readonly string[];
}

/**
 * What a request must turn out to be. The validator alone cannot be asked: it matches a route it does
 * not know with a wildcard one and finds nothing wrong, and it ignores unknown query parameters.
 * `$skiptoken` is part of the `nextLink` that Azure hands out, though the documents do not list it.
 */
const OPERATIONS: readonly Operation[] = [
  {
    id: "Resources",
    method: "POST",
    path: /^\/providers\/Microsoft\.ResourceGraph\/resources$/i,
    query: ["api-version"],
  },
  {
    id: "Query_Usage",
    method: "POST",
    path: /^\/subscriptions\/[^/]+\/providers\/Microsoft\.CostManagement\/query$/i,
    query: ["api-version", "$skiptoken"],
  },
  {
    id: "Subscriptions_List",
    method: "GET",
    path: /^\/subscriptions$/i,
    query: ["api-version", "$skiptoken"],
  },
  {
    id: "Subscriptions_Get",
    method: "GET",
    path: /^\/subscriptions\/[^/]+$/i,
    query: ["api-version"],
  },
  {
    id: "Subscriptions_ListLocations",
    method: "GET",
    path: /^\/subscriptions\/[^/]+\/locations$/i,
    query: ["api-version", "includeExtendedLocations"],
  },
];

/**
 * Where Azure itself departs from its document: the members that locate a `ParserFailure` are numbers
 * and strings on the wire, and declared as objects. Seen in the recorded answer of `test_query_error`
 * in Azure/azure-cli-extensions (src/resource-graph).
 */
const KNOWN_DEPARTURES = [
  /^INVALID_TYPE .*\/error\/details\/\d+\/(line|characterPositionInLine|token|expectedToken)$/,
];

/** Judges Azure traffic with Microsoft's own validator, oav, over Microsoft's OpenAPI documents. */
export async function createAzureOracle(): Promise<SpecOracle> {
  const validator = new LiveValidator(
    {
      directory: publishedPath("specs/azure"),
      git: { shouldClone: false },
      swaggerPathsPattern: ["specification/**/{resourcegraph,subscriptions,costmanagement}.json"],
      loadValidatorInInitialize: true,
      loadValidatorInBackground: false,
    },
    () => {},
  );
  await validator.initialize();
  return { judge: (exchange) => judge(validator, exchange) };
}

async function judge(validator: LiveValidator, exchange: Exchange): Promise<Verdict> {
  const url = new URL(exchange.target, "https://management.azure.com");
  if (OUTSIDE.test(url.pathname)) return { operation: undefined, faults: [] };
  const operation = OPERATIONS.find(
    ({ method, path }) => method === exchange.method && path.test(url.pathname),
  );
  if (operation === undefined) {
    return {
      operation: undefined,
      faults: [`no published operation: ${exchange.method} ${url.pathname}`],
    };
  }
  const result = await validator.validateLiveRequestResponse({
    liveRequest: {
      url: url.href,
      method: exchange.method,
      headers: { "content-type": "application/json" },
      ...bodyOf(exchange.requestBody),
    },
    liveResponse: {
      statusCode: String(exchange.status),
      headers: { ...exchange.headers },
      ...bodyOf(exchange.body),
    },
  });
  const faults = [
    ...unknownQuery(url, operation),
    ...faultsOf("request", result.requestValidationResult, operation),
    ...faultsOf("response", result.responseValidationResult, operation),
  ];
  return { operation: operation.id, faults };
}

function bodyOf(body: unknown): { readonly body?: Record<string, unknown> } {
  return typeof body === "object" && body !== null ? { body: { ...body } } : {};
}

function unknownQuery(url: URL, { query }: Operation): readonly string[] {
  return [...url.searchParams.keys()].flatMap((name) =>
    query.includes(name) ? [] : [`request: unknown query parameter ${name}`],
  );
}

/** Passing takes both: no error found, and the operation that was meant. */
function faultsOf(
  side: "request" | "response",
  result: LiveValidationResult,
  operation: Operation,
): readonly string[] {
  if (result.runtimeException !== undefined) {
    return [`${side}: not validated: ${result.runtimeException.message}`];
  }
  const matched = result.operationInfo.operationId;
  if (matched !== operation.id) return [`${side}: matched ${matched}, not ${operation.id}`];
  const errors = result.errors.flatMap(({ code, message, pathsInPayload }) =>
    (pathsInPayload.length > 0 ? pathsInPayload : [""]).map((at) => `${code} ${message} ${at}`),
  );
  const real = errors.filter((error) => !KNOWN_DEPARTURES.some((known) => known.test(error)));
  if (errors.length === 0 && result.isSuccessful !== true) return [`${side}: not successful`];
  return real.map((error) => `${side}: ${error}`);
}
