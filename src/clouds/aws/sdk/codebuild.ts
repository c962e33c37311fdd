import { CodeBuildClient, ListProjectsCommand } from "@aws-sdk/client-codebuild";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface CodebuildApi {
  readonly projects: List;
}

export function connect(options: ConnectOptions): CodebuildApi {
  const client = new CodeBuildClient(clientSettings(options));
  return {
    projects: async (token, signal) => {
      const command = new ListProjectsCommand({ nextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.projects, answer.nextToken, (name) => ({ id: name }));
    },
  };
}
