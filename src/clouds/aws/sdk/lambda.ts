import { LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { linksTo } from "../../../domain/links.ts";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface LambdaApi {
  readonly functions: List;
}

/** The most that ListFunctions gives, whatever is asked for. */
const PAGE_SIZE = 50;

export function connect(options: ConnectOptions): LambdaApi {
  const client = new LambdaClient(clientSettings(options));
  return {
    functions: async (token, signal) => {
      const command = new ListFunctionsCommand({ MaxItems: PAGE_SIZE, Marker: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.Functions, answer.NextMarker, (fn) => ({
        id: fn.FunctionArn,
        ...linksTo({
          network: fn.VpcConfig?.VpcId,
          subnet: fn.VpcConfig?.SubnetIds,
          security_group: fn.VpcConfig?.SecurityGroupIds,
        }),
      }));
    },
  };
}
