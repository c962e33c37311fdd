import { beforeEach, describe, expect, test } from "vitest";
import {
  denial,
  FAKE_ACCOUNT,
  type FakeOrganization,
  fakeFiles,
  fakeOrganization,
  sha256,
} from "../../../test/fake-organization.ts";
import { createCatalogue } from "../../domain/resource-type.ts";
import { parsePolicy } from "../../domain/policy/parse.ts";
import {
  createImportAwsPolicy,
  type ImportAwsPolicy,
  type ImportAwsPolicyRequest,
  type ImportedAwsPolicy,
} from "./import-aws-policy.ts";

const signal = new AbortController().signal;
const tags = (rules: object): string => JSON.stringify({ tags: rules });

let organization: FakeOrganization;
let texts: Map<string, string>;
let files: ReturnType<typeof fakeFiles>;
let reloads: number;
let now: number;
let importAwsPolicy: ImportAwsPolicy;

beforeEach(() => {
  organization = fakeOrganization();
  organization.contents.set("p-root", tags({ Owner: { tag_key: { "@@assign": "Owner" } } }));
  organization.contents.set(
    "p-account",
    tags({
      owner: {
        enforced_for: { "@@assign": ["ec2:instance"] },
        report_required_tag_for: { "@@assign": ["s3:bucket"] },
      },
    }),
  );
  organization.root = ["p-root"];
  organization.account = ["p-account"];
  texts = new Map();
  files = fakeFiles(texts);
  reloads = 0;
  now = Date.UTC(2026, 10, 22);
  importAwsPolicy = createImportAwsPolicy({
    orgPolicies: organization.policies,
    files,
    reload: async () => {
      reloads += 1;
    },
    clock: { now: () => now },
    sha256,
  });
});

async function imported(request: ImportAwsPolicyRequest): Promise<ImportedAwsPolicy> {
  const result = await importAwsPolicy(request, signal);
  if (result.kind === "list") throw new Error("expected an import");
  return result;
}

test("without a policy id the policies are listed, and nothing is written", async () => {
  expect(await importAwsPolicy({}, signal)).toEqual({
    kind: "list",
    policies: [
      { id: "p-root", name: "name of p-root", description: "" },
      { id: "p-account", name: "name of p-account", description: "" },
    ],
  });
  expect(texts.size).toBe(0);
});

test("the effective policy is converted, saved, and put into force", async () => {
  const { policy, account, saved } = await imported({ policyId: "effective" });
  expect(account).toBe(FAKE_ACCOUNT);
  expect(policy.required_tags).toMatchObject([
    { name: "Owner", applies_to: { aws: ["s3:bucket"] } },
  ]);
  expect(policy.provenance).toMatchObject({
    source: "aws_effective_policy",
    ids: ["p-root", "p-account"],
    imported_at: "2026-11-22T00:00:00.000Z",
  });
  expect(saved).toEqual({ path: "policies/tagging_policy.json", changed: true });
  expect(reloads).toBe(1);
});

test("one policy is converted by itself", async () => {
  const { policy, account } = await imported({ policyId: "p-root" });
  expect(account).toBeNull();
  expect(policy).toMatchObject({
    required_tags: [],
    optional_tags: [{ name: "Owner" }],
    provenance: { source: "aws_tag_policy", ids: ["p-root"] },
  });
});

test("enforced_for is required on request", async () => {
  const { policy } = await imported({ policyId: "effective", requireEnforced: true });
  expect(policy.required_tags).toMatchObject([
    { applies_to: { aws: ["ec2:instance", "s3:bucket"] } },
  ]);
});

test("not to be saved is not saved", async () => {
  expect((await imported({ policyId: "effective", save: false })).saved).toBeNull();
  expect([texts.size, reloads]).toEqual([0, 0]);
});

describe("what is saved", () => {
  test.each(["a.json", "a.yaml"])(
    "%s is a policy that loads as it was imported",
    async (fileName) => {
      const { policy } = await imported({ policyId: "effective", fileName });
      const loaded = parsePolicy(texts.get(fileName) ?? "", {
        ...(fileName.endsWith("json") ? { format: "json" as const } : {}),
        catalogue: createCatalogue([]),
        atMs: now,
        sha256,
      });
      expect(loaded.document).toEqual(policy);
    },
  );

  test("importing the same again leaves the file and its date alone", async () => {
    await imported({ policyId: "effective" });
    const before = texts.get("tagging_policy.json");
    now += 86_400_000;
    expect((await imported({ policyId: "effective" })).saved?.changed).toBe(false);
    expect(texts.get("tagging_policy.json")).toBe(before);
    expect([files.writes, reloads]).toEqual([1, 1]);
  });

  test("a changed policy, and another way of reading it, replace the file", async () => {
    await imported({ policyId: "effective" });
    expect((await imported({ policyId: "effective", requireEnforced: true })).saved?.changed).toBe(
      true,
    );
    organization.contents.set("p-root", tags({ Team: {} }));
    expect((await imported({ policyId: "effective", requireEnforced: true })).saved?.changed).toBe(
      true,
    );
    expect(reloads).toBe(3);
  });

  const OWN: readonly [string, (imported: string) => string][] = [
    ["a policy that people wrote", () => 'version: "2.0"\nrequired_tags: [{name: Owner}]\n'],
    ["text that is no policy", () => "precious notes"],
    [
      "an import that was edited",
      (text) => text.replace('"s3:bucket"', '"s3:bucket", "sqs:queue"'),
    ],
  ];
  test.each(OWN)("never replaces %s", async (_, edit) => {
    await imported({ policyId: "effective" });
    const own = edit(texts.get("tagging_policy.json") ?? "");
    texts.set("tagging_policy.json", own);
    await expect(imported({ policyId: "p-root" })).rejects.toMatchObject({ code: "invalid_input" });
    expect(texts.get("tagging_policy.json")).toBe(own);
    expect(reloads).toBe(1);
  });
});

describe("what stands in the way is told apart", () => {
  test("without AWS", async () => {
    const none = createImportAwsPolicy({
      orgPolicies: null,
      files,
      reload: async () => undefined,
      clock: { now: () => now },
      sha256,
    });
    await expect(none({}, signal)).rejects.toMatchObject({ code: "cloud_unsupported" });
  });

  test("nothing attached is not an empty policy", async () => {
    organization.root = [];
    organization.account = [];
    await expect(imported({ policyId: "effective" })).rejects.toMatchObject({ code: "not_found" });
    expect(texts.size).toBe(0);
  });

  test("an unknown id", async () => {
    await expect(imported({ policyId: "p-none" })).rejects.toMatchObject({ code: "not_found" });
  });

  test("a policy that means nothing we know is refused, and nothing is written", async () => {
    organization.contents.set("p-root", tags({ Owner: { tag_key: { "@@append": "x" } } }));
    await expect(imported({ policyId: "p-root" })).rejects.toMatchObject({
      code: "policy_invalid",
    });
    expect(texts.size).toBe(0);
  });

  test.each(["list", "get", "effective"] as const)("a denied %s", async (verb) => {
    organization.failures.set(verb, denial("organizations:Some"));
    const request = { list: {}, get: { policyId: "p-root" }, effective: { policyId: "effective" } };
    await expect(importAwsPolicy(request[verb], signal)).rejects.toMatchObject({
      code: "cloud_denied",
      details: { missing_permissions: ["organizations:Some"] },
    });
  });
});
