import { ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface SnsApi {
  readonly topics: List;
}

export function connect(options: ConnectOptions): SnsApi {
  const client = new SNSClient(clientSettings(options));
  return {
    topics: async (token, signal) => {
      const command = new ListTopicsCommand({ NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.Topics, answer.NextToken, (topic) => ({ id: topic.TopicArn }));
    },
  };
}
