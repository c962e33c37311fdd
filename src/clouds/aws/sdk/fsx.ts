import { DescribeFileSystemsCommand, FSxClient } from "@aws-sdk/client-fsx";
import { linksTo } from "../../../domain/links.ts";
import { type ConnectOptions, clientSettings, readTags } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface FsxApi {
  readonly fileSystems: List;
}

const PAGE_SIZE = 100;

export function connect(options: ConnectOptions): FsxApi {
  const client = new FSxClient(clientSettings(options));
  return {
    fileSystems: async (token, signal) => {
      const command = new DescribeFileSystemsCommand({ MaxResults: PAGE_SIZE, NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.FileSystems, answer.NextToken, (system) =>
        system.Lifecycle === "DELETING"
          ? undefined
          : {
              id: system.ResourceARN,
              tags: readTags(system.Tags),
              createdAt: system.CreationTime,
              ...linksTo({ network: system.VpcId, subnet: system.SubnetIds }),
              owner: system.OwnerId,
            },
      );
    },
  };
}
