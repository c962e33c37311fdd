import {
  ConfigServiceClient,
  type ConfigurationRecorder,
  DescribeConfigurationAggregatorSourcesStatusCommand,
  DescribeConfigurationRecordersCommand,
  DescribeConfigurationRecorderStatusCommand,
  ResourceType,
  SelectAggregateResourceConfigCommand,
} from "@aws-sdk/client-config-service";
import { z } from "zod";
import type { TagSet } from "../../../domain/resource.ts";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import type { Page } from "./listing.ts";

/** How up to date the aggregator is with one source. */
export interface SourceStatus {
  /** An account id, or the id of the organization. */
  readonly source: string;
  readonly ofOrganization: boolean;
  /** Empty where the status is of every Region. */
  readonly region: string;
  readonly succeeded: boolean;
}

/** What the customer's own recorder of one account and Region records. */
export interface Recorder {
  readonly name: string;
  records(resourceType: string): boolean;
}

/** A configuration item, as an advanced query gives it. */
export interface ConfigRow {
  /** Empty where Config has none for the type. */
  readonly arn: string;
  readonly id: string;
  readonly region: string;
  readonly type: string;
  readonly tags: TagSet;
  /** ISO 8601 UTC; null where Config does not say. */
  readonly createdAt: string | null;
}

export interface ConfigApi {
  sourcesStatus(
    aggregator: string,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<Page<SourceStatus>>;
  recorders(signal: AbortSignal): Promise<readonly Recorder[]>;
  /** Names of recorders that run and whose last delivery of items succeeded. */
  workingRecorders(signal: AbortSignal): Promise<ReadonlySet<string>>;
  select(
    query: { readonly aggregator: string; readonly expression: string },
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<Page<ConfigRow>>;
}

/** The most that SelectAggregateResourceConfig gives at once (API Reference); 25 if not asked for. */
const PAGE_SIZE = 100;

export function connect(options: ConnectOptions): ConfigApi {
  const client = new ConfigServiceClient(clientSettings(options));
  return {
    sourcesStatus: async (aggregator, token, signal) => {
      const command = new DescribeConfigurationAggregatorSourcesStatusCommand({
        ConfigurationAggregatorName: aggregator,
        Limit: PAGE_SIZE,
        NextToken: token,
      });
      const answer = await client.send(command, { abortSignal: signal });
      const rows = (answer.AggregatedSourceStatusList ?? []).map((status) => ({
        source: status.SourceId ?? "",
        ofOrganization: status.SourceType === "ORGANIZATION",
        region: status.AwsRegion ?? "",
        succeeded: status.LastUpdateStatus === "SUCCEEDED",
      }));
      return { rows, next: answer.NextToken || undefined };
    },
    recorders: async (signal) => {
      const command = new DescribeConfigurationRecordersCommand({});
      const answer = await client.send(command, { abortSignal: signal });
      return (answer.ConfigurationRecorders ?? []).filter(isCustomers).map((recorder) => ({
        name: recorder.name ?? "",
        records: recordedBy(recorder),
      }));
    },
    workingRecorders: async (signal) => {
      const command = new DescribeConfigurationRecorderStatusCommand({});
      const answer = await client.send(command, { abortSignal: signal });
      const working = (answer.ConfigurationRecordersStatus ?? []).filter(
        // Documented as `Success`, answered as `SUCCESS`.
        ({ recording, lastStatus }) => recording === true && /^success$/i.test(lastStatus ?? ""),
      );
      return new Set(working.map(({ name }) => name ?? ""));
    },
    select: async ({ aggregator, expression }, token, signal) => {
      const command = new SelectAggregateResourceConfigCommand({
        ConfigurationAggregatorName: aggregator,
        Expression: expression,
        Limit: PAGE_SIZE,
        NextToken: token,
      });
      const answer = await client.send(command, { abortSignal: signal });
      const rows = (answer.Results ?? []).map((text) => rowOf(Item.parse(JSON.parse(text))));
      return { rows, next: answer.NextToken || undefined };
    },
  };
}

/** Recorders that services make for themselves are not aggregated. */
function isCustomers({ servicePrincipal }: ConfigurationRecorder): boolean {
  return servicePrincipal === undefined || servicePrincipal === "";
}

const SUPPORTED: ReadonlySet<string> = new Set(Object.values(ResourceType));

/** API Reference, `RecordingGroup`: everything, everything but some types, or some types only. */
function recordedBy({ recordingGroup }: ConfigurationRecorder): (type: string) => boolean {
  const named = new Set<string>(recordingGroup?.resourceTypes);
  const excluded = new Set<string>(recordingGroup?.exclusionByResourceTypes?.resourceTypes);
  const strategy = recordingGroup?.recordingStrategy?.useOnly;
  if (strategy === "EXCLUSION_BY_RESOURCE_TYPES")
    return (type) => SUPPORTED.has(type) && !excluded.has(type);
  const all = recordingGroup?.allSupported === true || strategy === "ALL_SUPPORTED_RESOURCE_TYPES";
  return (type) => (all ? SUPPORTED.has(type) : named.has(type));
}

const Item = z.object({
  arn: z.string().nullish(),
  resourceId: z.string(),
  awsRegion: z.string(),
  resourceType: z.string(),
  resourceCreationTime: z.string().nullish(),
  tags: z.array(z.object({ key: z.string(), value: z.string().nullish() })).nullish(),
});

function rowOf(item: z.output<typeof Item>): ConfigRow {
  const created = Date.parse(item.resourceCreationTime ?? "");
  return {
    arn: item.arn ?? "",
    id: item.resourceId,
    region: item.awsRegion,
    type: item.resourceType,
    tags: (item.tags ?? []).map(({ key, value }) => ({ key, value: value ?? "" })),
    createdAt: Number.isNaN(created) ? null : new Date(created).toISOString(),
  };
}
