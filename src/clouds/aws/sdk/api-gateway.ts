import { APIGatewayClient, GetRestApisCommand } from "@aws-sdk/client-api-gateway";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf, readTagMap } from "./listing.ts";

export interface ApiGatewayApi {
  readonly restApis: List;
}

const PAGE_SIZE = 500;

export function connect(options: ConnectOptions): ApiGatewayApi {
  const client = new APIGatewayClient(clientSettings(options));
  return {
    restApis: async (token, signal) => {
      const command = new GetRestApisCommand({ limit: PAGE_SIZE, position: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.items, answer.position, (api) => ({
        id: api.id,
        tags: readTagMap(api.tags),
        createdAt: api.createdDate,
      }));
    },
  };
}
