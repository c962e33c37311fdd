import { ListDomainNamesCommand, OpenSearchClient } from "@aws-sdk/client-opensearch";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface OpensearchApi {
  /** All at once: the operation has no pages. */
  readonly domains: List;
}

export function connect(options: ConnectOptions): OpensearchApi {
  const client = new OpenSearchClient(clientSettings(options));
  return {
    domains: async (_, signal) => {
      const command = new ListDomainNamesCommand({});
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.DomainNames, undefined, (domain) => ({ id: domain.DomainName }));
    },
  };
}
