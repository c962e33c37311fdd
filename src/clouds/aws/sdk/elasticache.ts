import {
  DescribeCacheClustersCommand,
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
} from "@aws-sdk/client-elasticache";
import { linksTo } from "../../../domain/links.ts";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface ElasticacheApi {
  readonly clusters: List;
  readonly replicationGroups: List;
}

const PAGE_SIZE = 100;
const GOING: ReadonlySet<string> = new Set(["deleting", "deleted"]);

export function connect(options: ConnectOptions): ElasticacheApi {
  const client = new ElastiCacheClient(clientSettings(options));
  return {
    clusters: async (token, signal) => {
      const command = new DescribeCacheClustersCommand({ MaxRecords: PAGE_SIZE, Marker: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.CacheClusters, answer.Marker, (cluster) =>
        GOING.has(cluster.CacheClusterStatus ?? "")
          ? undefined
          : {
              id: cluster.ARN,
              createdAt: cluster.CacheClusterCreateTime,
              ...linksTo({
                security_group: cluster.SecurityGroups?.map(
                  ({ SecurityGroupId }) => SecurityGroupId,
                ),
              }),
            },
      );
    },
    replicationGroups: async (token, signal) => {
      const command = new DescribeReplicationGroupsCommand({
        MaxRecords: PAGE_SIZE,
        Marker: token,
      });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.ReplicationGroups, answer.Marker, (group) =>
        GOING.has(group.Status ?? "")
          ? undefined
          : { id: group.ARN, createdAt: group.ReplicationGroupCreateTime },
      );
    },
  };
}
