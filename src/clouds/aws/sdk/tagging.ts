import {
  GetResourcesCommand,
  type GetResourcesCommandInput,
  ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { z } from "zod";
import type { TagSet } from "../../../domain/resource.ts";
import type { ConnectOptions } from "./connect.ts";
import { directOperation } from "./direct-operation.ts";
import { perRegion } from "./regional-client.ts";

export interface TaggedRow {
  readonly arn: string;
  readonly tags: TagSet;
}

export interface TaggedPage {
  readonly rows: readonly TaggedRow[];
  readonly next: string | undefined;
}

export interface TaggingApi {
  /** Resources of one Region that carry a tag or once did. `filters` empty: of every type. */
  getResources(
    filters: readonly string[],
    token: string | undefined,
    signal: AbortSignal,
    tagsPerPage?: number,
  ): Promise<TaggedPage>;
  /** Those of up to 100 ARNs that carry a tag or once did. */
  getResourcesOf(arns: readonly string[], signal: AbortSignal): Promise<TaggedPage>;
}

/** The most that GetResources gives at once (Resource Groups Tagging API Reference). */
const PAGE_SIZE = 100;

const getResourcesIn = perRegion((settings) => {
  const client = new ResourceGroupsTaggingAPIClient(settings);
  return directOperation<GetResourcesCommandInput>(client.config, (input, prepare) =>
    client.send(prepare(new GetResourcesCommand(input))),
  );
});

export function connect(options: ConnectOptions): TaggingApi {
  const getResources = getResourcesIn(options);
  const sender = { ...options, service: "tagging" };
  const ask = async (input: GetResourcesCommandInput, signal: AbortSignal): Promise<TaggedPage> =>
    readPage(await getResources(input, sender, signal));
  return {
    getResources: (filters, token, signal, tagsPerPage) =>
      ask(
        {
          ResourcesPerPage: PAGE_SIZE,
          PaginationToken: token,
          TagsPerPage: tagsPerPage,
          ...(filters.length === 0 ? {} : { ResourceTypeFilters: [...filters] }),
        },
        signal,
      ),
    getResourcesOf: (arns, signal) => ask({ ResourceARNList: [...arns] }, signal),
  };
}

/** An answer as the API Reference describes it. */
const Answer = z.object({
  PaginationToken: z.string().nullish(),
  ResourceTagMappingList: z.array(
    z.object({
      ResourceARN: z.string(),
      // An empty value is written as null by some endpoints.
      Tags: z.array(z.object({ Key: z.string(), Value: z.string().nullish() })).nullish(),
    }),
  ),
});
type Answer = z.output<typeof Answer>;

/**
 * The last page carries an empty token.
 * @throws {Error} when it is no such answer: a page without its list is no empty page.
 */
function readPage(answer: unknown): TaggedPage {
  const { ResourceTagMappingList, PaginationToken } = isAnswer(answer)
    ? answer
    : Answer.parse(answer);
  const rows = ResourceTagMappingList.map(({ ResourceARN, Tags }) => ({
    arn: ResourceARN,
    tags: (Tags ?? []).map(({ Key, Value }) => ({ key: Key, value: Value ?? "" })),
  }));
  return { rows, next: PaginationToken || undefined };
}

/** What `Answer` says, in a third of the time: it would make a copy of every tag of every resource. */
function isAnswer(answer: unknown): answer is Answer {
  return (
    isObject(answer) &&
    isOptionalText(answer["PaginationToken"]) &&
    isArrayOf(answer["ResourceTagMappingList"], isMapping)
  );
}

function isMapping(mapping: unknown): boolean {
  if (!isObject(mapping) || typeof mapping["ResourceARN"] !== "string") return false;
  const { Tags } = mapping;
  return Tags === undefined || Tags === null || isArrayOf(Tags, isTag);
}

function isTag(tag: unknown): boolean {
  return isObject(tag) && typeof tag["Key"] === "string" && isOptionalText(tag["Value"]);
}

function isArrayOf(value: unknown, isMember: (member: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isMember);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isOptionalText(value: unknown): boolean {
  return typeof value === "string" || value === undefined || value === null;
}
