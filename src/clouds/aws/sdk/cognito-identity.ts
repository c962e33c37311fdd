import { CognitoIdentityClient, ListIdentityPoolsCommand } from "@aws-sdk/client-cognito-identity";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface CognitoIdentityApi {
  readonly identityPools: List;
}

const PAGE_SIZE = 60;

export function connect(options: ConnectOptions): CognitoIdentityApi {
  const client = new CognitoIdentityClient(clientSettings(options));
  return {
    identityPools: async (token, signal) => {
      const command = new ListIdentityPoolsCommand({ MaxResults: PAGE_SIZE, NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.IdentityPools, answer.NextToken, (pool) => ({
        id: pool.IdentityPoolId,
      }));
    },
  };
}
