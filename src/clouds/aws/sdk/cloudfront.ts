import { CloudFrontClient, ListDistributionsCommand } from "@aws-sdk/client-cloudfront";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface CloudfrontApi {
  readonly distributions: List;
}

const PAGE_SIZE = 100;

export function connect(options: ConnectOptions): CloudfrontApi {
  const client = new CloudFrontClient(clientSettings(options));
  return {
    distributions: async (token, signal) => {
      const command = new ListDistributionsCommand({ MaxItems: PAGE_SIZE, Marker: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(
        answer.DistributionList?.Items,
        answer.DistributionList?.NextMarker,
        (distribution) => ({ id: distribution.ARN }),
      );
    },
  };
}
