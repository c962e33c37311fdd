import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { readInventory, silent } from "../../../test/moto/read-inventory.ts";
import { setEnvironment } from "../../../test/moto/server.ts";
import { createAwsProvider } from "./provider.ts";
import { NATIVE_TYPES } from "./resource-types.ts";

/** Types that no double we have can list: their answers are written by hand from the API references. */
interface Answers {
  readonly type: string;
  /** By operation (`x-amz-target`) or `METHOD path`; the second answer of a list is its next page. */
  readonly wire: Readonly<Record<string, readonly object[]>>;
  readonly expected: Readonly<Record<string, readonly (readonly [string, string])[]>>;
}

const arn = (service: string, rest: string): string =>
  `arn:aws:${service}:eu-west-1:123456789012:${rest}`;
const ACCELERATOR = "arn:aws:globalaccelerator::123456789012:accelerator/x1";
const time = "2026-01-02T03:04:05Z";
const tagsPath = (of: string): string => `GET /tags/${encodeURIComponent(of)}`;

const CASES: readonly Answers[] = [
  {
    type: "bedrock:agent",
    wire: {
      "POST /agents/": [
        { agentSummaries: [{ agentId: "A1", agentStatus: "PREPARED" }], nextToken: "t" },
        { agentSummaries: [{ agentId: "A2", agentStatus: "DELETING" }, { agentId: "A3" }] },
      ],
      [tagsPath(arn("bedrock", "agent/A1"))]: [{ tags: { Owner: "a" } }],
      [tagsPath(arn("bedrock", "agent/A3"))]: [{ tags: {} }],
    },
    expected: {
      [arn("bedrock", "agent/A1")]: [["Owner", "a"]],
      [arn("bedrock", "agent/A3")]: [],
    },
  },
  {
    type: "bedrock:agent-alias",
    wire: {
      "POST /agents/": [{ agentSummaries: [{ agentId: "A1" }] }],
      "POST /agents/A1/agentaliases/": [
        {
          agentAliasSummaries: [
            { agentAliasId: "TSTALIASID", createdAt: time },
            { agentAliasId: "L1", createdAt: time },
          ],
        },
      ],
      [tagsPath(arn("bedrock", "agent-alias/A1/L1"))]: [{ tags: { Owner: "a" } }],
    },
    expected: { [arn("bedrock", "agent-alias/A1/L1")]: [["Owner", "a"]] },
  },
  {
    type: "bedrock:knowledge-base",
    wire: {
      "POST /knowledgebases/": [{ knowledgeBaseSummaries: [{ knowledgeBaseId: "K1" }] }],
      [tagsPath(arn("bedrock", "knowledge-base/K1"))]: [{ tags: { Owner: "" } }],
    },
    expected: { [arn("bedrock", "knowledge-base/K1")]: [["Owner", ""]] },
  },
  {
    type: "bedrock:guardrail",
    wire: {
      "GET /guardrails": [
        { guardrails: [{ arn: arn("bedrock", "guardrail/g1"), createdAt: time }], nextToken: "t" },
        { guardrails: [{ arn: arn("bedrock", "guardrail/g2"), createdAt: time }] },
      ],
      "POST /listTagsForResource": [{ tags: [{ key: "Owner", value: "a" }] }, { tags: [] }],
    },
    expected: {
      [arn("bedrock", "guardrail/g1")]: [["Owner", "a"]],
      [arn("bedrock", "guardrail/g2")]: [],
    },
  },
  {
    type: "bedrock:custom-model",
    wire: {
      "GET /custom-models": [
        {
          modelSummaries: [
            { modelArn: arn("bedrock", "custom-model/m1"), creationTime: time },
            // Shared by another account: not ours to tag.
            { modelArn: arn("bedrock", "custom-model/m2"), ownerAccountId: "210987654321" },
          ],
        },
      ],
      "POST /listTagsForResource": [{ tags: [] }],
    },
    expected: { [arn("bedrock", "custom-model/m1")]: [] },
  },
  {
    type: "bedrock:provisioned-model",
    wire: {
      "GET /provisioned-model-throughputs": [
        {
          provisionedModelSummaries: [
            { provisionedModelArn: arn("bedrock", "provisioned-model/p") },
          ],
        },
      ],
      "POST /listTagsForResource": [{ tags: [{ key: "Owner", value: "a" }] }],
    },
    expected: { [arn("bedrock", "provisioned-model/p")]: [["Owner", "a"]] },
  },
  {
    type: "codebuild:project",
    wire: {
      ListProjects: [{ projects: ["p1"], nextToken: "t" }, { projects: ["p2"] }],
      GetResources: [tagged(arn("codebuild", "project/p2"), "Owner", "a")],
    },
    expected: {
      [arn("codebuild", "project/p1")]: [],
      [arn("codebuild", "project/p2")]: [["Owner", "a"]],
    },
  },
  {
    type: "codepipeline:pipeline",
    wire: {
      ListPipelines: [{ pipelines: [{ name: "release" }] }],
      GetResources: [tagged(arn("codepipeline", "release"), "aws:cloudformation:stack-name", "s")],
    },
    expected: { [arn("codepipeline", "release")]: [["aws:cloudformation:stack-name", "s"]] },
  },
  {
    type: "kafka:cluster",
    wire: {
      "GET /api/v2/clusters": [
        {
          clusterInfoList: [
            { clusterArn: arn("kafka", "cluster/c/1"), tags: { Owner: "a" }, creationTime: time },
            { clusterArn: arn("kafka", "cluster/d/2"), state: "DELETING" },
            { clusterArn: arn("kafka", "cluster/e/3") },
          ],
        },
      ],
    },
    expected: {
      [arn("kafka", "cluster/c/1")]: [["Owner", "a"]],
      [arn("kafka", "cluster/e/3")]: [],
    },
  },
  {
    type: "workspaces:workspace",
    wire: {
      DescribeWorkspaces: [
        {
          Workspaces: [
            { WorkspaceId: "ws-1", State: "AVAILABLE" },
            { WorkspaceId: "ws-2", State: "TERMINATED" },
          ],
        },
      ],
      GetResources: [{ ResourceTagMappingList: [], PaginationToken: "" }],
    },
    expected: { [arn("workspaces", "workspace/ws-1")]: [] },
  },
  {
    type: "redshift-serverless:workgroup",
    wire: {
      ListNamespaces: [
        { namespaces: [{ namespaceArn: arn("redshift-serverless", "namespace/n1") }] },
      ],
      ListWorkgroups: [
        {
          workgroups: [{ workgroupArn: arn("redshift-serverless", "workgroup/w1") }],
          nextToken: "t",
        },
        {
          workgroups: [
            { workgroupArn: arn("redshift-serverless", "workgroup/w2"), status: "DELETING" },
          ],
        },
      ],
      GetResources: [tagged(arn("redshift-serverless", "workgroup/w1"), "Owner", "a")],
    },
    expected: { [arn("redshift-serverless", "workgroup/w1")]: [["Owner", "a"]] },
  },
  {
    type: "redshift-serverless:namespace",
    wire: {
      ListNamespaces: [
        { namespaces: [{ namespaceArn: arn("redshift-serverless", "namespace/n1") }] },
      ],
      GetResources: [{ ResourceTagMappingList: [], PaginationToken: "" }],
    },
    expected: { [arn("redshift-serverless", "namespace/n1")]: [] },
  },
  {
    type: "globalaccelerator:accelerator",
    wire: {
      ListAccelerators: [
        { Accelerators: [{ AcceleratorArn: ACCELERATOR, CreatedTime: 1_700_000_000 }] },
      ],
      GetResources: [tagged(ACCELERATOR, "Owner", "a")],
    },
    expected: { [ACCELERATOR]: [["Owner", "a"]] },
  },
  {
    type: "cognito-identity:identitypool",
    wire: {
      ListIdentityPools: [
        { IdentityPools: [{ IdentityPoolId: "eu-west-1:p1", IdentityPoolName: "app" }] },
      ],
      GetResources: [tagged(arn("cognito-identity", "identitypool/eu-west-1:p1"), "Owner", "a")],
    },
    expected: { [arn("cognito-identity", "identitypool/eu-west-1:p1")]: [["Owner", "a"]] },
  },
];

