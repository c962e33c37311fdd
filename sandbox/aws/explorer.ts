import { z } from "zod";
import type { EstateGroup, EstateResource } from "../estate/types.ts";
import { AGGREGATOR_REGION, getIndex, indexesOf, REPORTED_AT } from "./explorer-indexes.ts";
import { SUPPORTED_TYPES } from "./explorer-types.ts";
import { type ExplorerQuery, parseQuery } from "./explorer-query.ts";
import { issuePageToken, readPageToken, takePage } from "./paging.ts";
import { failure, json, type WireError, type WireResult } from "./protocol.ts";
import {
  jsonBody,
  operation,
  tokenIn,
  type AwsCall,
  type AwsService,
  type Operation,
} from "./service.ts";

/**
 * Resource Explorer 2 (2022-07-28). The aggregator index and the only view are in us-east-1: there
 * the management account sees the whole organization, any other account itself.
 */
export interface ExplorerOptions {
  /** `off`: no index, no view anywhere. Default `on`. */
  readonly state?: "on" | "off";
  /** Whether the view shows tags. A view without them says nothing of tags at all. Default true. */
  readonly includesTags?: boolean;
}

const MOST_SEARCH_RESULTS = 1_000;

const INVALID = "ValidationException";
const invalid = (message: string): WireError => failure(INVALID, message);
/** The answer of every call that needs a view and finds none it may use. */
const NO_VIEW = failure("UnauthorizedException", "", 401);

const listInput = z.object({
  Filters: z.object({ FilterString: z.string().max(2048) }).optional(),
  MaxResults: z.int().min(1).max(1000).default(100),
  ViewArn: z.string().max(1000).optional(),
  NextToken: z.string().min(1).max(2048).optional(),
});
const searchInput = z.object({
  QueryString: z.string().max(1280),
  MaxResults: z.int().min(1).max(1000).default(100),
  ViewArn: z.string().max(1000).optional(),
  NextToken: z.string().min(1).max(2048).optional(),
});
const viewInput = z.object({ ViewArn: z.string().min(1).max(1000) });
const indexesInput = z.object({
  Type: z.enum(["LOCAL", "AGGREGATOR"]).optional(),
  Regions: z.array(z.string()).max(20).optional(),
});

interface Explorer {
  readonly on: boolean;
  readonly includesTags: boolean;
  readonly beside: readonly EstateResource[];
}

/** @param beside Untagged resources that it indexes beside those of the estate; a few. */
export function createExplorerService(
  options: ExplorerOptions = {},
  beside: readonly EstateResource[] = [],
): AwsService {
  const { state, includesTags = true } = options;
  const explorer = { on: state !== "off", includesTags, beside };
  const operations: Readonly<Record<string, Operation>> = {
    ListResources: operation(listInput, INVALID, (input, call) => list(explorer, input, call)),
    Search: operation(searchInput, INVALID, (input, call) => search(explorer, input, call)),
    ListViews: (call) => json({ Views: hasView(explorer, call) ? [viewArn(call)] : [] }),
    GetDefaultView: (call) => json(hasView(explorer, call) ? { ViewArn: viewArn(call) } : {}),
    GetView: operation(viewInput, INVALID, (input, call) => getView(explorer, input.ViewArn, call)),
    ListSupportedResourceTypes: () => json({ ResourceTypes: SUPPORTED_TYPES }),
    GetIndex: (call) => getIndex(explorer, call),
    ListIndexes: operation(indexesInput, INVALID, (input, call) => {
      const indexes = explorer.on ? indexesOf(call.world, call.account) : [];
      const { Type, Regions } = input;
      return json({
        Indexes: indexes.filter(
          (index) =>
            (Type === undefined || index.Type === Type) &&
            (Regions === undefined || Regions.includes(index.Region)),
        ),
      });
    }),
  };
  return { protocol: "rest-json", global: false, lists: LISTS, read, operations, errors: ERRORS };
}

const LISTS: ReadonlySet<string> = new Set(["ListResources", "Search"]);

const read: AwsService["read"] = (request) => {
  if (request.method !== "POST") return undefined;
  const input = jsonBody(request);
  const laterPage = tokenIn(input, "NextToken") !== "";
  return { operation: request.url.pathname.slice(1), input, laterPage };
};

function hasView({ on }: Explorer, { region }: AwsCall): boolean {
  return on && region === AGGREGATOR_REGION;
}

function viewArn({ account, region }: AwsCall): string {
  return `arn:aws:resource-explorer-2:${region}:${account}:view/all-resources/11111111-2222-4333-8444-555555555555`;
}

/** The groups that the view named (or the default view) shows; undefined where the caller has no such view. */
function seenThrough(
  explorer: Explorer,
  asked: string | undefined,
  call: AwsCall,
): readonly EstateGroup[] | undefined {
  const { world, account } = call;
  if (!hasView(explorer, call) || (asked !== undefined && asked !== viewArn(call)))
    return undefined;
  return account === world.managementAccount ? world.groups : world.groupsOf(account);
}

