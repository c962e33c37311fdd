import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Sandbox, startSandbox } from "../../sandbox/index.ts";
import { startProductHttp } from "./product-http.ts";
import { connectProduct, LAUNCHER, type ProductClient } from "./product-client.ts";

/** AWS tag policies through the product's own doors: the tool, the start-up import, the command line. */
let sandbox: Sandbox;
let dataDir: string;
let product: ProductClient | undefined;

beforeAll(async () => {
  sandbox = await startSandbox({ estate: { seed: 9, resources: 300 } });
});
afterAll(() => sandbox.close());
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "aws-policy-"));
});
afterEach(async () => {
  sandbox.faults.replace([]);
  await product?.client.close();
  product = undefined;
  rmSync(dataDir, { recursive: true, force: true });
});

const Answer = z.record(z.string(), z.unknown());
type Answer = z.output<typeof Answer>;

async function connect(): Promise<ProductClient> {
  product = await connectProduct({ ...sandbox.env, TAG_COMPLIANCE_DATA_DIR: dataDir });
  return product;
}

async function ask(
  { client }: ProductClient,
  tool: string,
  args: Readonly<Record<string, unknown>> = {},
): Promise<Answer> {
  const result = await client.callTool({ name: tool, arguments: args });
  if (result.isError === true) {
    const [text] = z.array(z.object({ text: z.string() })).parse(result.content);
    return Answer.parse(JSON.parse(text?.text ?? ""));
  }
  return Answer.parse(result.structuredContent);
}

const firstPolicyId = (answer: Answer): string =>
  z
    .array(z.object({ id: z.string() }))
    .min(1)
    .parse(answer["policies"])[0]?.id ?? "";

describe("import_aws_tag_policy [P2-AWSPOL-1] [P2-IMPORT-2] [P2-SERVER-6]", () => {
  test("lists when no id is given [P2-AWSPOL-3], imports one by id, and judges by it at once [P2-AWSPOL-4]", async () => {
    const server = await connect();
    expect(await ask(server, "get_tagging_policy")).toMatchObject({ source: "built_in" });
    const list = await ask(server, "import_aws_tag_policy");
    expect(list).toMatchObject({ outcome: "listed", policy_count: expect.any(Number) });
    expect(readdirSync(dataDir)).not.toContain("policies");

    const answer = await ask(server, "import_aws_tag_policy", { policy_id: firstPolicyId(list) });
    expect(answer).toMatchObject({ outcome: "imported", changed: true, in_force: true });
    expect(await ask(server, "get_tagging_policy")).toMatchObject({ source: "file" });
    const again = await ask(server, "import_aws_tag_policy", { policy_id: firstPolicyId(list) });
    expect(again).toMatchObject({ changed: false, in_force: true });
  });

  test("imports what holds for the account", async () => {
    const answer = await ask(await connect(), "import_aws_tag_policy", { policy_id: "effective" });
    expect(answer).toMatchObject({
      outcome: "imported",
      account: expect.stringMatching(/^\d{12}$/),
    });
  });

  test("never replaces a file that people wrote", async () => {
    const server = await connect();
    await ask(server, "import_aws_tag_policy", { policy_id: "effective" });
    const file = join(dataDir, "policies/tagging_policy.json");
    const own = '{ "version": "2.0", "required_tags": [{ "name": "Own" }] }';
    writeFileSync(file, own);
    const refused = await ask(server, "import_aws_tag_policy", { policy_id: "effective" });
    expect(refused).toMatchObject({ code: "invalid_input" });
    expect(readFileSync(file, "utf8")).toBe(own);
  });

  test("names the missing permission [P2-AWSPOL-5] [P2-IMPORT-4] [P2-IMPORT-8]", async () => {
    sandbox.faults.replace([{ kind: "deny", cloud: "aws", service: "organizations" }]);
    const denied = await ask(await connect(), "import_aws_tag_policy");
    expect(denied["code"]).toBe("cloud_denied");
    expect(JSON.stringify(denied)).toContain("organizations:ListPolicies");
  });

  test("an unknown id has its own hint", async () => {
    const unknown = await ask(await connect(), "import_aws_tag_policy", {
      policy_id: "p-00000000",
    });
    expect(unknown).toMatchObject({ code: "not_found", hint: expect.any(String) });
  });
});

describe("automatic import at start-up [P2-DETECT-2] [P2-AUTO-2]", () => {
  test("imports, saves and judges by it; health and the policy tool say so [P2-DETECT-3] [P2-AUTO-3] [P2-AUTO-11]", async () => {
    writeFileSync(
      join(dataDir, "config.yaml"),
      "clouds: { aws: {} }\npolicy: { auto_import_aws_policy: true }\n",
    );
    const policy = await ask(await connect(), "get_tagging_policy");
    expect(policy).toMatchObject({
      source: "file",
      sync: { outcome: "imported", error: null, last_sync_at: expect.any(String) },
    });
    expect(readdirSync(join(dataDir, "policies"))).toEqual(["tagging_policy.json"]);
    const http = await startProductHttp({ ...sandbox.env, TAG_COMPLIANCE_DATA_DIR: dataDir });
    const health: unknown = await (await fetch(`${http.url}/health`)).json();
    await http.stop();
    expect(health).toMatchObject({
      policy: { source: "file", sync: { outcome: "imported", last_sync_at: expect.any(String) } },
    });
  });

  test("falls back to the default policy when AWS denies [P2-DETECT-4] [P2-AUTO-4]", async () => {
    sandbox.faults.replace([{ kind: "deny", cloud: "aws", service: "organizations" }]);
    writeFileSync(
      join(dataDir, "config.yaml"),
      "clouds: { aws: {} }\npolicy: { auto_import_aws_policy: true }\n",
    );
    const policy = await ask(await connect(), "get_tagging_policy");
    expect(policy).toMatchObject({
      source: "built_in",
      required_tags: ["CostCenter", "Owner", "Environment"],
      sync: { outcome: "failed", error: "cloud_denied" },
    });
  });

  test("without a fallback it refuses to judge", async () => {
    sandbox.faults.replace([{ kind: "deny", cloud: "aws", service: "organizations" }]);
    writeFileSync(
      join(dataDir, "config.yaml"),
      "clouds: { aws: {} }\npolicy: { auto_import_aws_policy: true, fallback_to_default: false }\n",
    );
    const refused = await ask(await connect(), "check_tag_compliance", { cloud_provider: "aws" });
    expect(refused["code"]).toBe("cloud_denied");
  });
});

