import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface SqsApi {
  readonly queues: List;
}

/** Without a page size ListQueues stops at 1000 queues and gives no token (API Reference). */
const PAGE_SIZE = 1000;

export function connect(options: ConnectOptions): SqsApi {
  const client = new SQSClient(clientSettings(options));
  return {
    queues: async (token, signal) => {
      const command = new ListQueuesCommand({ MaxResults: PAGE_SIZE, NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.QueueUrls, answer.NextToken, (url) => ({ id: url.split("/").at(-1) }));
    },
  };
}
