import {
  GetDatabasesCommand,
  GlueClient,
  ListCrawlersCommand,
  ListJobsCommand,
} from "@aws-sdk/client-glue";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface GlueApi {
  readonly jobs: List;
  readonly crawlers: List;
  /** Of the account's own catalog, where no catalog is named. */
  readonly databases: List;
}

const PAGE_SIZE = 1000;
const MOST_DATABASES = 100;

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
    databases: async (token, signal) => {
      const command = new GetDatabasesCommand({ MaxResults: MOST_DATABASES, NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.DatabaseList, answer.NextToken, (database) => ({
        id: database.Name,
        createdAt: database.CreateTime,
        owner: database.CatalogId,
      }));
    },
  };
}