function list(explorer: Explorer, input: z.output<typeof listInput>, call: AwsCall): WireResult {
  const groups = seenThrough(explorer, input.ViewArn, call);
  if (groups === undefined) return NO_VIEW;
  const filter = input.Filters?.FilterString ?? "";
  const query = parseQuery(filter, { freeText: false });
  if (query === undefined) return invalid("FilterString must contain only supported filters.");
  const limit = input.MaxResults;
  const found = pageOf(call, { groups, query, limit, token: input.NextToken, filter });
  if (found === undefined) return ERRORS.expirePage;
  const resources =
    found.next === undefined
      ? [...found.resources, ...besideOf(explorer, query, call)]
      : found.resources;
  return json({
    Resources: resources.map((resource) => listed(explorer, resource)),
    // Documented: a request for the full 1,000 never gets a token to go on with.
    ...(found.next === undefined || limit === 1000 ? {} : { NextToken: found.next }),
    ViewArn: viewArn(call),
  });
}

/** What is planted beside the estate ends the last page, which it may make longer than was asked for. */
function besideOf(
  { beside }: Explorer,
  query: ExplorerQuery,
  { account, world }: AwsCall,
): readonly EstateResource[] {
  return beside.filter(
    (resource) =>
      (account === world.managementAccount || account === resource.account) &&
      query.seesGroup({ ...resource, ordinal: -1, count: 1 }) &&
      query.seesCondition(resource.condition) &&
      query.seesResource(resource),
  );
}

function search(
  explorer: Explorer,
  input: z.output<typeof searchInput>,
  call: AwsCall,
): WireResult {
  const groups = seenThrough(explorer, input.ViewArn, call);
  if (groups === undefined) return NO_VIEW;
  const filter = input.QueryString;
  const query = parseQuery(filter, { freeText: true });
  if (query === undefined) return invalid("The query string is not valid.");
  // A query finds 1,000 resources at most, however many there are.
  const all = pageOf(call, { groups, query, limit: MOST_SEARCH_RESULTS, token: undefined, filter });
  const from = input.NextToken === undefined ? 0 : searchOffset(call, filter, input.NextToken);
  if (all === undefined || from === undefined) return ERRORS.expirePage;
  const until = from + (call.cutShort ? 1 : input.MaxResults);
  const next = issuePageToken(listName(call, filter), { ordinal: 0, index: until });
  return json({
    Count: { Complete: all.next === undefined, TotalResources: all.resources.length },
    Resources: all.resources.slice(from, until).map((resource) => listed(explorer, resource)),
    ...(until < all.resources.length ? { NextToken: next } : {}),
    ViewArn: viewArn(call),
  });
}

function searchOffset(call: AwsCall, filter: string, token: string): number | undefined {
  return readPageToken(listName(call, filter), token)?.index;
}

function listName({ operation: name, account, region }: AwsCall, filter: string): string {
  return `${name} ${account} ${region} ${filter}`;
}

interface Wanted {
  readonly groups: readonly EstateGroup[];
  readonly query: ExplorerQuery;
  readonly limit: number;
  readonly token: string | undefined;
  readonly filter: string;
}

function pageOf(
  call: AwsCall,
  { groups, query, limit, token, filter }: Wanted,
):
  | { readonly resources: readonly EstateResource[]; readonly next: string | undefined }
  | undefined {
  const name = listName(call, filter);
  const from = token === undefined ? undefined : readPageToken(name, token);
  if (token !== undefined && from === undefined) return undefined;
  const page = takePage(call.world.estate, {
    groups,
    seesGroup: query.seesGroup,
    from,
    limit: call.cutShort && call.operation === "ListResources" ? 1 : limit,
    sees: (group, index) => query.seesCondition(call.world.estate.condition(group, index)),
    accepts: query.seesResource,
  });
  return {
    resources: page.resources,
    next: page.next === undefined ? undefined : issuePageToken(name, page.next),
  };
}

function listed({ includesTags }: Explorer, resource: EstateResource): object {
  const { id, account, region, type, tags } = resource;
  const data = tags.map(({ key, value }) => ({ Key: key, Value: value }));
  return {
    Arn: id,
    OwningAccountId: account,
    Region: region,
    ResourceType: type,
    Service: type.split(":")[0],
    LastReportedAt: REPORTED_AT,
    Properties:
      includesTags && data.length > 0
        ? [{ Name: "tags", LastReportedAt: REPORTED_AT, Data: data }]
        : [],
  };
}

function getView(explorer: Explorer, asked: string, call: AwsCall): WireResult {
  if (!hasView(explorer, call) || asked !== viewArn(call)) return NO_VIEW;
  const { account, world } = call;
  const scope =
    account === world.managementAccount
      ? `arn:aws:organizations::${account}:organization/o-sandboxorg1`
      : `arn:aws:iam::${account}:root`;
  return json({
    View: {
      ViewArn: asked,
      Owner: account,
      Scope: scope,
      LastUpdatedAt: REPORTED_AT,
      Filters: { FilterString: "" },
      IncludedProperties: explorer.includesTags ? [{ Name: "tags" }] : [],
    },
    Tags: {},
  });
}

const ERRORS: AwsService["errors"] = {
  throttle: failure("ThrottlingException", "Rate exceeded", 429),
  deny: failure(
    "AccessDeniedException",
    "The caller is not authorized to perform: resource-explorer-2:Search",
    403,
  ),
  expire: failure(
    "ExpiredTokenException",
    "The security token included in the request is expired",
    403,
  ),
  expirePage: failure(INVALID, "The NextToken is not valid or has expired."),
  broken: failure("InternalServerException", "Internal server error", 500),
  unknownCredentials: failure(
    "UnrecognizedClientException",
    "The security token included in the request is invalid.",
    403,
  ),
};
