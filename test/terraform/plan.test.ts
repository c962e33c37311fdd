import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { main } from "../../src/cli/main.ts";
import { NATIVE_TYPES } from "../../src/domain/terraform/native-types.ts";
import { readPlan } from "../../src/domain/terraform/plan.ts";
import { isPublished, publishedPath } from "../spec-oracles/published.ts";

const hasTerraform = (process.env["PATH"] ?? "")
  .split(delimiter)
  .some((folder) => existsSync(join(folder, "terraform")));

const Resource = z.object({
  attributes: z.record(z.string(), z.unknown()).optional(),
  block_types: z.record(z.string(), z.unknown()).optional(),
});
const Schema = z.object({ resources: z.record(z.string(), Resource) });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "terraform-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function terraform(...args: string[]): string {
  const { stdout, stderr, status } = spawnSync("terraform", args, {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" },
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

test.skipIf(!hasTerraform)(
  `a plan of Terraform itself is read ${hasTerraform ? "" : "SKIPPED: terraform is not on PATH"}`,
  () => {
    writeFileSync(join(folder, "main.tf"), 'resource "terraform_data" "x" {\n  input = "a"\n}\n');
    terraform("init", "-input=false");
    terraform("plan", "-input=false", "-out=plan.bin");
    const text = terraform("show", "-json", "plan.bin");
    // Its one resource is of a built-in provider, which is none of the three clouds.
    expect(readPlan(text)).toMatchObject({ resources: [], skipped: 1 });
    expect(readPlan(text).terraformVersion).toMatch(/^\d+\.\d+/);
  },
);

describe.skipIf(!isPublished("terraform-schemas"))(
  "the AWS provider's schema (needs ../shared/data/terraform-schemas)",
  () => {
    const types = [...NATIVE_TYPES.keys()].filter((type) => type.startsWith("aws_"));
    const { resources } = Schema.parse(
      isPublished("terraform-schemas")
        ? JSON.parse(
            gunzipSync(
              readFileSync(join(publishedPath("terraform-schemas"), "aws.json.gz")),
            ).toString(),
          )
        : { resources: {} },
    );

    test.each(types)("has %s, and it takes tags where we look for them", (type) => {
      const { attributes, block_types: blocks } = resources[type] ?? {};
      const where =
        type === "aws_autoscaling_group"
          ? blocks?.["tag"]
          : (attributes?.["tags_all"] ?? attributes?.["tags"]);
      expect(where).toBeDefined();
    });
  },
);

describe("check-plan at the command line", () => {
  let printed: string;
  const out = process.stdout.write.bind(process.stdout);

  beforeAll(() => {
    const tagged = (tags: object): object => ({
      actions: ["create"],
      after: { tags, tags_all: tags },
      after_unknown: { tags_all: {} },
    });
    const change = (name: string, tags: object): object => ({
      address: `aws_s3_bucket.${name}`,
      mode: "managed",
      type: "aws_s3_bucket",
      name,
      provider_name: "registry.terraform.io/hashicorp/aws",
      change: tagged(tags),
    });
    writeFileSync(
      join(folder, "plan.json"),
      JSON.stringify({
        format_version: "1.2",
        terraform_version: "1.13.4",
        resource_changes: [change("good", { Owner: "x" }), change("bad", { "Own<er": 'a"&\u{1}' })],
      }),
    );
    writeFileSync(join(folder, "policy.yaml"), 'version: "2.0"\nrequired_tags:\n  - name: Owner\n');
    writeFileSync(
      join(folder, "buckets.tf"),
      'resource "aws_s3_bucket" "good" {\n}\n\nresource "aws_s3_bucket" "bad" {\n}\n',
    );
  });

  async function run(...args: string[]): Promise<{ code: unknown; text: string }> {
    printed = "";
    process.stdout.write = (text: string | Uint8Array): boolean => {
      printed += String(text);
      return true;
    };
    const before = process.exitCode;
    try {
      await main([
        "check-plan",
        join(folder, "plan.json"),
        "--policy",
        join(folder, "policy.yaml"),
        "--source",
        folder,
        ...args,
      ]);
      return { code: process.exitCode, text: printed };
    } finally {
      process.stdout.write = out;
      process.exitCode = before;
    }
  }

  test("tells what breaks the policy, at which line, and exits 1", async () => {
    const { code, text } = await run();
    expect(code).toBe(1);
    expect(text).toMatch(
      /aws_s3_bucket\.bad .*buckets\.tf:4\n {2}error {2}missing required tag: Owner/,
    );
    expect(text).toContain("1 of 2 planned resources comply (50%)");
  });

  test("exits 0 when told to", async () => {
    expect((await run("--fail-on", "never")).code).toBe(0);
  });

  test("writes SARIF with one result per violation and a stable fingerprint", async () => {
    const { text } = await run("--format", "sarif");
    const sarif = JSON.parse(text) as { runs: [{ results: Record<string, unknown>[] }] };
    expect(sarif).toMatchObject({ version: "2.1.0" });
    const [result] = sarif.runs[0].results;
    expect(result).toMatchObject({
      ruleId: "missing_required_tag",
      level: "error",
      partialFingerprints: {
        "resourceRule/v1": "aws_s3_bucket.bad|missing_required_tag|Owner",
      },
    });
    expect(JSON.stringify(result)).toMatch(/buckets\.tf"\},"region":\{"startLine":4\}/);
  });

  test("writes JUnit that an XML parser reads", async () => {
    const { text } = await run("--format", "junit");
    writeFileSync(join(folder, "junit.xml"), text);
    const { status, stderr } = spawnSync(
      "python3",
      [
        "-c",
        "import sys, xml.etree.ElementTree as e; s = e.parse(sys.argv[1]).getroot(); assert s.get('failures') == '1' and len(s.findall('.//failure')) == 1",
        join(folder, "junit.xml"),
      ],
      { encoding: "utf8" },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("writes GitHub's workflow commands", async () => {
    const { text } = await run("--format", "github");
    expect(text).toMatch(
      /^::error file=[^,]*buckets\.tf,line=4,title=aws_s3_bucket\.bad::missing required tag: Owner/m,
    );
  });
});
