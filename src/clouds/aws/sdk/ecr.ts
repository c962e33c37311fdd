import { DescribeRepositoriesCommand, ECRClient } from "@aws-sdk/client-ecr";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface EcrApi {
  readonly repositories: List;
}

const PAGE_SIZE = 1000;

export function connect(options: ConnectOptions): EcrApi {
  const client = new ECRClient(clientSettings(options));
  return {
    repositories: async (token, signal) => {
      const command = new DescribeRepositoriesCommand({ maxResults: PAGE_SIZE, nextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.repositories, answer.nextToken, (repository) => ({
        id: repository.repositoryArn,
        createdAt: repository.createdAt,
      }));
    },
  };
}
