import { CodePipelineClient, ListPipelinesCommand } from "@aws-sdk/client-codepipeline";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface CodepipelineApi {
  readonly pipelines: List;
}

const PAGE_SIZE = 1000;

export function connect(options: ConnectOptions): CodepipelineApi {
  const client = new CodePipelineClient(clientSettings(options));
  return {
    pipelines: async (token, signal) => {
      const command = new ListPipelinesCommand({ maxResults: PAGE_SIZE, nextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.pipelines, answer.nextToken, (pipeline) => ({
        id: pipeline.name,
        createdAt: pipeline.created,
      }));
    },
  };
}
