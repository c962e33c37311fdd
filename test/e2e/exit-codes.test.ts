import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { EXIT } from "../../src/cli/failure.ts";
import { createProgram, main } from "../../src/cli/main.ts";
import { type SandboxedApplication, startSandboxed } from "./application.ts";

/** The exit code of every command, in this process, on simulated clouds. */
let product: SandboxedApplication;
let folder: string;
beforeAll(async () => {
  product = await startSandboxed({ estate: { seed: 5, resources: 300 } });
  folder = mkdtempSync(join(tmpdir(), "exit-codes-"));
  file("plan.json", JSON.stringify(plan("Nobody")));
  file("good-plan.json", JSON.stringify(plan("Sales")));
  file(
    "policy.yaml",
    "version: '2.0'\nrequired_tags:\n  - name: CostCenter\n    allowed_values: [Sales]\n",
  );
  file("broken.yaml", "version: '2.0'\nrequired_tags:\n  - nme: Owner\n");
  file("resource.json", JSON.stringify(RESOURCE));
  file("aws.json", JSON.stringify({ tags: { cc: { tag_key: { "@@assign": "CC" } } } }));
  file(
    "levels.json",
    JSON.stringify({ levels: [[{ tags: { cc: { tag_key: { "@@assign": "CC" } } } }]] }),
  );
  file("azure.json", "[]");
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  await main(["scan", "--store-snapshot"]);
  await main(["scan"]);
}, 60_000);
afterAll(async () => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  rmSync(folder, { recursive: true });
  await product.close();
});
beforeEach(() => product.sandbox.faults.replace([]));

const RESOURCE = {
  cloud: "aws",
  account: "1",
  region: "x",
  type: "ec2:instance",
  id: "i",
  tags: {},
};
const plan = (costCenter: string): unknown => ({
  format_version: "1.2",
  terraform_version: "1.9.0",
  resource_changes: [
    {
      address: "aws_sqs_queue.q",
      mode: "managed",
      type: "aws_sqs_queue",
      name: "q",
      provider_name: "registry.terraform.io/hashicorp/aws",
      change: {
        actions: ["create"],
        after: { tags_all: { CostCenter: costCenter }, tags: { CostCenter: costCenter } },
        after_unknown: {},
      },
    },
  ],
});

