import {
  GetResourcesCommand,
  type GetResourcesCommandInput,
  ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import type { TagSet } from "../../../domain/resource.ts";
import type { ConnectOptions } from "./connect.ts";
import { directOperation } from "./direct-operation.ts";
import { perRegion } from "./regional-client.ts";
import { Answer, isAnswer } from "./tagging-answer.ts";

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
