import {
  CloudControlClient,
  GetResourceCommand,
  ListResourcesCommand,
  type ResourceDescription,
} from "@aws-sdk/client-cloudcontrol";
import { z } from "zod";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import type { Page } from "./listing.ts";

/** A resource as its type's CloudFormation handlers describe it. */
export interface DescribedResource {
  /** Its primary identifier: of several properties, their values joined by `|`. */
  readonly identifier: string;
  /** What the handler gave; a list may give no more than the identifier's own properties. */
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface CloudControlApi {
  list(
    typeName: string,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<Page<DescribedResource>>;
  get(typeName: string, identifier: string, signal: AbortSignal): Promise<DescribedResource>;
}

export function connect(options: ConnectOptions): CloudControlApi {
  const client = new CloudControlClient(clientSettings(options));
  return {
    list: async (typeName, token, signal) => {
      // `MaxResults` is reserved (API Reference): the service decides how much a page holds.
      const command = new ListResourcesCommand({ TypeName: typeName, NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      const rows = (answer.ResourceDescriptions ?? []).map(described);
      return { rows, next: answer.NextToken || undefined };
    },
    get: async (typeName, identifier, signal) => {
      const command = new GetResourceCommand({ TypeName: typeName, Identifier: identifier });
      const answer = await client.send(command, { abortSignal: signal });
      return described(answer.ResourceDescription ?? {});
    },
  };
}

const Properties = z.record(z.string(), z.unknown());

function described({ Identifier, Properties: text }: ResourceDescription): DescribedResource {
  const properties: unknown = text === undefined || text === "" ? {} : JSON.parse(text);
  return { identifier: Identifier ?? "", properties: Properties.parse(properties) };
}
