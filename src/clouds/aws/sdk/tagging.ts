import {
  GetResourcesCommand,
  ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { z } from "zod";
import type { TagSet } from "../../../domain/resource.ts";
import type { ConnectOptions } from "./connect.ts";
import { NEXT_TO_WIRE, plainJson } from "./plain-json.ts";
import { perRegion, SIGNING, signedBy } from "./regional-client.ts";

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

const clientOf = perRegion((settings) => new ResourceGroupsTaggingAPIClient(settings));

export function connect(options: ConnectOptions): TaggingApi {
  const client = clientOf(options);
  const send = async (command: GetResourcesCommand, signal: AbortSignal): Promise<TaggedPage> => {
    let answer: unknown;
    const keep = (json: unknown): void => {
      answer = json;
    };
    command.middlewareStack.add(plainJson(keep), NEXT_TO_WIRE);
    command.middlewareStack.add(signedBy(options, "tagging"), SIGNING);
    await client.send(command, { abortSignal: signal });
    return readPage(Answer.parse(answer));
  };
  return {
    getResources: async (filters, token, signal, tagsPerPage) => {
      const command = new GetResourcesCommand({
        ResourcesPerPage: PAGE_SIZE,
        PaginationToken: token,
        TagsPerPage: tagsPerPage,
        ...(filters.length === 0 ? {} : { ResourceTypeFilters: [...filters] }),
      });
      return send(command, signal);
    },
    getResourcesOf: async (arns, signal) => {
      const command = new GetResourcesCommand({ ResourceARNList: [...arns] });
      return send(command, signal);
    },
  };
}

/** A page without its list is no empty page: parsing fails, and so does the read. */
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

/** The last page carries an empty token. */
function readPage({
  ResourceTagMappingList,
  PaginationToken,
}: z.output<typeof Answer>): TaggedPage {
  const rows = ResourceTagMappingList.map(({ ResourceARN, Tags }) => ({
    arn: ResourceARN,
    tags: (Tags ?? []).map(({ Key, Value }) => ({ key: Key, value: Value ?? "" })),
  }));
  return { rows, next: PaginationToken || undefined };
}