function file(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

/** `@name` stands for a file of this test. */
async function exitOf(line: string): Promise<unknown> {
  process.exitCode = undefined;
  await main(
    line.split(" ").map((part) => (part.startsWith("@") ? join(folder, part.slice(1)) : part)),
  );
  // A command that sets none ends with 0.
  const exit = process.exitCode ?? EXIT.ok;
  process.exitCode = undefined;
  return exit;
}

/** Of an account that is not configured: whether it is there is not known. */
const OUT_OF_REACH = "arn:aws:sqs:eu-west-1:125986004926:no-such-queue";

/** Each command with what makes it end so, all clouds answering. */
const CASES: readonly (readonly [line: string, exit: number])[] = [
  ["--help", EXIT.ok],
  ["--version", EXIT.ok],
  ["no-such-command", EXIT.usage],
  ["check", EXIT.ok],
  ["check --fail-on error", EXIT.violations],
  ["check --limit many", EXIT.usage],
  ["check --cloud ibm", EXIT.usage],
  ["scan --cloud gcp", EXIT.ok],
  ["scan --cloud gcp --fail-on warning", EXIT.violations],
  ["scan --max-age 5", EXIT.usage],
  ["untagged", EXIT.ok],
  ["untagged --category lost", EXIT.usage],
  ["accounts", EXIT.ok],
  ["accounts --rank-by size", EXIT.usage],
  ["consistency", EXIT.ok],
  ["consistency --kind none", EXIT.usage],
  ["validate", EXIT.usage],
  ["validate not-an-id", EXIT.violations],
  ["suggest", EXIT.usage],
  [`suggest for ${OUT_OF_REACH}`, EXIT.incomplete],
  ["suggest backtest", EXIT.ok],
  ["report", EXIT.ok],
  ["report --format pdf", EXIT.usage],
  ["export", EXIT.ok],
  ["export --columns none", EXIT.usage],
  ["gap --cloud aws", EXIT.ok],
  ["gap --dry-run", EXIT.ok],
  ["gap --period tomorrow", EXIT.usage],
  ["cost import @none.csv", EXIT.usage],
  ["history", EXIT.ok],
  ["history --by hour", EXIT.usage],
  ["drift --since 2000-01-01", EXIT.ok],
  ["drift --since once", EXIT.usage],
  ["snapshot", EXIT.ok],
  ["policy show", EXIT.ok],
  ["policy validate @policy.yaml", EXIT.ok],
  ["policy validate @broken.yaml", EXIT.usage],
  ["policy explain @policy.yaml --resource @resource.json", EXIT.ok],
  ["policy explain @policy.yaml", EXIT.usage],
  ["policy what-if @policy.yaml", EXIT.ok],
  ["policy what-if @none.yaml", EXIT.usage],
  ["policy import-aws @aws.json", EXIT.ok],
  ["policy import-aws @none.json", EXIT.usage],
  ["policy merge-aws @levels.json", EXIT.ok],
  ["policy export-aws @policy.yaml", EXIT.ok],
  ["policy import-azure @azure.json", EXIT.usage],
  ["check-plan @good-plan.json --policy @policy.yaml", EXIT.ok],
  ["check-plan @plan.json --policy @policy.yaml", EXIT.violations],
  ["check-plan @plan.json --policy @policy.yaml --fail-on never", EXIT.ok],
  ["check-plan @policy.yaml", EXIT.usage],
  ["serve --http --port 99999", EXIT.usage],
  ["doctor ibm", EXIT.usage],
  ["doctor gcp", EXIT.ok],
  ["config show", EXIT.ok],
  ["--config @none.yaml config check", EXIT.usage],
  ["config check", EXIT.ok],
  ["db migrate", EXIT.ok],
  ["db backup @backup.db", EXIT.ok],
  ["db copy", EXIT.usage],
  ["audit verify", EXIT.ok],
  ["audit export", EXIT.ok],
  ["audit export --from never", EXIT.usage],
];

describe("exit codes", () => {
  test.each(CASES)("%s exits %i", async (line, exit) => {
    expect(await exitOf(line)).toBe(exit);
  });

  test.each([
    "scan",
    "check --refresh",
    "untagged --refresh",
    "accounts --refresh",
    "consistency --refresh",
    "report --refresh",
    "export --refresh",
    "snapshot",
    "doctor gcp",
  ])("%s exits 3 when a cloud refuses to be read", async (line) => {
    product.sandbox.faults.replace([{ kind: "deny", cloud: "gcp", service: "cloudasset" }]);
    expect(await exitOf(line)).toBe(EXIT.incomplete);
  });

  test("what was found is certain: violations win over what could not be read", async () => {
    product.sandbox.faults.replace([{ kind: "deny", cloud: "gcp", service: "cloudasset" }]);
    expect(await exitOf("scan --fail-on error")).toBe(EXIT.violations);
  });

  test("a database that cannot be opened exits 4", async () => {
    file(
      "blocked.yaml",
      JSON.stringify({ storage: { data_dir: join(folder, "plan.json", "data") } }),
    );
    vi.stubEnv("TAG_COMPLIANCE_DATA_DIR", "");
    expect(await exitOf("--config @blocked.yaml db migrate")).toBe(EXIT.failure);
    vi.unstubAllEnvs();
  });

  test("single resources that are there", async () => {
    const { violations } = await product.check({ refresh: false });
    const id = violations[0]?.resourceId ?? "";
    expect(await exitOf(`suggest ${id}`)).toBe(EXIT.ok);
    expect(await exitOf(`validate ${id}`)).toBe(EXIT.violations);
  });

  test("no command is left out", () => {
    const tried = CASES.map(([line]) => line.replace(/^--config \S+ /, ""));
    const names = leaves(createProgram()).filter((name) => !["demo", "sandbox"].includes(name));
    const untried = names.filter(
      (name) => !tried.some((line) => `${line} `.startsWith(`${name} `)),
    );
    expect(untried).toEqual([]);
  });
});

/** Commands without commands below them, by their whole name. */
function leaves(command: Command, path = ""): readonly string[] {
  return command.commands.flatMap((child) => {
    const name = `${path}${child.name()}`;
    return child.commands.length === 0 ? [name] : leaves(child, `${name} `);
  });
}
