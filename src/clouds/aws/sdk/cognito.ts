import {
  CognitoIdentityProviderClient,
  ListUserPoolsCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface CognitoApi {
  readonly userPools: List;
}

const PAGE_SIZE = 60;

export function connect(options: ConnectOptions): CognitoApi {
  const client = new CognitoIdentityProviderClient(clientSettings(options));
  return {
    userPools: async (token, signal) => {
      const command = new ListUserPoolsCommand({ MaxResults: PAGE_SIZE, NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.UserPools, answer.NextToken, (pool) => ({
        id: pool.Id,
        createdAt: pool.CreationDate,
      }));
    },
  };
}
