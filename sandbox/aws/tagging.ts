import { z } from "zod";
import type { EstateGroup, EstateResource } from "../estate/types.ts";
import { issuePageToken, readPageToken, sliceOf, takePage } from "./paging.ts";
import { failure, json, type WireError, type WireResult } from "./protocol.ts";
import { operation, readTarget, type AwsCall, type AwsService } from "./service.ts";

/**
 * Resource Groups Tagging API (2017-01-26). It knows what has, or once had, a tag: a resource that
 * never had one is not there, not even when asked for by ARN; one that lost its tags has `Tags: []`.
 */
const invalid = (message: string): WireError => failure("InvalidParameterException", message);

const EXPIRED_PAGE = failure(
  "PaginationTokenExpiredException",
  "The pagination token has expired.",
);

const tagFilter = z.object({
  Key: z.string().min(1).max(128),
  Values: z.array(z.string().max(256)).max(20).optional(),
});

const getResourcesInput = z.object({
  PaginationToken: z.string().max(2048).optional(),
  TagFilters: z.array(tagFilter).max(50).optional(),
  ResourcesPerPage: z.int().min(1).max(100).optional(),
  TagsPerPage: z.int().min(100).max(500).multipleOf(100).optional(),
  ResourceTypeFilters: z.array(z.string().min(1).max(256)).max(100).optional(),
  IncludeComplianceDetails: z.boolean().optional(),
  ExcludeCompliantResources: z.boolean().optional(),
  ResourceARNList: z.array(z.string().min(1).max(1011)).min(1).max(100).optional(),
});
type GetResourcesInput = z.output<typeof getResourcesInput>;

function getResources(input: GetResourcesInput, call: AwsCall): WireResult {
  if (input.ExcludeCompliantResources === true && input.IncludeComplianceDetails !== true)
    return invalid("ExcludeCompliantResources requires IncludeComplianceDetails.");
  return input.ResourceARNList === undefined
    ? listResources(input, call)
    : lookUpResources(input, input.ResourceARNList, call);
}

function listResources(input: GetResourcesInput, call: AwsCall): WireResult {
  const { world, account, region } = call;
  const list = `GetResources ${account} ${region}`;
  const token = input.PaginationToken ?? "";
  const from = token === "" ? undefined : readPageToken(list, token);
  if (token !== "" && from === undefined) return EXPIRED_PAGE;
  const { resources, next } = takePage(world.estate, {
    groups: world.groupsIn(account, region).filter((group) => ofType(group, input)),
    from,
    ...pageSize(input, call),
    sees: (group, index) => world.estate.condition(group, index) !== "never_tagged",
    accepts: (resource) => matchesTags(resource, input),
  });
  // The last page's token is the empty string, not absent.
  const PaginationToken = next === undefined ? "" : issuePageToken(list, next);
  return json({ PaginationToken, ResourceTagMappingList: resources.map(mappingOf) });
}

/** A page is full by number of resources, or by number of tags, where a resource without any counts as one. */
function pageSize(
  { ResourcesPerPage, TagsPerPage }: GetResourcesInput,
  { cutShort }: AwsCall,
): { readonly limit: number; readonly weigh?: (resource: EstateResource) => number } {
  if (cutShort) return { limit: 1 };
  if (TagsPerPage === undefined) return { limit: ResourcesPerPage ?? 50 };
  return { limit: TagsPerPage, weigh: ({ tags }) => Math.max(1, tags.length) };
}

function lookUpResources(
  input: GetResourcesInput,
  arns: readonly string[],
  { world, account, region }: AwsCall,
): WireResult {
  const others = [
    input.PaginationToken,
    input.TagFilters,
    input.ResourcesPerPage,
    input.TagsPerPage,
    input.ResourceTypeFilters,
  ];
  if (others.some((value) => value !== undefined))
    return invalid("ResourceARNList cannot be used with filters or pagination parameters.");
  if (arns.some((arn) => !/^arn:aws[a-z-]*:[^:]+:[^:]*:[^:]*:.+$/.test(arn)))
    return invalid("One or more ARNs in the list are malformed.");
  const found = [...new Set(arns)].flatMap((arn) => world.estate.find("aws", arn) ?? []);
  const visible = found.filter(
    (resource) =>
      resource.account === account &&
      resource.region === region &&
      resource.condition !== "never_tagged",
  );
  return json({ PaginationToken: "", ResourceTagMappingList: visible.map(mappingOf) });
}

