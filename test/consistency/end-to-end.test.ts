import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { consistencyOutput, type ConsistencyOutput } from "../../src/mcp/consistency-output.ts";
import { type SandboxedApplication, startSandboxed } from "../e2e/application.ts";
import { connectProduct, LAUNCHER, type ProductClient } from "../e2e/product-client.ts";

const RESOURCES = 3_000;

/** The built product over MCP, on simulated clouds whose company misspells keys and values on purpose. */
describe("check_cross_cloud_consistency [P3-SERVER-4]", () => {
  let app: SandboxedApplication;
  let product: ProductClient;
  beforeAll(async () => {
    app = await startSandboxed({ estate: { seed: 23, resources: RESOURCES } });
    product = await connectProduct(app.environment);
  });
  afterAll(async () => {
    await product.client.close();
    await app.close();
  });

  async function ask(args: Readonly<Record<string, unknown>> = {}): Promise<ConsistencyOutput> {
    const result = await product.client.callTool({
      name: "check_cross_cloud_consistency",
      arguments: args,
    });
    if (result.isError === true) throw new Error(JSON.stringify(result.content));
    return consistencyOutput.parse(result.structuredContent);
  }

  test("counts each planted key spelling as often as it was planted, and no more", async () => {
    const answer = await ask({ limit: 100 });
    const planted = new Map<string, number>();
    const canonical = new Set(["CostCenter", "Owner", "Environment"]);
    const meant = /^(cost[-_ ]?center|cc|owner|owned-by|env|environment)$/i;
    for (const group of app.sandbox.estate.groups)
      for (let at = 0; at < group.count; at += 1)
        for (const { key } of app.sandbox.estate.resource(group, at).tags)
          if (meant.test(key) && !canonical.has(key)) {
            const isLabel = group.cloud === "gcp" && /^(cost_center|owner|environment)$/.test(key);
            const name = `${group.cloud} ${key}`;
            if (!isLabel) planted.set(name, (planted.get(name) ?? 0) + 1);
          }
    const found = answer.findings
      .filter(({ kind }) => kind === "known_alias" || kind === "key_variant")
      .flatMap((one) =>
        one.found.map(({ cloud, text, resources }) => [`${cloud} ${text}`, resources]),
      );
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(planted));
    expect(planted.size).toBeGreaterThan(5);
  });

  test("tells values that only one cloud uses and planted slips, with the policy's spelling", async () => {
    const { findings } = await ask({ limit: 100, kinds: ["value_variant", "value_vocabulary"] });
    const costCenter = findings.find(
      ({ kind, canonical }) => kind === "value_variant" && canonical === "Engineering",
    );
    expect(costCenter).toMatchObject({ tag: "CostCenter", reason: "policy_value", spend: null });
    const owners = findings.find(({ kind, tag }) => kind === "value_vocabulary" && tag === "Owner");
    expect(owners?.counts.map(({ cloud }) => cloud)).toEqual(["gcp"]);
    expect(owners?.found.every(({ text }) => text.startsWith("team-"))).toBe(true);
  });

  test("answers from the stored inventory, page by page, every finding once", async () => {
    const callsBefore = app.sandbox.calls.count();
    const all = await ask({ limit: 100 });
    const paged: ConsistencyOutput["findings"][number][] = [];
    let cursor: string | null = null;
    do {
      const page: ConsistencyOutput = await ask({
        limit: 7,
        ...(cursor === null ? {} : { cursor }),
      });
      paged.push(...page.findings);
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(paged).toEqual(all.findings);
    expect(all.finding_count).toBe(paged.length);
    expect(all.scanned).toBe(false);
    expect(app.sandbox.calls.count()).toBe(callsBefore);
    const resources = all.clouds.reduce((sum, cloud) => sum + cloud.resources, 0);
    expect(resources).toBe(RESOURCES);
  });

  test("refuses a cursor of another question", async () => {
    const first = await ask({ limit: 2 });
    const other = await product.client.callTool({
      name: "check_cross_cloud_consistency",
      arguments: { cursor: first.next_cursor, kinds: ["key_variant"] },
    });
    expect(other.isError).toBe(true);
    expect(JSON.stringify(other.content)).toContain("cursor_invalid");
  });

  test("the command prints the same findings as JSON, and reads well without", async () => {
    const run = (...args: string[]): string =>
      execFileSync(process.execPath, [LAUNCHER, "consistency", ...args], {
        env: { PATH: process.env["PATH"] ?? "", ...app.environment },
        encoding: "utf8",
      });
    const { findings } = await ask({ limit: 20, kinds: ["known_alias"] });
    expect(findings.length).toBeGreaterThan(0);
    const printed: unknown = JSON.parse(run("--json", "--kind", "known_alias"));
    const expected = findings.map(({ kind, tag, resources, counts }) => ({
      kind,
      tag,
      resources,
      counts,
    }));
    expect(printed).toMatchObject({ findings: expected, scanned: false });
    expect(run("--kind", "known_alias", "--limit", "3")).toMatch(
      /known_alias "(CostCenter|Owner|Environment)" \(100% sure\)/u,
    );
  });
});

describe("a cloud that cannot be read", () => {
  test("is named, and nothing is said to be missing there", async () => {
    const app = await startSandboxed({
      estate: { seed: 23, resources: RESOURCES },
      faults: [{ cloud: "gcp", service: "cloudasset", kind: "deny" }],
    });
    const product = await connectProduct(app.environment);
    try {
      const result = await product.client.callTool({
        name: "check_cross_cloud_consistency",
        arguments: { limit: 100 },
      });
      const answer = consistencyOutput.parse(result.structuredContent);
      expect(answer.clouds.find(({ cloud }) => cloud === "gcp")).toEqual({
        cloud: "gcp",
        reading: "not_read",
        resources: 0,
        unknown: 0,
      });
      const text = JSON.stringify(result.content);
      expect(text).toContain("gcp could not be read: nothing is concluded about it.");
      expect(answer.findings.length).toBeGreaterThan(0);
      for (const { counts } of answer.findings)
        expect(counts.map(({ cloud }) => cloud)).not.toContain("gcp");
    } finally {
      await product.client.close();
      await app.close();
    }
  });
});
