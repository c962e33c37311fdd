import { KinesisClient, ListStreamsCommand } from "@aws-sdk/client-kinesis";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface KinesisApi {
  /** The name that a page ends with is the next one's token. */
  readonly streams: List;
}

const PAGE_SIZE = 100;

export function connect(options: ConnectOptions): KinesisApi {
  const client = new KinesisClient(clientSettings(options));
  return {
    streams: async (token, signal) => {
      const command = new ListStreamsCommand({ Limit: PAGE_SIZE, ExclusiveStartStreamName: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(
        answer.StreamNames,
        answer.HasMoreStreams === true ? answer.StreamNames?.at(-1) : undefined,
        (name) => ({ id: name }),
      );
    },
  };
}
