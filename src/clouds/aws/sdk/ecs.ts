import {
  ECSClient,
  ListClustersCommand,
  ListServicesCommand,
  ListTaskDefinitionsCommand,
} from "@aws-sdk/client-ecs";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface EcsApi {
  readonly clusters: List;
  servicesOf(clusterArn: string): List;
  /** Active ones: every deregistered revision stays listed for ever. */
  readonly taskDefinitions: List;
}

const PAGE_SIZE = 100;

export function connect(options: ConnectOptions): EcsApi {
  const client = new ECSClient(clientSettings(options));
  return {
    clusters: async (token, signal) => {
      const command = new ListClustersCommand({ maxResults: PAGE_SIZE, nextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.clusterArns, answer.nextToken, (arn) => ({ id: arn }));
    },
    servicesOf: (clusterArn) => async (token, signal) => {
      const command = new ListServicesCommand({
        cluster: clusterArn,
        maxResults: PAGE_SIZE,
        nextToken: token,
      });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.serviceArns, answer.nextToken, (arn) => ({ id: arn }));
    },
    taskDefinitions: async (token, signal) => {
      const command = new ListTaskDefinitionsCommand({
        status: "ACTIVE",
        maxResults: PAGE_SIZE,
        nextToken: token,
      });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.taskDefinitionArns, answer.nextToken, (arn) => ({ id: arn }));
    },
  };
}
