import { FirehoseClient, ListDeliveryStreamsCommand } from "@aws-sdk/client-firehose";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface FirehoseApi {
  /** The name that a page ends with is the next one's token. */
  readonly deliveryStreams: List;
}

const PAGE_SIZE = 1000;

export function connect(options: ConnectOptions): FirehoseApi {
  const client = new FirehoseClient(clientSettings(options));
  return {
    deliveryStreams: async (token, signal) => {
      const command = new ListDeliveryStreamsCommand({
        Limit: PAGE_SIZE,
        ExclusiveStartDeliveryStreamName: token,
      });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(
        answer.DeliveryStreamNames,
        answer.HasMoreDeliveryStreams === true ? answer.DeliveryStreamNames?.at(-1) : undefined,
        (name) => ({ id: name }),
      );
    },
  };
}
