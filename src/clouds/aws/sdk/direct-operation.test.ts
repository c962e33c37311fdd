import { hash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { BedrockClient, ListCustomModelsCommand } from "@aws-sdk/client-bedrock";
import {
  ListNamespacesCommand,
  RedshiftServerlessClient,
} from "@aws-sdk/client-redshift-serverless";
import { ListResourcesCommand, ResourceExplorer2Client } from "@aws-sdk/client-resource-explorer-2";
import {
  GetResourcesCommand,
  ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect as connectBedrock } from "./bedrock.ts";
import type { ConnectOptions } from "./connect.ts";
import { readEnvironment } from "./environment.ts";
import { connect as connectExplorer } from "./explorer.ts";
import { createHttpHandler } from "./http-handler.ts";
import { connect as connectRedshift } from "./redshift-serverless.ts";
import { createRequestSigner } from "./request-signer.ts";
import { connect as connectTagging } from "./tagging.ts";

const region = "eu-west-1";
const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "b", sessionToken: "c" };
const requestHandler = createHttpHandler({
  maxSockets: 4,
  callTimeoutMs: 5000,
  onRequest: () => undefined,
});
const options: ConnectOptions = {
  region,
  credentials: () => Promise.resolve(credentials),
  requestHandler,
  environment: readEnvironment(region),
  signer: () => Promise.resolve(createRequestSigner(credentials)),
};
const signal = new AbortController().signal;
const ours = {
  tagging: connectTagging(options),
  explorer: connectExplorer(options),
  bedrock: connectBedrock(options),
  redshift: connectRedshift(options),
};
const plain = { region, credentials };
const FILTERS = ["ec2:instance", "s3"];
const VIEW = { view: "arn:aws:view/é", filter: "tag:none accountid:1" };

interface Ask {
  readonly ours: () => Promise<unknown>;
  readonly theirs: () => Promise<unknown>;
}
/** The same question by us and by a client of the SDK as it comes. */
const ASKS: Readonly<Record<string, Ask>> = {
  "the first page of the tagging API": {
    ours: () => ours.tagging.getResources([], undefined, signal),
    theirs: () =>
      new ResourceGroupsTaggingAPIClient(plain).send(
        new GetResourcesCommand({ ResourcesPerPage: 100 }),
      ),
  },
  "a page of some types": {
    ours: () => ours.tagging.getResources(FILTERS, "täken", signal, 200),
    theirs: () =>
      new ResourceGroupsTaggingAPIClient(plain).send(
        new GetResourcesCommand({
          ResourcesPerPage: 100,
          PaginationToken: "täken",
          TagsPerPage: 200,
          ResourceTypeFilters: FILTERS,
        }),
      ),
  },
  "a page of the index": {
    ours: () => ours.explorer.listResources(VIEW, "t", signal),
    theirs: () =>
      new ResourceExplorer2Client(plain).send(
        new ListResourcesCommand({
          ViewArn: VIEW.view,
          Filters: { FilterString: VIEW.filter },
          MaxResults: 999,
          NextToken: "t",
        }),
      ),
  },
  "a list by GET": {
    ours: () => ours.bedrock.customModels("a/b+c d", signal),
    theirs: () =>
      new BedrockClient(plain).send(
        new ListCustomModelsCommand({ maxResults: 1000, nextToken: "a/b+c d" }),
      ),
  },
  "a list without a token": {
    ours: () => ours.redshift.namespaces(undefined, signal),
    theirs: () =>
      new RedshiftServerlessClient(plain).send(new ListNamespacesCommand({ maxResults: 100 })),
  },
};

let server: Server;
let restore: string | undefined;
let seen: unknown;
beforeAll(async () => {
  server = createServer((request, response) => {
    void answer(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  restore = process.env["AWS_ENDPOINT_URL"];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of a server that listens on TCP
  const { port } = server.address() as AddressInfo;
  process.env["AWS_ENDPOINT_URL"] = `http://127.0.0.1:${port}`;
});
afterAll(async () => {
  if (restore === undefined) delete process.env["AWS_ENDPOINT_URL"];
  else process.env["AWS_ENDPOINT_URL"] = restore;
  requestHandler.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  seen = await describeRequest(request);
  response.end('{"ResourceTagMappingList":[],"Resources":[]}');
}

/** All of it but what is of this moment, of this connection, the signature over both, and the order of members. */
async function describeRequest(request: IncomingMessage): Promise<unknown> {
  const { method, url, headers } = request;
  const {
    authorization = "",
    connection: _connection,
    "x-amz-date": _date,
    "amz-sdk-invocation-id": id,
    "amz-sdk-request": _attempts,
    "user-agent": agent = "",
    "x-amz-user-agent": _agent,
    "x-amz-content-sha256": digest,
    ...rest
  } = headers;
  const body = await text(request);
  const [credential, names] = authorization.split(", ");
  return {
    method,
    url,
    ...rest,
    scope: credential?.replace(/\d{8}/, ""),
    names,
    isNamed: typeof id === "string",
    agent: agent.split(" ")[0],
    isWhole: digest === hash("sha256", body),
    body: body === "" ? "" : (JSON.parse(body) as unknown),
  };
}

describe("operations past the SDK's middleware", () => {
  test.each(Object.entries(ASKS))("%s is asked as the SDK asks it", async (_, ask) => {
    await ask.theirs();
    const theirs = seen;
    for (const time of ["the request is made", "it is made like the one before"]) {
      seen = undefined;
      await ask.ours();
      expect({ time, seen }).toEqual({ time, seen: theirs });
    }
  });
});
