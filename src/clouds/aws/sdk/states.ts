import { ListStateMachinesCommand, SFNClient } from "@aws-sdk/client-sfn";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface StatesApi {
  readonly stateMachines: List;
}

const PAGE_SIZE = 1000;

export function connect(options: ConnectOptions): StatesApi {
  const client = new SFNClient(clientSettings(options));
  return {
    stateMachines: async (token, signal) => {
      const command = new ListStateMachinesCommand({ maxResults: PAGE_SIZE, nextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.stateMachines, answer.nextToken, (machine) => ({
        id: machine.stateMachineArn,
        createdAt: machine.creationDate,
      }));
    },
  };
}