function ofType(
  { type }: EstateGroup,
  { ResourceTypeFilters: filters }: GetResourcesInput,
): boolean {
  if (filters === undefined || filters.length === 0) return true;
  // A filter names a service or a service's type; one that names neither finds nothing.
  const [service] = type.split(":");
  return filters.some((filter) => filter === type || filter === service);
}

function matchesTags(
  { tags }: EstateResource,
  { TagFilters: filters = [] }: GetResourcesInput,
): boolean {
  return filters.every(({ Key, Values = [] }) =>
    tags.some(({ key, value }) => key === Key && (Values.length === 0 || Values.includes(value))),
  );
}

function mappingOf({ id, tags }: EstateResource): object {
  return {
    ResourceARN: id,
    Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })),
  };
}

const KEYS_PER_PAGE = 100;

/** Distinct texts over every tag of the account in the Region, sorted. */
function distinct(
  call: AwsCall,
  textOf: (tag: EstateResource["tags"][number]) => string | undefined,
): readonly string[] {
  const { world, account, region } = call;
  const texts = new Set<string>();
  for (const group of world.groupsIn(account, region))
    for (let index = 0; index < group.count; index += 1)
      for (const tag of world.estate.resource(group, index).tags) {
        const text = textOf(tag);
        if (text !== undefined) texts.add(text);
      }
  return [...texts].toSorted();
}

const getTagKeysInput = z.object({ PaginationToken: z.string().max(2048).optional() });
const getTagValuesInput = getTagKeysInput.extend({ Key: z.string().min(1).max(128) });

function pageOfTexts(
  call: AwsCall,
  member: "TagKeys" | "TagValues",
  { token, texts }: { readonly token: string | undefined; readonly texts: readonly string[] },
): WireResult {
  const list = `${call.operation} ${call.account} ${call.region}`;
  const page = sliceOf(texts, { list, token, limit: call.cutShort ? 1 : KEYS_PER_PAGE });
  if (page === undefined) return EXPIRED_PAGE;
  return json({ PaginationToken: page.next ?? "", [member]: page.items });
}

const INVALID = "InvalidParameterException";

export const taggingService: AwsService = {
  protocol: "json",
  global: false,
  lists: new Set(["GetResources", "GetTagKeys", "GetTagValues"]),
  read: (request) => readTarget(request, "ResourceGroupsTaggingAPI_20170126", "PaginationToken"),
  operations: {
    GetResources: operation(getResourcesInput, INVALID, getResources),
    GetTagKeys: operation(getTagKeysInput, INVALID, (input, call) =>
      pageOfTexts(call, "TagKeys", {
        token: input.PaginationToken,
        texts: distinct(call, ({ key }) => key),
      }),
    ),
    GetTagValues: operation(getTagValuesInput, INVALID, (input, call) =>
      pageOfTexts(call, "TagValues", {
        token: input.PaginationToken,
        texts: distinct(call, ({ key, value }) => (key === input.Key ? value : undefined)),
      }),
    ),
  },
  errors: {
    throttle: failure("ThrottledException", "Rate exceeded"),
    deny: failure(
      "AccessDeniedException",
      "The caller is not authorized to perform: tag:GetResources with an explicit deny in a service control policy",
    ),
    expire: failure(
      "ExpiredTokenException",
      "The security token included in the request is expired",
    ),
    expirePage: EXPIRED_PAGE,
    broken: failure("InternalServiceException", "The request processing failed.", 500),
    unknownCredentials: failure(
      "UnrecognizedClientException",
      "The security token included in the request is invalid.",
    ),
  },
};