describe("the command line [P1-AWSPOL-1] [P1-AWSPOL-2]", () => {
  const run = (
    args: readonly string[],
    input = "",
  ): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [LAUNCHER, "policy", ...args], {
      encoding: "utf8",
      input,
      env: { PATH: process.env["PATH"] ?? "", TAG_COMPLIANCE_DATA_DIR: dataDir },
    });
  const path = (name: string): string => join(dataDir, name);
  const ROOT = {
    tags: {
      CostCenter: {
        tag_key: { "@@assign": "CostCenter" },
        tag_value: { "@@assign": ["100", "200"] },
        enforced_for: { "@@assign": ["ec2:instance"] },
        report_required_tag_for: { "@@assign": ["s3:bucket"] },
      },
    },
  };
  const ACCOUNT = { tags: { costcenter: { tag_value: { "@@append": ["300"] } } } };

  test("import-aws reads standard input, and what it prints is a valid policy", () => {
    const imported = run(["import-aws", "-"], JSON.stringify(ROOT));
    expect(imported.status).toBe(0);
    writeFileSync(path("policy.json"), imported.stdout);
    expect(run(["validate", path("policy.json")])).toMatchObject({ status: 0 });
    expect(JSON.parse(imported.stdout)).toMatchObject({
      required_tags: [{ name: "CostCenter", applies_to: { aws: ["s3:bucket"] } }],
    });
  });

  test("import-aws never overwrites a file, and refuses what is no tag policy", () => {
    writeFileSync(path("mine.json"), "mine");
    writeFileSync(path("root.json"), JSON.stringify(ROOT));
    expect(run(["import-aws", path("root.json"), "--out", path("mine.json")]).status).toBe(2);
    expect(readFileSync(path("mine.json"), "utf8")).toBe("mine");
    expect(run(["import-aws", "-"], "[1]")).toMatchObject({ status: 2, stdout: "" });
  });

  test("merge-aws prints the effective policy of the levels", () => {
    const merged = run(
      ["merge-aws", "-", "--json"],
      JSON.stringify({ levels: [[ROOT], [], [ACCOUNT]] }),
    );
    expect(merged.status).toBe(0);
    expect(JSON.parse(merged.stdout)).toMatchObject({
      tags: { costcenter: { tag_key: "CostCenter", tag_value: ["100", "200", "300"] } },
    });
  });

  test("export-aws gives back what import-aws read", () => {
    const imported = run(["import-aws", "-"], JSON.stringify(ROOT));
    writeFileSync(path("policy.json"), imported.stdout);
    const exported = run(["export-aws", path("policy.json")]);
    expect(exported.status).toBe(0);
    expect(JSON.parse(exported.stdout)).toEqual(ROOT);
  });

  test("explain says rule by rule, with the line, what would satisfy", () => {
    writeFileSync(
      path("policy.yaml"),
      'version: "2.0"\nrequired_tags:\n  - name: Environment\n    allowed_values: [production]\n',
    );
    const resource = JSON.stringify({
      cloud: "aws",
      resource_type: "ec2:instance",
      resource_id: "arn:aws:ec2:eu-west-1:123456789012:instance/i-1",
      tags: { Environment: "producton" },
    });
    const explained = run(["explain", path("policy.yaml"), "--resource", "-", "--json"], resource);
    expect(explained.status).toBe(0);
    expect(JSON.parse(explained.stdout)).toMatchObject({
      verdict: "non_compliant",
      violations: [{ kind: "value_variant", suggestion: "production", line: expect.any(Number) }],
    });
  });
});

describe("policy what-if", () => {
  test("tells which stored resources change verdict, and reads no cloud", async () => {
    writeFileSync(path("any.yaml"), 'version: "2.0"\nrequired_tags: [{ name: Owner }]\n');
    writeFileSync(
      path("none.yaml"),
      'version: "2.0"\nrequired_tags: [{ name: Nobody-has-this }]\n',
    );
    const environment = {
      ...sandbox.env,
      TAG_COMPLIANCE_DATA_DIR: dataDir,
      TAG_COMPLIANCE_POLICY_FILE: path("any.yaml"),
      PATH: process.env["PATH"] ?? "",
    };
    product = await connectProduct(environment);
    const scanned = await product.check({ cloud_provider: "gcp" });
    const callsBefore = sandbox.calls.count();
    const told = spawnSync(
      process.execPath,
      [LAUNCHER, "policy", "what-if", path("none.yaml"), "--json"],
      { encoding: "utf8", env: environment },
    );
    expect(sandbox.calls.count()).toBe(callsBefore);
    expect(JSON.parse(told.stdout)).toMatchObject({
      resources: scanned.total_resources,
      before: { counts: { compliant: scanned.compliant_resources } },
      after: { counts: { compliant: 0, non_compliant: scanned.total_resources } },
      changedCount: scanned.compliant_resources,
    });
  });

  const path = (name: string): string => join(dataDir, name);
});
