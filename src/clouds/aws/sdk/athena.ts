import { AthenaClient, ListWorkGroupsCommand } from "@aws-sdk/client-athena";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface AthenaApi {
  readonly workGroups: List;
}

const PAGE_SIZE = 50;

export function connect(options: ConnectOptions): AthenaApi {
  const client = new AthenaClient(clientSettings(options));
  return {
    workGroups: async (token, signal) => {
      const command = new ListWorkGroupsCommand({ MaxResults: PAGE_SIZE, NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.WorkGroups, answer.NextToken, (group) => ({
        id: group.Name,
        createdAt: group.CreationTime,
      }));
    },
  };
}
