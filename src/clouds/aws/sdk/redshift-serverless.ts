import {
  ListNamespacesCommand,
  ListWorkgroupsCommand,
  RedshiftServerlessClient,
} from "@aws-sdk/client-redshift-serverless";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface RedshiftServerlessApi {
  readonly workgroups: List;
  readonly namespaces: List;
}

const PAGE_SIZE = 100;

export function connect(options: ConnectOptions): RedshiftServerlessApi {
  const client = new RedshiftServerlessClient(clientSettings(options));
  return {
    workgroups: async (token, signal) => {
      const command = new ListWorkgroupsCommand({ maxResults: PAGE_SIZE, nextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.workgroups, answer.nextToken, (group) =>
        group.status === "DELETING"
          ? undefined
          : { id: group.workgroupArn, createdAt: group.creationDate },
      );
    },
    namespaces: async (token, signal) => {
      const command = new ListNamespacesCommand({ maxResults: PAGE_SIZE, nextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.namespaces, answer.nextToken, (space) =>
        space.status === "DELETING"
          ? undefined
          : { id: space.namespaceArn, createdAt: space.creationDate },
      );
    },
  };
}
