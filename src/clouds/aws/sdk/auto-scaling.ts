import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { linksTo } from "../../../domain/links.ts";
import { type ConnectOptions, clientSettings, readTags } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface AutoScalingApi {
  readonly groups: List;
}

const PAGE_SIZE = 100;

export function connect(options: ConnectOptions): AutoScalingApi {
  const client = new AutoScalingClient(clientSettings(options));
  return {
    groups: async (token, signal) => {
      const command = new DescribeAutoScalingGroupsCommand({
        MaxRecords: PAGE_SIZE,
        NextToken: token,
      });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.AutoScalingGroups, answer.NextToken, (group) =>
        // A status is only there while a group is being deleted.
        group.Status !== undefined
          ? undefined
          : {
              id: group.AutoScalingGroupARN,
              tags: readTags(group.Tags),
              createdAt: group.CreatedTime,
              // Separated by commas, also where there is one.
              ...linksTo({ subnet: group.VPCZoneIdentifier?.split(",") }),
            },
      );
    },
  };
}
