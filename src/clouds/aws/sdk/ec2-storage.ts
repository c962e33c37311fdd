import {
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import { readTags } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

/** Volumes, and the account's own snapshots and images. */
export interface Ec2StorageLists {
  readonly volumes: List;
  readonly snapshots: List;
  /** Disabled ones too: their snapshots are still paid for. */
  readonly images: List;
}

/** The most that these operations give at once (EC2 API Reference). */
const PAGE_SIZE = 1000;
/** Deleted things stay listed for about an hour. */
const GOING: ReadonlySet<string> = new Set(["deleting", "deleted"]);

export function storageLists(client: EC2Client): Ec2StorageLists {
  return {
    volumes: async (token, signal) => {
      const command = new DescribeVolumesCommand({ MaxResults: PAGE_SIZE, NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.Volumes, answer.NextToken, (volume) =>
        GOING.has(volume.State ?? "")
          ? undefined
          : { id: volume.VolumeId, tags: readTags(volume.Tags), createdAt: volume.CreateTime },
      );
    },
    snapshots: async (token, signal) => {
      const command = new DescribeSnapshotsCommand({
        OwnerIds: ["self"],
        MaxResults: PAGE_SIZE,
        NextToken: token,
      });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.Snapshots, answer.NextToken, (snapshot) => ({
        id: snapshot.SnapshotId,
        tags: readTags(snapshot.Tags),
        createdAt: snapshot.StartTime,
        owner: snapshot.OwnerId,
      }));
    },
    images: async (token, signal) => {
      const command = new DescribeImagesCommand({
        Owners: ["self"],
        IncludeDisabled: true,
        MaxResults: PAGE_SIZE,
        NextToken: token,
      });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.Images, answer.NextToken, (image) =>
        image.State === "deregistered"
          ? undefined
          : {
              id: image.ImageId,
              tags: readTags(image.Tags),
              createdAt: image.CreationDate,
              owner: image.OwnerId,
            },
      );
    },
  };
}
