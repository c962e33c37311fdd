import { GlueClient, ListCrawlersCommand, ListJobsCommand } from "@aws-sdk/client-glue";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface GlueApi {
  readonly jobs: List;
  readonly crawlers: List;
}

const PAGE_SIZE = 1000;

export function connect(options: ConnectOptions): GlueApi {
  const client = new GlueClient(clientSettings(options));
  return {
    jobs: async (token, signal) => {
      const command = new ListJobsCommand({ MaxResults: PAGE_SIZE, NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.JobNames, answer.NextToken, (name) => ({ id: name }));
    },
    crawlers: async (token, signal) => {
      const command = new ListCrawlersCommand({ MaxResults: PAGE_SIZE, NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.CrawlerNames, answer.NextToken, (name) => ({ id: name }));
    },
  };
}
