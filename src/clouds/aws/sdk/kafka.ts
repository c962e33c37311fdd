import { KafkaClient, ListClustersV2Command } from "@aws-sdk/client-kafka";
import { linksTo } from "../../../domain/links.ts";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf, readTagMap } from "./listing.ts";

export interface KafkaApi {
  readonly clusters: List;
}

const PAGE_SIZE = 100;

export function connect(options: ConnectOptions): KafkaApi {
  const client = new KafkaClient(clientSettings(options));
  return {
    clusters: async (token, signal) => {
      const command = new ListClustersV2Command({ MaxResults: PAGE_SIZE, NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.ClusterInfoList, answer.NextToken, (cluster) =>
        cluster.State === "DELETING"
          ? undefined
          : {
              id: cluster.ClusterArn,
              tags: readTagMap(cluster.Tags),
              createdAt: cluster.CreationTime,
              ...linksTo({
                subnet: cluster.Provisioned?.BrokerNodeGroupInfo?.ClientSubnets,
                security_group: cluster.Provisioned?.BrokerNodeGroupInfo?.SecurityGroups,
              }),
            },
      );
    },
  };
}
