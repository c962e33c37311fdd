import {
  DescribeNodegroupCommand,
  EKSClient,
  ListClustersCommand,
  ListNodegroupsCommand,
} from "@aws-sdk/client-eks";
import { linksTo } from "../../../domain/links.ts";
import type { ConnectOptions } from "./connect.ts";
import { type List, type Listed, pageOf, readTagMap } from "./listing.ts";
import { perRegion, signing } from "./regional-client.ts";

export interface EksApi {
  /** Names. */
  readonly clusters: List;
  /** Names of one cluster's node groups. */
  nodegroupsOf(cluster: string): List;
  /** ARN and tags of a node group; undefined while it is being deleted. */
  nodegroup(cluster: string, name: string, signal: AbortSignal): Promise<Listed | undefined>;
}

const PAGE_SIZE = 100;

/** Without an index a scan asks it in every account and Region. */
const clientOf = perRegion((settings) => new EKSClient(settings));

export function connect(options: ConnectOptions): EksApi {
  const client = clientOf(options);
  const signed = signing({ ...options, service: "eks" });
  return {
    clusters: async (token, signal) => {
      const command = new ListClustersCommand({ maxResults: PAGE_SIZE, nextToken: token });
      const answer = await client.send(signed(command), { abortSignal: signal });
      return pageOf(answer.clusters, answer.nextToken, (name) => ({ id: name }));
    },
    nodegroupsOf: (cluster) => async (token, signal) => {
      const command = new ListNodegroupsCommand({
        clusterName: cluster,
        maxResults: PAGE_SIZE,
        nextToken: token,
      });
      const answer = await client.send(signed(command), { abortSignal: signal });
      return pageOf(answer.nodegroups, answer.nextToken, (name) => ({ id: name }));
    },
    nodegroup: async (cluster, name, signal) => {
      const command = new DescribeNodegroupCommand({ clusterName: cluster, nodegroupName: name });
      const { nodegroup } = await client.send(signed(command), { abortSignal: signal });
      const { rows } = pageOf(nodegroup === undefined ? [] : [nodegroup], undefined, (group) =>
        group.status === "DELETING"
          ? undefined
          : {
              id: group.nodegroupArn,
              tags: readTagMap(group.tags),
              createdAt: group.createdAt,
              ...linksTo({ subnet: group.subnets }),
            },
      );
      return rows[0];
    },
  };
}
