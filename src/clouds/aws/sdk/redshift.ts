import { DescribeClustersCommand, RedshiftClient } from "@aws-sdk/client-redshift";
import { linksTo } from "../../../domain/links.ts";
import { type ConnectOptions, clientSettings, readTags } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface RedshiftApi {
  readonly clusters: List;
}

const PAGE_SIZE = 100;

export function connect(options: ConnectOptions): RedshiftApi {
  const client = new RedshiftClient(clientSettings(options));
  return {
    clusters: async (token, signal) => {
      const command = new DescribeClustersCommand({ MaxRecords: PAGE_SIZE, Marker: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.Clusters, answer.Marker, (cluster) =>
        cluster.ClusterStatus === "deleting"
          ? undefined
          : {
              id: cluster.ClusterIdentifier,
              tags: readTags(cluster.Tags),
              createdAt: cluster.ClusterCreateTime,
              ...linksTo({
                network: cluster.VpcId,
                security_group: cluster.VpcSecurityGroups?.map((group) => group.VpcSecurityGroupId),
              }),
            },
      );
    },
  };
}
