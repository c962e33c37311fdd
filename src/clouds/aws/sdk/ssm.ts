import { DescribeParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface SsmApi {
  /** The account's own; those shared by others are listed only when asked for. */
  readonly parameters: List;
}

const PAGE_SIZE = 50;

export function connect(options: ConnectOptions): SsmApi {
  const client = new SSMClient(clientSettings(options));
  return {
    parameters: async (token, signal) => {
      const command = new DescribeParametersCommand({ MaxResults: PAGE_SIZE, NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.Parameters, answer.NextToken, (parameter) => ({ id: parameter.Name }));
    },
  };
}
