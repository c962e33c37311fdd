import { DescribeFileSystemsCommand, EFSClient } from "@aws-sdk/client-efs";
import { type ConnectOptions, clientSettings, readTags } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface EfsApi {
  readonly fileSystems: List;
}

const PAGE_SIZE = 100;
const GOING: ReadonlySet<string> = new Set(["deleting", "deleted"]);

export function connect(options: ConnectOptions): EfsApi {
  const client = new EFSClient(clientSettings(options));
  return {
    fileSystems: async (token, signal) => {
      const command = new DescribeFileSystemsCommand({ MaxItems: PAGE_SIZE, Marker: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.FileSystems, answer.NextMarker, (system) =>
        GOING.has(system.LifeCycleState ?? "")
          ? undefined
          : {
              id: system.FileSystemArn,
              tags: readTags(system.Tags),
              createdAt: system.CreationTime,
              owner: system.OwnerId,
            },
      );
    },
  };
}
