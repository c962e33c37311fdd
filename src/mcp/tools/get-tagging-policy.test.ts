import { describe, expect, it } from "vitest";
import type { PolicyInForce } from "../../app/get-policy.ts";
import { policySchema } from "../../domain/policy/schema.ts";
import type { ToolContext } from "../define.ts";
import getTaggingPolicy from "./get-tagging-policy.ts";

const inForce: PolicyInForce = {
  document: policySchema.parse({
    version: "2.0",
    required_tags: [
      { name: "CostCenter", allowed_values: Array.from({ length: 600 }, (_, i) => `CC-${i}`) },
      { name: "Owner" },
    ],
    optional_tags: [{ name: "Project" }],
    prohibited_tags: [{ name: "Temp" }],
  }),
  hash: "0123456789abcdef",
  source: "file",
  path: "/home/operator/policy.yaml",
  loadedAt: Date.UTC(2026, 9, 1),
  lint: [],
  lastError: null,
  sync: null,
};
const broken: PolicyInForce["lastError"] = {
  message: "The policy is not valid.",
  issues: [{ path: "required_tags[0].nam", message: "Unknown key.\u202e" }],
};

const context: ToolContext = {
  signal: new AbortController().signal,
  correlationId: "call_1",
  principal: {
    kind: "local_user",
    channel: "stdio",
    tenant: null,
    subject: "me",
    client: null,
    scopes: ["tag:read"],
    key: "process:1",
  },
  progress: () => undefined,
  notice: () => undefined,
};

async function ask(args: object, change: Partial<PolicyInForce> = {}) {
  const input = getTaggingPolicy.input.parse(args);
  const policy = { ...inForce, ...change };
  const output = getTaggingPolicy.output.parse(
    await getTaggingPolicy.run(input, { getPolicy: async () => policy }, context),
  );
  return { output, text: getTaggingPolicy.summarize(output, input) };
}

describe("get_tagging_policy", () => {
  it("cuts long lists, names each cut, and shows more when asked for detail", async () => {
    const path = "required_tags[0].allowed_values";
    const concise = await ask({});
    expect(concise.output.cuts).toEqual([{ path, shown: 30, total: 600 }]);
    expect(concise.text).toContain("1 list(s) are shown in part");
    const detailed = await ask({ response_format: "detailed" });
    expect(detailed.output.cuts).toEqual([{ path, shown: 500, total: 600 }]);
  });

  it("shows only the tags asked for, whatever their case, and still names all required ones", async () => {
    const { output } = await ask({ tags: ["owner", "temp"] });
    expect(output.policy).toMatchObject({
      required_tags: [{ name: "Owner" }],
      optional_tags: [],
      prohibited_tags: [{ name: "Temp" }],
    });
    expect(output.required_tags).toEqual(["CostCenter", "Owner"]);
  });

  it("says that a newer file is broken and the last good policy in force", async () => {
    const { output, text } = await ask({}, { lastError: broken });
    expect(output.last_error).toEqual({
      message: "The policy is not valid.",
      issues: [{ path: "required_tags[0].nam", message: "Unknown key." }],
    });
    expect(text).toContain("NOT in force");
  });

  it("lists the worst lint findings first, and counts all of them", async () => {
    const finding = (severity: "error" | "info", message: string) => ({
      code: "x",
      path: "required_tags[0]",
      line: 3,
      severity,
      message,
      hint: "Mend it.",
    });
    const lint = [
      ...Array.from({ length: 25 }, () => finding("info", "Dead rule.")),
      finding("error", "Contradiction."),
    ];
    const { output, text } = await ask({}, { lint });
    expect(output.lint).toHaveLength(20);
    expect(output.lint[0]).toEqual({
      severity: "error",
      path: "required_tags[0]",
      message: "Contradiction.",
      hint: "Mend it.",
    });
    expect(text).toContain("26 lint finding(s)");
  });

  it("says when no policy was configured", async () => {
    const { text } = await ask({}, { source: "built_in", path: null });
    expect(text).toContain("the built-in default, none configured");
  });

  it("never tells where the file lies on the server", async () => {
    expect(JSON.stringify(await ask({}))).not.toContain("/home");
  });
});
