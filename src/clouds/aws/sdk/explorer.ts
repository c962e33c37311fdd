import {
  GetDefaultViewCommand,
  GetViewCommand,
  ListIndexesCommand,
  ListResourcesCommand,
  type ListResourcesCommandInput,
  ListSupportedResourceTypesCommand,
  ResourceExplorer2Client,
} from "@aws-sdk/client-resource-explorer-2";
import { z } from "zod";
import type { TagSet } from "../../../domain/resource.ts";
import type { ConnectOptions } from "./connect.ts";
import { directOperation } from "./direct-operation.ts";
import { perRegion, signing } from "./regional-client.ts";

export interface ExplorerIndex {
  readonly region: string;
  readonly aggregator: boolean;
}

export interface ExplorerView {
  readonly arn: string;
  readonly includesTags: boolean;
  /** Shows resources of more accounts than its owner's: of the organization, or of a unit of it. */
  readonly manyAccounts: boolean;
  /** Empty for a view that leaves nothing out. */
  readonly filter: string;
}

export interface ExplorerRow {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  /** Null when the row says nothing of tags. */
  readonly tags: TagSet | null;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next: string | undefined;
}

export interface ExplorerApi {
  listIndexes(token: string | undefined, signal: AbortSignal): Promise<Page<ExplorerIndex>>;
  /** ARN of the Region's default view; undefined when it has none. */
  getDefaultView(signal: AbortSignal): Promise<string | undefined>;
  getView(arn: string, signal: AbortSignal): Promise<ExplorerView>;
  listSupportedTypes(token: string | undefined, signal: AbortSignal): Promise<Page<string>>;
  listResources(
    query: { readonly view: string; readonly filter: string },
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<Page<ExplorerRow>>;
}

/** With 1000, ListResources gives no token and everything after the first page is lost (API Reference). */
const PAGE_SIZE = 999;

const inRegion = perRegion((settings) => {
  const client = new ResourceExplorer2Client(settings);
  const listResources = directOperation<ListResourcesCommandInput>(
    client.config,
    (input, prepare) => client.send(prepare(new ListResourcesCommand(input))),
  );
  return { client, listResources };
});

export function connect(options: ConnectOptions): ExplorerApi {
  const { client, listResources } = inRegion(options);
  const sender = { ...options, service: "resource-explorer-2" };
  const signed = signing(sender);
  return {
    listIndexes: async (token, signal) => {
      const command = new ListIndexesCommand({ NextToken: token });
      const answer = await client.send(signed(command), { abortSignal: signal });
      const rows = (answer.Indexes ?? []).map((index) => ({
        region: index.Region ?? "",
        aggregator: index.Type === "AGGREGATOR",
      }));
      return { rows, next: answer.NextToken || undefined };
    },
    getDefaultView: async (signal) => {
      const command = new GetDefaultViewCommand({});
      const { ViewArn } = await client.send(signed(command), { abortSignal: signal });
      return ViewArn || undefined;
    },
    getView: async (arn, signal) => {
      const command = new GetViewCommand({ ViewArn: arn });
      const answer = await client.send(signed(command), { abortSignal: signal });
      return {
        arn,
        includesTags: (answer.View?.IncludedProperties ?? []).some(({ Name }) => Name === "tags"),
        manyAccounts: answer.View?.Scope?.includes(":organizations:") ?? false,
        filter: answer.View?.Filters?.FilterString?.trim() ?? "",
      };
    },
    listSupportedTypes: async (token, signal) => {
      const command = new ListSupportedResourceTypesCommand({ NextToken: token, MaxResults: 1000 });
      const answer = await client.send(signed(command), { abortSignal: signal });
      const rows = (answer.ResourceTypes ?? []).map((type) => type.ResourceType ?? "");
      return { rows, next: answer.NextToken || undefined };
    },
    listResources: async ({ view, filter }, token, signal) => {
      const input = {
        ViewArn: view,
        ...(filter === "" ? {} : { Filters: { FilterString: filter } }),
        MaxResults: PAGE_SIZE,
        NextToken: token,
      };
      const page = Answer.parse(await listResources(input, sender, signal));
      const rows = page.Resources.map((row) => ({
        arn: row.Arn,
        account: row.OwningAccountId ?? "",
        region: row.Region ?? "",
        tags: tagsOf(row.Properties),
      }));
      return { rows, next: page.NextToken || undefined };
    },
  };
}

/** A page without its list is no empty page: parsing fails, and so does the read. */
const Answer = z.object({
  NextToken: z.string().nullish(),
  Resources: z.array(
    z.object({
      Arn: z.string(),
      OwningAccountId: z.string().nullish(),
      Region: z.string().nullish(),
      Properties: z.array(z.object({ Name: z.string().nullish(), Data: z.unknown() })).nullish(),
    }),
  ),
});

/** The `tags` property holds a JSON array of `{Key, Value}`; anything else is not read as tags. */
function tagsOf(
  properties: z.output<typeof Answer>["Resources"][number]["Properties"],
): TagSet | null {
  const data = properties?.find(({ Name }) => Name === "tags")?.Data;
  if (!Array.isArray(data)) return null;
  return data.flatMap((tag: unknown) =>
    typeof tag === "object" && tag !== null && "Key" in tag
      ? [{ key: String(tag.Key), value: "Value" in tag ? String(tag.Value) : "" }]
      : [],
  );
}
