import { ApiGatewayV2Client, GetApisCommand } from "@aws-sdk/client-apigatewayv2";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf, readTagMap } from "./listing.ts";

export interface ApiGatewayV2Api {
  readonly apis: List;
}

/** A text: the API takes no number here. */
const PAGE_SIZE = "100";

export function connect(options: ConnectOptions): ApiGatewayV2Api {
  const client = new ApiGatewayV2Client(clientSettings(options));
  return {
    apis: async (token, signal) => {
      const command = new GetApisCommand({ MaxResults: PAGE_SIZE, NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.Items, answer.NextToken, (api) => ({
        id: api.ApiId,
        tags: readTagMap(api.Tags),
        createdAt: api.CreatedDate,
      }));
    },
  };
}
