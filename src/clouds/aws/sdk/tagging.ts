import {
  GetResourcesCommand,
  type GetResourcesCommandOutput,
  ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import type { TagSet } from "../../../domain/resource.ts";
import { type ConnectOptions, clientSettings, readTags } from "./connect.ts";

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

export function connect(options: ConnectOptions): TaggingApi {
  const client = new ResourceGroupsTaggingAPIClient(clientSettings(options));
  return {
    getResources: async (filters, token, signal, tagsPerPage) => {
      const command = new GetResourcesCommand({
        ResourcesPerPage: PAGE_SIZE,
        PaginationToken: token,
        TagsPerPage: tagsPerPage,
        ...(filters.length === 0 ? {} : { ResourceTypeFilters: [...filters] }),
      });
      const answer = await client.send(command, { abortSignal: signal });
      return readPage(answer);
    },
    getResourcesOf: async (arns, signal) => {
      const command = new GetResourcesCommand({ ResourceARNList: [...arns] });
      return readPage(await client.send(command, { abortSignal: signal }));
    },
  };
}

/** The last page carries an empty token. */
function readPage({
  ResourceTagMappingList = [],
  PaginationToken,
}: GetResourcesCommandOutput): TaggedPage {
  const rows = ResourceTagMappingList.map((row) => ({
    arn: row.ResourceARN ?? "",
    tags: readTags(row.Tags),
  }));
  return { rows, next: PaginationToken || undefined };
}
