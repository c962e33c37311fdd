import { DescribeKeyCommand, KMSClient, ListKeysCommand } from "@aws-sdk/client-kms";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, type Listed, pageOf } from "./listing.ts";

export interface KmsApi {
  /** Every key of the account, those that AWS manages included: only `key` tells them apart. */
  readonly keys: List;
  /** A key of the customer's own; undefined for AWS's, and for one that waits for its deletion. */
  key(arn: string, signal: AbortSignal): Promise<Listed | undefined>;
}

const PAGE_SIZE = 1000;
const GOING: ReadonlySet<string> = new Set(["PendingDeletion", "PendingReplicaDeletion"]);

export function connect(options: ConnectOptions): KmsApi {
  const client = new KMSClient(clientSettings(options));
  return {
    keys: async (token, signal) => {
      const command = new ListKeysCommand({ Limit: PAGE_SIZE, Marker: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.Keys, answer.NextMarker, (key) => ({ id: key.KeyArn }));
    },
    key: async (arn, signal) => {
      const command = new DescribeKeyCommand({ KeyId: arn });
      const { KeyMetadata } = await client.send(command, { abortSignal: signal });
      const { rows } = pageOf(KeyMetadata === undefined ? [] : [KeyMetadata], undefined, (key) =>
        key.KeyManager === "AWS" || GOING.has(key.KeyState ?? "")
          ? undefined
          : { id: key.Arn, createdAt: key.CreationDate },
      );
      return rows[0];
    },
  };
}
