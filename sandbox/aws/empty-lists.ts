import { failure, json, type Protocol, xml } from "./protocol.ts";
import type { AwsService, Intent, ServiceErrors } from "./service.ts";

/** Errors as most services spell them. */
export const COMMON_ERRORS: ServiceErrors = {
  throttle: failure("ThrottlingException", "Rate exceeded", 429),
  deny: failure("AccessDeniedException", "User is not authorized to perform this action.", 403),
  expire: failure(
    "ExpiredTokenException",
    "The security token included in the request is expired",
    403,
  ),
  expirePage: failure("InvalidRequestException", "The nextToken is not valid."),
  broken: failure("InternalServerException", "An internal error occurred.", 500),
  unknownCredentials: failure(
    "UnrecognizedClientException",
    "The security token included in the request is invalid.",
    403,
  ),
};

interface EmptyLists {
  readonly protocol: Extract<Protocol, "json" | "rest-json" | "query">;
  /** Operations that list; by the path of their request in REST. */
  readonly lists: Readonly<Record<string, string>>;
}

/** Services that exist, of which the estate has nothing, by the name that signs their requests. */
const EMPTY: Readonly<Record<string, EmptyLists>> = {
  autoscaling: { protocol: "query", lists: { DescribeAutoScalingGroups: "" } },
  bedrock: {
    protocol: "rest-json",
    lists: {
      ListCustomModels: "/custom-models",
      ListGuardrails: "/guardrails",
      ListProvisionedModelThroughputs: "/provisioned-model-throughputs",
    },
  },
  events: { protocol: "json", lists: { ListEventBuses: "" } },
  firehose: { protocol: "json", lists: { ListDeliveryStreams: "" } },
  kafka: { protocol: "rest-json", lists: { ListClustersV2: "/api/v2/clusters" } },
  kinesis: { protocol: "json", lists: { ListStreams: "" } },
  mq: { protocol: "rest-json", lists: { ListBrokers: "/v1/brokers" } },
  workspaces: { protocol: "json", lists: { DescribeWorkspaces: "" } },
};

/** Their lists, each of which is empty: in every protocol an absent list is an empty one. */
export const emptyServices: Readonly<Record<string, AwsService>> = Object.fromEntries(
  Object.entries(EMPTY).map(([name, lists]) => [name, emptyService(lists)]),
);

function emptyService({ protocol, lists }: EmptyLists): AwsService {
  const names = Object.keys(lists);
  return {
    protocol,
    global: false,
    lists: new Set(names),
    read: (request) => {
      const named = (operation: string | undefined): Intent | undefined =>
        operation === undefined ? undefined : { operation, input: {}, laterPage: false };
      if (protocol === "query")
        return named(new URLSearchParams(request.body).get("Action") ?? undefined);
      if (protocol === "rest-json")
        return named(names.find((name) => lists[name] === request.url.pathname));
      return named(String(request.headers["x-amz-target"]).split(".").at(-1));
    },
    operations: Object.fromEntries(
      names.map((name) => [
        name,
        () =>
          protocol === "query"
            ? xml(`<${name}Response><${name}Result></${name}Result></${name}Response>`)
            : json({}),
      ]),
    ),
    errors: COMMON_ERRORS,
  };
}
