import { afterEach, expect, test } from "vitest";
import { startSandbox } from "../../sandbox/index.ts";
import type { FaultRule } from "../../sandbox/faults.ts";
import { silent } from "../../test/moto/read-inventory.ts";
import { setEnvironment } from "../../test/moto/server.ts";
import { createAwsProvider } from "../clouds/aws/provider.ts";
import { createDiagnose } from "./doctor.ts";

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});
const signal = new AbortController().signal;

async function diagnoseSandbox(faults: readonly FaultRule[], roleName?: string) {
  const sandbox = await startSandbox({ estate: { seed: 3, resources: 300 }, faults });
  const provider = createAwsProvider({ logger: silent, roleName });
  cleanups.push(
    () => sandbox.close(),
    setEnvironment(sandbox.env),
    () => provider.close(),
  );
  const diagnosis = await createDiagnose([provider])("aws", signal);
  const state = (permission: string, account?: string): readonly string[] =>
    diagnosis.checks
      .filter(
        (check) => check.permission === permission && check.account === (account ?? check.account),
      )
      .map((check) => check.state);
  const accounts = sandbox.estate.accounts.filter(({ cloud }) => cloud === "aws");
  return { diagnosis, state, accounts: accounts.map(({ id }) => id) };
}

test("names exactly the actions that are refused, the worst first", async () => {
  const { diagnosis, state } = await diagnoseSandbox([
    { kind: "deny", cloud: "aws", service: "s3" },
    { kind: "deny", cloud: "aws", service: "ec2", operation: "DescribeRegions" },
    { kind: "throttle", cloud: "aws", service: "resource-explorer-2", operation: "GetView" },
  ]);
  const missing = diagnosis.checks.filter((check) => check.state === "missing");
  expect(missing.map(({ permission }) => permission)).toEqual([
    "ec2:DescribeRegions",
    "s3:ListAllMyBuckets",
  ]);
  expect(diagnosis.checks.slice(0, 2)).toEqual(missing);
  expect(diagnosis.healthy).toBe(false);
  expect(state("ec2:DescribeInstances")).toEqual(["ok"]);
  expect(state("tag:GetResources")).toEqual(["ok"]);
  expect(state("resource-explorer-2:GetView")).toEqual(["unknown"]);
  expect(state("organizations:ListAccounts")).toEqual(["not_needed"]);
  expect(state("sts:AssumeRole")).toEqual(["not_needed"]);
});

test("with a role, every account is tried for it, and the first that opens is examined", async () => {
  const { state, accounts } = await diagnoseSandbox(
    [{ kind: "deny", cloud: "aws", service: "ec2", operation: "DescribeInstances" }],
    "reader",
  );
  const [own = "", first = ""] = accounts;
  expect(state("organizations:ListAccounts")).toEqual(["ok"]);
  expect(state("sts:AssumeRole")).toEqual(accounts.slice(1).map(() => "ok"));
  expect(state("ec2:DescribeInstances", own)).toEqual(["missing"]);
  expect(state("ec2:DescribeInstances", first)).toEqual(["missing"]);
  expect(state("ec2:DescribeInstances")).toHaveLength(2);
});

test("a role that may not be assumed is missing, and where the accounts cannot be listed too", async () => {
  const { state, diagnosis } = await diagnoseSandbox(
    [
      { kind: "deny", cloud: "aws", service: "sts", operation: "AssumeRole" },
      { kind: "deny", cloud: "aws", service: "organizations" },
    ],
    "reader",
  );
  expect(state("organizations:ListAccounts")).toEqual(["missing"]);
  expect(diagnosis.healthy).toBe(false);
});

test("a cloud that is not in use is a mistake of the question", async () => {
  await expect(createDiagnose([])("aws", signal)).rejects.toMatchObject({ code: "invalid_input" });
});
