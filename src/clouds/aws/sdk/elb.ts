import {
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  ElasticLoadBalancingClient,
} from "@aws-sdk/client-elastic-load-balancing";
import { linksTo } from "../../../domain/links.ts";
import type { TagSet } from "../../../domain/resource.ts";
import { type ConnectOptions, clientSettings, readTags } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface ElbApi {
  /** Names of classic load balancers. */
  readonly loadBalancers: List;
  /** Tags by name, of 20 at most. */
  tagsOf(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TagSet>>;
}

const PAGE_SIZE = 400;

export function connect(options: ConnectOptions): ElbApi {
  const client = new ElasticLoadBalancingClient(clientSettings(options));
  return {
    loadBalancers: async (token, signal) => {
      const command = new DescribeLoadBalancersCommand({ PageSize: PAGE_SIZE, Marker: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.LoadBalancerDescriptions, answer.NextMarker, (balancer) => ({
        id: balancer.LoadBalancerName,
        createdAt: balancer.CreatedTime,
        ...linksTo({
          network: balancer.VPCId,
          subnet: balancer.Subnets,
          security_group: balancer.SecurityGroups,
        }),
      }));
    },
    tagsOf: async (names, signal) => {
      const command = new DescribeTagsCommand({ LoadBalancerNames: [...names] });
      const { TagDescriptions = [] } = await client.send(command, { abortSignal: signal });
      return new Map(
        TagDescriptions.map(({ LoadBalancerName, Tags }) => [
          LoadBalancerName ?? "",
          readTags(Tags),
        ]),
      );
    },
  };
}
