import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { linksTo } from "../../../domain/links.ts";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface ElbV2Api {
  /** The list cannot be asked for one kind: each kind reads all of them. */
  loadBalancers(kind: "application" | "network" | "gateway"): List;
  readonly targetGroups: List;
}

const PAGE_SIZE = 400;

export function connect(options: ConnectOptions): ElbV2Api {
  const client = new ElasticLoadBalancingV2Client(clientSettings(options));
  return {
    loadBalancers: (kind) => async (token, signal) => {
      const command = new DescribeLoadBalancersCommand({ PageSize: PAGE_SIZE, Marker: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.LoadBalancers, answer.NextMarker, (balancer) =>
        balancer.Type === kind
          ? {
              id: balancer.LoadBalancerArn,
              createdAt: balancer.CreatedTime,
              ...linksTo({
                network: balancer.VpcId,
                subnet: balancer.AvailabilityZones?.map(({ SubnetId }) => SubnetId),
                security_group: balancer.SecurityGroups,
              }),
            }
          : undefined,
      );
    },
    targetGroups: async (token, signal) => {
      const command = new DescribeTargetGroupsCommand({ PageSize: PAGE_SIZE, Marker: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.TargetGroups, answer.NextMarker, (group) => ({
        id: group.TargetGroupArn,
        ...linksTo({ network: group.VpcId }),
      }));
    },
  };
}
