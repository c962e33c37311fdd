import {
  ListNamespacesCommand,
  ListWorkgroupsCommand,
  RedshiftServerlessClient,
} from "@aws-sdk/client-redshift-serverless";
import { linksTo } from "../../../domain/links.ts";
import type { ConnectOptions } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";
import { perRegion, signAs } from "./regional-client.ts";

export interface RedshiftServerlessApi {
  readonly workgroups: List;
  readonly namespaces: List;
}

const PAGE_SIZE = 100;

/** Resource Explorer does not support its types: a scan asks it in every account and Region. */
const clientOf = perRegion((settings) => new RedshiftServerlessClient(settings));

export function connect(options: ConnectOptions): RedshiftServerlessApi {
  const client = clientOf(options);
  const signed = signAs(options, "redshift-serverless");
  return {
    workgroups: async (token, signal) => {
      const command = new ListWorkgroupsCommand({ maxResults: PAGE_SIZE, nextToken: token });
      const answer = await client.send(signed(command), { abortSignal: signal });
      return pageOf(answer.workgroups, answer.nextToken, (group) =>
        group.status === "DELETING"
          ? undefined
          : {
              id: group.workgroupArn,
              createdAt: group.creationDate,
              ...linksTo({ subnet: group.subnetIds, security_group: group.securityGroupIds }),
            },
      );
    },
    namespaces: async (token, signal) => {
      const command = new ListNamespacesCommand({ maxResults: PAGE_SIZE, nextToken: token });
      const answer = await client.send(signed(command), { abortSignal: signal });
      return pageOf(answer.namespaces, answer.nextToken, (space) =>
        space.status === "DELETING"
          ? undefined
          : { id: space.namespaceArn, createdAt: space.creationDate },
      );
    },
  };
}