function tagged(ResourceARN: string, Key: string, Value: string): object {
  return {
    ResourceTagMappingList: [{ ResourceARN, Tags: [{ Key, Value }] }],
    PaginationToken: "",
  };
}

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

function operationOf({ headers, method, url }: IncomingMessage): string {
  const target = headers["x-amz-target"];
  if (typeof target === "string") return target.split(".").at(-1) ?? "";
  return `${method} ${new URL(url ?? "/", "http://localhost").pathname}`;
}

const IDENTITY =
  "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/a</Arn><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
const REGIONS =
  "<DescribeRegionsResponse><regionInfo><item><regionName>eu-west-1</regionName><optInStatus>opt-in-not-required</optInStatus></item></regionInfo></DescribeRegionsResponse>";

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Answers each operation with its next page; what has no answer is an operation that does not exist. */
async function serve(wire: Answers["wire"]): Promise<string> {
  const asked = new Map<string, number>();
  const answer = (request: IncomingMessage, body: string): Answer => {
    if (/Action=GetCallerIdentity/.test(body)) return { status: 200, body: IDENTITY };
    if (/Action=DescribeRegions/.test(body)) return { status: 200, body: REGIONS };
    const operation = operationOf(request);
    const at = asked.get(operation) ?? 0;
    asked.set(operation, at + 1);
    const page = wire[operation]?.[at];
    return { status: page === undefined ? 501 : 200, body: JSON.stringify(page ?? {}) };
  };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += String(chunk);
    });
    request.on("end", () => {
      const { status, body: text } = answer(request, body);
      const kind = text.startsWith("<") ? "text/xml" : "application/json";
      response.writeHead(status, { "content-type": kind }).end(text);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

describe("types read from answers written by hand", () => {
  test.each(CASES)("$type", async ({ type, wire, expected }) => {
    cleanups.push(
      setEnvironment({
        AWS_ENDPOINT_URL: await serve(wire),
        AWS_ACCESS_KEY_ID: "a",
        AWS_SECRET_ACCESS_KEY: "b",
        AWS_REGION: "eu-west-1",
        AWS_EC2_METADATA_DISABLED: "true",
      }),
    );
    const aws = createAwsProvider({ logger: silent });
    const facts = NATIVE_TYPES.find((one) => one.facts.id === type)?.facts;
    const regions = [facts?.global === true ? "global" : "eu-west-1"];
    const read = await readInventory(aws, { resourceTypes: [type], regions });
    await aws.close();
    expect(read.cells.map(({ failure }) => failure)).toEqual([undefined]);
    const found = read.resources.map(({ id, tags }) => [
      id,
      tags?.map(({ key, value }) => [key, value]),
    ]);
    expect(Object.fromEntries(found)).toEqual(expected);
    expect(found).toHaveLength(Object.keys(expected).length);
  });
});

describe("the registry of native types", () => {
  test("is every file of types/, at least 60, each with its facts", () => {
    const files = readdirSync(new URL("types/", import.meta.url)).filter(
      (name) => name !== "native-type.ts",
    );
    expect(NATIVE_TYPES).toHaveLength(files.length);
    expect(NATIVE_TYPES.length).toBeGreaterThanOrEqual(60);
    for (const { facts } of NATIVE_TYPES) {
      expect(facts.readActions.length).toBeGreaterThan(0);
      expect(facts.terraform).toMatch(/^aws_[a-z\d_]+$/);
      expect(facts.cloudFormation ?? "AWS::None::None").toMatch(/^AWS::\w+::\w+$/);
    }
  });
});
