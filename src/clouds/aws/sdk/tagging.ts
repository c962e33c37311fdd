import {
  GetResourcesCommand,
  ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import type { TagSet } from "../../../domain/resource.ts";
import { type ConnectOptions, clientSettings, readTags } from "./connect.ts";

export interface TaggedRow {
  readonly arn: string;
  readonly tags: TagSet;
}

export interface TaggingApi {
  /** Resources of one Region that carry a tag or once did. `filters` empty: of every type. */
  getResources(
    filters: readonly string[],
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly rows: readonly TaggedRow[]; readonly next: string | undefined }>;
}

/** The most that GetResources gives at once (Resource Groups Tagging API Reference). */
const PAGE_SIZE = 100;

export function connect(options: ConnectOptions): TaggingApi {
  const client = new ResourceGroupsTaggingAPIClient(clientSettings(options));
  return {
    getResources: async (filters, token, signal) => {
      const command = new GetResourcesCommand({
        ResourcesPerPage: PAGE_SIZE,
        PaginationToken: token,
        ...(filters.length === 0 ? {} : { ResourceTypeFilters: [...filters] }),
      });
      const answer = await client.send(command, { abortSignal: signal });
      const rows = (answer.ResourceTagMappingList ?? []).map((row) => ({
        arn: row.ResourceARN ?? "",
        tags: readTags(row.Tags),
      }));
      // The last page carries an empty token.
      return { rows, next: answer.PaginationToken || undefined };
    },
  };
}
