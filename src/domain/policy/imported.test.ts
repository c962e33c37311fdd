import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { importMarkOf, sealImport } from "./imported.ts";
import { type PolicyDocument, policySchema } from "./schema.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const policy: PolicyDocument = policySchema.parse({
  version: "2.0",
  required_tags: [{ name: "Owner", applies_to: { aws: [] } }],
  provenance: { source: "aws_tag_policy" },
});
const sealed = sealImport(policy, sha256);
const mark = (document: unknown): unknown => importMarkOf(JSON.stringify(document), sha256);

test("a file as the import wrote it is an import's own, in JSON and in YAML", () => {
  expect(mark(sealed)).toMatchObject({ edited: false, provenance: { source: "aws_tag_policy" } });
  expect(importMarkOf(stringify(sealed), sha256)).toMatchObject({ edited: false });
});

const EDITS: readonly [string, Partial<PolicyDocument>][] = [
  ["a rule", { required_tags: [] }],
  ["a prohibition", { prohibited_tags: [{ name: "Temp", severity: "error" }] }],
  [
    "an exemption",
    {
      exemptions: [{ match: { account: "1" }, reason: "r", owner: "o", expires: "2027-01-01" }],
    },
  ],
];
test.each(EDITS)("%s that was added or removed is an edit", (_, change) => {
  expect(mark({ ...sealed, ...change })).toMatchObject({ edited: true });
});

test("a new name or date is no edit of the rules", () => {
  expect(mark({ ...sealed, name: "ours", last_updated: "today" })).toMatchObject({ edited: false });
});

const OTHERS: readonly [string, string][] = [
  ["a policy that people wrote", JSON.stringify({ ...policy, provenance: undefined })],
  ["an import without its hash", JSON.stringify(policy)],
  ["text that is no policy", "hello: world"],
  ["text that cannot be read", "{"],
  ["nothing", ""],
];
test.each(OTHERS)("%s is not an import's to replace", (_, text) => {
  expect(importMarkOf(text, sha256)).toBeNull();
});
