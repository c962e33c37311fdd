import { ListBrokersCommand, MqClient } from "@aws-sdk/client-mq";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface MqApi {
  readonly brokers: List;
}

const PAGE_SIZE = 100;

export function connect(options: ConnectOptions): MqApi {
  const client = new MqClient(clientSettings(options));
  return {
    brokers: async (token, signal) => {
      const command = new ListBrokersCommand({ MaxResults: PAGE_SIZE, NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.BrokerSummaries, answer.NextToken, (broker) =>
        broker.BrokerState === "DELETION_IN_PROGRESS"
          ? undefined
          : { id: broker.BrokerArn, createdAt: broker.Created },
      );
    },
  };
}
