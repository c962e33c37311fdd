import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Sandbox, startSandbox } from "../../sandbox/index.ts";
import { connectProduct, LAUNCHER, type ProductClient } from "./product-client.ts";

/** What a caller gets for a mistake, over MCP from the built product; and that the server survives it. */
const ToolError = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  issues: z.array(z.object({ path: z.string(), message: z.string() })).default([]),
});
type ToolError = z.output<typeof ToolError>;

let sandbox: Sandbox;
let dataDir: string;
let product: ProductClient | undefined;

beforeAll(async () => {
  sandbox = await startSandbox({ estate: { seed: 4, resources: 300 } });
});
afterAll(() => sandbox.close());
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "bad-input-"));
});
afterEach(async () => {
  await product?.client.close();
  product = undefined;
  rmSync(dataDir, { recursive: true, force: true });
});

const file = (name: string, text: string): string => {
  const path = join(dataDir, name);
  writeFileSync(path, text);
  return path;
};

async function connect(environment: Readonly<Record<string, string>>): Promise<ProductClient> {
  product = await connectProduct({
    TAG_COMPLIANCE_DATA_DIR: dataDir,
    HOME: dataDir,
    ...environment,
  });
  return product;
}

async function failure(
  { client }: ProductClient,
  args: Readonly<Record<string, unknown>>,
  tool = "check_tag_compliance",
): Promise<ToolError> {
  const result = await client.callTool({ name: tool, arguments: args });
  expect(result.isError).toBe(true);
  const [text] = z.array(z.object({ text: z.string() })).parse(result.content);
  return ToolError.parse(JSON.parse(text?.text ?? ""));
}

/** Whatever machine this runs on, a cloud's own machine included. */
const NO_CLOUD =
  "clouds: { aws: { enabled: false }, azure: { enabled: false }, gcp: { enabled: false } }";

const CASES: readonly (readonly [string, Record<string, unknown>, Partial<ToolError>])[] = [
  ["an unknown argument", { region: ["eu-west-1"] }, { code: "invalid_input" }],
  ["wrong types, all of them", { regions: "eu-west-1", limit: "x" }, { code: "invalid_input" }],
  [
    "an unknown region",
    { regions: ["eu-wset-1"] },
    { code: "invalid_input", hint: expect.stringContaining("eu-west-1") },
  ],
  [
    "an unknown resource type",
    { resource_types: ["ec2:instnce"] },
    { code: "invalid_input", hint: expect.stringContaining("ec2:instance") },
  ],
  ["an account of no known shape", { accounts: ["12"] }, { code: "invalid_input" }],
  [
    "an account out of reach",
    { cloud_provider: "aws", accounts: ["000000000000"] },
    { code: "invalid_input" },
  ],
  ["a cursor of nobody's", { cursor: "AAAA" }, { code: "cursor_invalid" }],
];

describe("bad arguments", () => {
  test.each(CASES)("%s is one clear error, and the server stays up", async (_, args, expected) => {
    const server = await connect(sandbox.env);
    const error = await failure(server, args);
    expect(error).toMatchObject(expected);
    expect(error.hint ?? "").not.toBe("");
    expect((await server.client.listTools()).tools.length).toBeGreaterThan(0);
  });

  test("every wrong argument is named at once", async () => {
    const error = await failure(await connect(sandbox.env), {
      regions: "eu-west-1",
      limit: "x",
      nonsense: 1,
    });
    expect(error.issues.map(({ path }) => path).toSorted()).toEqual([
      "limit",
      "nonsense",
      "regions",
    ]);
  });
});

describe("surroundings that are not in order", () => {
  test("no cloud at all: says how to get one", async () => {
    file("config.yaml", NO_CLOUD);
    const error = await failure(await connect({ AWS_EC2_METADATA_DISABLED: "true" }), {});
    expect(error).toMatchObject({
      code: "credentials_missing",
      hint: expect.stringMatching(/sign in/i),
    });
  });

  test("a cloud that is named but has no credentials", async () => {
    file("config.yaml", "clouds: { aws: {} }\n");
    const error = await failure(await connect({ AWS_EC2_METADATA_DISABLED: "true" }), {
      cloud_provider: "aws",
    });
    expect(error.code).toBe("credentials_missing");
  });

  test("a broken configuration: every call says so with the lines, until it is mended", async () => {
    const config = file("config.yaml", "clouds:\n  gpc: {}\nhttp: { port: many }\n");
    const server = await connect({ ...sandbox.env, TAG_COMPLIANCE_CONFIG: config });
    const error = await failure(server, { cloud_provider: "gcp" });
    expect(error).toMatchObject({ code: "config_invalid" });
    expect(error.issues).toHaveLength(2);

    writeFileSync(config, "clouds: { gcp: {} }\n");
    const answer = await server.check({ cloud_provider: "gcp" });
    expect(answer.total_resources).toBe(sandbox.estate.truth("gcp").total);
  });

  test("a broken policy: refused with all errors, and never judged by another one", async () => {
    const policy = file("policy.yaml", "version: '2.0'\nrequired_tags:\n  - nme: Owner\n");
    const server = await connect({ ...sandbox.env, TAG_COMPLIANCE_POLICY_FILE: policy });
    expect(await failure(server, {}, "get_tagging_policy")).toMatchObject({
      code: "policy_invalid",
    });
    expect((await failure(server, {})).code).toBe("policy_invalid");

    writeFileSync(policy, "version: '2.0'\nrequired_tags:\n  - name: Owner\n");
    const answer = await server.check({ cloud_provider: "gcp" });
    expect(answer.total_resources).toBe(sandbox.estate.truth("gcp").total);
  });

  test("a data folder that cannot be written", async () => {
    const blocked = file("not-a-folder", "");
    const error = await failure(
      await connect({ ...sandbox.env, TAG_COMPLIANCE_DATA_DIR: join(blocked, "data") }),
      {},
    );
    expect(error.code).toBe("storage_unavailable");
  });
});

describe("the command line", () => {
  const run = (args: readonly string[]): { status: number | null; stderr: string } => {
    const env = {
      PATH: process.env["PATH"] ?? "",
      HOME: dataDir,
      AWS_EC2_METADATA_DISABLED: "true",
    };
    return spawnSync(process.execPath, [LAUNCHER, ...args], { encoding: "utf8", env });
  };

  test.each([
    [["polcy"], 2, /Did you mean policy/],
    [["scan", "--cloud", "ibm"], 2, /--cloud/],
    [["scan", "--limit", "x"], 2, /--limit/],
    [["scan"], 3, /credentials/],
    [["policy", "validate", "/nowhere.yaml"], 2, /cannot be read/],
    [["serve", "--http", "--host", "0.0.0.0"], 2, /loopback/i],
  ])("%j exits %i and says why", (args, status, says) => {
    const result = run(args);
    expect(result.stderr).toMatch(says);
    expect(result.status).toBe(status);
  });
});
