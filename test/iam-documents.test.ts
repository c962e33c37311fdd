import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  assumePolicy,
  longTailPolicy,
  readPolicy,
  readPolicyByType,
} from "../scripts/iam-documents.ts";
import { CLOUD_CONTROL_TYPES } from "../src/clouds/aws/cloud-control-types.ts";
import { NATIVE_TYPES } from "../src/clouds/aws/resource-types.ts";

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: string;
}

const statementsOf = (text: string): readonly Statement[] =>
  (JSON.parse(text) as { Statement: readonly Statement[] }).Statement;
const actionsOf = (text: string): readonly string[] =>
  statementsOf(text).flatMap(({ Action }) => Action);

const DOCUMENTS = { readPolicy, assumePolicy, readPolicyByType, longTailPolicy };

describe.each(Object.entries(DOCUMENTS))("%s", (_, document) => {
  test("has unique Sids of letters and digits, and no empty or repeated action", () => {
    const statements = statementsOf(document());
    const sids = statements.map(({ Sid }) => Sid);
    expect(new Set(sids).size).toBe(sids.length);
    for (const { Sid, Action } of statements) {
      expect(Sid).toMatch(/^[A-Za-z\d]+$/);
      expect(Action.length).toBeGreaterThan(0);
      expect(new Set(Action).size).toBe(Action.length);
    }
  });

  test("names single reading actions, without a wildcard", () => {
    for (const action of actionsOf(document()))
      expect(action).toMatch(
        /^[a-z\d-]+:(?:(?:List|Describe|Get|Search|Select|Lookup)[A-Z][A-Za-z\d]*|Search|GET|AssumeRole)$/,
      );
  });
});

test("the policy to attach is within the 6,144 characters of a managed policy", () => {
  // White space is not counted (IAM and AWS STS quotas).
  expect(readPolicy().replaceAll(/\s/g, "").length).toBeLessThanOrEqual(6144);
});

test("types of the long tail have a statement each", () => {
  const types = statementsOf(longTailPolicy());
  expect(types).toHaveLength(CLOUD_CONTROL_TYPES.length);
  for (const { Action } of types) expect(Action).toContain("cloudformation:ListResources");
});

test("each type has a statement, and the whole policy has every action of it", () => {
  expect(statementsOf(readPolicyByType())).toHaveLength(NATIVE_TYPES.length);
  const whole = new Set(actionsOf(readPolicy()));
  expect(actionsOf(readPolicyByType()).filter((action) => !whole.has(action))).toEqual([]);
});

/** IAM prefix of each SDK module, where it is not the file's name (Service Authorization Reference). */
const PREFIX: Readonly<Record<string, string>> = {
  "api-gateway": "apigateway",
  "api-gateway-v2": "apigateway",
  "auto-scaling": "autoscaling",
  "cloud-control": "cloudformation",
  "bedrock-agent": "bedrock",
  cognito: "cognito-idp",
  "cost-explorer": "ce",
  "ec2-gateways": "ec2",
  "ec2-storage": "ec2",
  "ec2-vpc": "ec2",
  efs: "elasticfilesystem",
  elb: "elasticloadbalancing",
  "elb-v2": "elasticloadbalancing",
  emr: "elasticmapreduce",
  eventbridge: "events",
  explorer: "resource-explorer-2",
  "global-accelerator": "globalaccelerator",
  opensearch: "es",
  secrets: "secretsmanager",
  "tag-policies": "organizations",
  tagging: "tag",
};

/** Operations whose permission has another name. */
const NAMED_OTHERWISE: Readonly<Record<string, string>> = {
  "s3:ListBuckets": "s3:ListAllMyBuckets",
  "apigateway:GetRestApis": "apigateway:GET",
  "apigateway:GetApis": "apigateway:GET",
};

const SDK = new URL("../src/clouds/aws/sdk/", import.meta.url);
/** Reads objects of the one bucket with the bills: no policy for every resource may grant that. */
const OF_ONE_BUCKET = "s3-objects.ts";
const operations = readdirSync(SDK).flatMap((file) => {
  if (file === OF_ONE_BUCKET || file.endsWith(".test.ts")) return [];
  const name = file.replace(".ts", "");
  const text = readFileSync(new URL(file, SDK), "utf8");
  const sent = [...text.matchAll(/new ([A-Z]\w+)Command\(/g)].map(([, operation]) => operation);
  return sent.map((operation) => `${PREFIX[name] ?? name}:${operation}`);
});

test("every operation that the adapter can send is permitted, and nothing else is", () => {
  const needed = new Set(operations.map((operation) => NAMED_OTHERWISE[operation] ?? operation));
  expect(needed.size).toBeGreaterThan(60);
  // Another name for the permission of ListResources.
  needed.add("resource-explorer-2:Search");
  const permitted = new Set([...actionsOf(readPolicy()), ...actionsOf(assumePolicy())]);
  expect([...permitted].toSorted()).toEqual([...needed].toSorted());
});
