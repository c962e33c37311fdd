import {
  ListNamespacesCommand,
  type ListNamespacesCommandInput,
  ListWorkgroupsCommand,
  RedshiftServerlessClient,
} from "@aws-sdk/client-redshift-serverless";
import { z } from "zod";
import { linksTo } from "../../../domain/links.ts";
import type { ConnectOptions } from "./connect.ts";
import { directOperation } from "./direct-operation.ts";
import { type List, pageOf } from "./listing.ts";
import { perRegion, signing } from "./regional-client.ts";

export interface RedshiftServerlessApi {
  readonly workgroups: List;
  readonly namespaces: List;
}

const PAGE_SIZE = 100;

/** Resource Explorer does not support its types: a scan asks it in every account and Region. */
const inRegion = perRegion((settings) => {
  const client = new RedshiftServerlessClient(settings);
  const listNamespaces = directOperation<ListNamespacesCommandInput>(
    client.config,
    (input, prepare) => client.send(prepare(new ListNamespacesCommand(input))),
  );
  return { client, listNamespaces };
});

export function connect(options: ConnectOptions): RedshiftServerlessApi {
  const { client, listNamespaces } = inRegion(options);
  const sender = { ...options, service: "redshift-serverless" };
  const signed = signing(sender);
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
      const input = { maxResults: PAGE_SIZE, nextToken: token };
      const answer = Namespaces.parse(await listNamespaces(input, sender, signal));
      return pageOf(answer.namespaces, answer.nextToken, (space) =>
        space.status === "DELETING"
          ? undefined
          : { id: space.namespaceArn, createdAt: space.creationDate },
      );
    },
  };
}

// On the wire times are ISO 8601 (Amazon Redshift Serverless API Reference).
const Namespaces = z.object({
  nextToken: z.string().optional(),
  namespaces: z
    .array(
      z.object({
        namespaceArn: z.string(),
        status: z.string().optional(),
        creationDate: z.string().optional(),
      }),
    )
    .optional(),
});
