import {
  DescribeInstancesCommand,
  DescribeRegionsCommand,
  EC2Client,
  type Instance,
} from "@aws-sdk/client-ec2";
import { type Link, linksTo } from "../../../domain/links.ts";
import type { TagSet } from "../../../domain/resource.ts";
import { type ConnectOptions, clientSettings, readTags } from "./connect.ts";
import { type Ec2GatewayLists, gatewayLists } from "./ec2-gateways.ts";
import { type Ec2StorageLists, storageLists } from "./ec2-storage.ts";
import { type Ec2VpcLists, vpcLists } from "./ec2-vpc.ts";

export interface Region {
  readonly name: string;
  /** False for an opt-in Region that the account has not enabled. */
  readonly enabled: boolean;
}

export interface InstanceRow {
  readonly id: string;
  readonly owner: string;
  /** `pending`, `running`, `shutting-down`, `stopping`, `stopped`, `terminated`. */
  readonly state: string;
  readonly tags: TagSet;
  /** ISO 8601 UTC. */
  readonly createdAt: string | null;
  /** Those of its primary network interface; an instance that is being terminated has none. */
  readonly links?: readonly Link[];
}

export interface Ec2Api extends Ec2GatewayLists, Ec2StorageLists, Ec2VpcLists {
  describeRegions(signal: AbortSignal): Promise<readonly Region[]>;
  describeInstances(
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly instances: readonly InstanceRow[]; readonly next: string | undefined }>;
}

/** The most that DescribeInstances gives at once (EC2 API Reference). */
const PAGE_SIZE = 1000;

export function connect(options: ConnectOptions): Ec2Api {
  const client = new EC2Client(clientSettings(options));
  return {
    ...gatewayLists(client),
    ...storageLists(client),
    ...vpcLists(client),
    describeRegions: async (signal) => {
      const answer = await client.send(new DescribeRegionsCommand({ AllRegions: true }), {
        abortSignal: signal,
      });
      return (answer.Regions ?? []).map((region) => ({
        name: region.RegionName ?? "",
        enabled: region.OptInStatus !== "not-opted-in",
      }));
    },
    describeInstances: async (token, signal) => {
      const command = new DescribeInstancesCommand({ MaxResults: PAGE_SIZE, NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      const instances = (answer.Reservations ?? []).flatMap(({ OwnerId, Instances }) =>
        (Instances ?? []).map((instance) => readInstance(instance, OwnerId ?? "")),
      );
      return { instances, next: answer.NextToken || undefined };
    },
  };
}

function readInstance(instance: Instance, owner: string): InstanceRow {
  return {
    id: instance.InstanceId ?? "",
    owner,
    state: instance.State?.Name ?? "",
    tags: readTags(instance.Tags),
    createdAt: createdAt(instance),
    ...linksTo({
      network: instance.VpcId,
      subnet: instance.SubnetId,
      security_group: instance.SecurityGroups?.map(({ GroupId }) => GroupId),
    }),
  };
}

/**
 * EC2 does not tell when an instance was made: `LaunchTime` moves at every start. Its first network
 * interface and root volume were attached then, so the earliest of the three is the best bound.
 */
function createdAt(instance: Instance): string | null {
  const times = [
    instance.LaunchTime,
    ...(instance.NetworkInterfaces ?? []).map((card) => card.Attachment?.AttachTime),
    ...(instance.BlockDeviceMappings ?? []).map((device) => device.Ebs?.AttachTime),
  ].flatMap((time) => (time === undefined ? [] : [time.getTime()]));
  return times.length === 0 ? null : new Date(Math.min(...times)).toISOString();
}
