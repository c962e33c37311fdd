import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FindUntaggedRequest, FindUntaggedResult } from "../../src/app/find-untagged.ts";
import { CLOUDS } from "../../src/domain/cloud.ts";
import type { Condition } from "../../sandbox/estate/types.ts";
import { type SandboxedApplication, startSandboxed } from "./application.ts";

/** What lacks tags in three simulated clouds, against what was planted. */
describe("what lacks tags", () => {
  let sandboxed: SandboxedApplication;
  beforeAll(async () => {
    sandboxed = await startSandboxed({ estate: { seed: 8, resources: 2_000 } });
  });
  afterAll(() => sandboxed.close());

  const ask = (request: Partial<FindUntaggedRequest> = {}): Promise<FindUntaggedResult> =>
    sandboxed.app.findUntagged({
      clouds: [],
      accounts: [],
      regions: [],
      resourceTypes: [],
      gaps: [],
      minCostThreshold: undefined,
      maxAgeMinutes: undefined,
      refresh: false,
      limit: 1000,
      cursor: undefined,
      signal: new AbortController().signal,
      ...request,
    });
  const planted = (condition: Condition): number =>
    CLOUDS.reduce(
      (sum, cloud) => sum + sandboxed.sandbox.estate.truth(cloud).byCondition[condition],
      0,
    );

  test("finds every resource that never had a tag, and on AWS tells those that lost theirs", async () => {
    const { counts, resources } = await ask({ gaps: ["never_tagged", "emptied"] });
    const { estate } = sandboxed.sandbox;
    expect(counts.emptied).toBe(estate.truth("aws").byCondition.previously_tagged);
    expect(counts.emptied).toBeGreaterThan(0);
    expect(counts.never_tagged + counts.emptied).toBe(
      planted("never_tagged") + planted("previously_tagged"),
    );
    for (const { cloud, id, gap } of resources) {
      const allowed = gap === "emptied" ? [] : ["never_tagged"];
      expect([...allowed, "previously_tagged"]).toContain(estate.find(cloud, id)?.condition);
    }
  });

  test("lists each with what it lacks and its age, in pages of any size", async () => {
    const whole = await ask();
    const { estate } = sandboxed.sandbox;
    expect(whole.total).toBe(whole.resources.length);
    for (const { cloud, id, gap, missingTags, createdAt, ageDays } of whole.resources) {
      const made = estate.find(cloud, id);
      expect(ageDays).toBeGreaterThanOrEqual(0);
      expect([null, made?.createdAt]).toContain(createdAt);
      const carried = new Set(made?.tags.map(({ key }) => key));
      for (const tag of missingTags) expect(carried.has(tag)).toBe(false);
      expect(gap !== "missing_required" || missingTags.length > 0).toBe(true);
    }
    const paged: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await ask({ limit: 61, cursor });
      expect(page.total).toBe(whole.total);
      paged.push(...page.resources.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(paged).toEqual(whole.resources.map(({ id }) => id));
    const types = whole.byType.flatMap(({ counts }) =>
      Object.entries(counts).flatMap(([what, own]) => (what === "unknown" ? [] : [own])),
    );
    expect(types.reduce((sum, one) => sum + one, 0)).toBe(whole.total);
  });

  test("a cost threshold leaves nothing out while costs are unknown, and says so", async () => {
    const { total, cost } = await ask({ minCostThreshold: 1_000_000 });
    expect(total).toBeGreaterThan(0);
    expect(cost).toEqual({ known: false, reason: "no_cost_data" });
  });

  test("what could not be read is unknown, not untagged", async () => {
    const { faults, estate } = sandboxed.sandbox;
    const account = estate.groups.find(({ cloud }) => cloud === "azure")?.account ?? "";
    const before = await ask({ clouds: ["azure"] });
    faults.replace([{ kind: "deny", cloud: "azure", service: "resourcegraph", account }]);
    const after = await ask({ clouds: ["azure"], refresh: true });
    const hidden = estate.truth("azure", (group) => group.account === account);
    expect(after.counts.unknown).toBe(hidden.total);
    expect(after.total).toBeLessThan(before.total);
    expect(after.resources.some((one) => one.account === account)).toBe(false);
    const { resources } = await ask({ clouds: ["azure"], gaps: ["unknown"] });
    expect(resources).toHaveLength(hidden.total);
    expect(resources.every((one) => one.account === account && one.gap === "unknown")).toBe(true);
  });

  test("a cursor of other categories is refused", async () => {
    const { nextCursor } = await ask({ limit: 1 });
    const misused = ask({ limit: 1, gaps: ["emptied"], cursor: nextCursor ?? "" });
    await expect(misused).rejects.toMatchObject({ code: "cursor_invalid" });
  });
});
