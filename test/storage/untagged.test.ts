import assert from "node:assert/strict";
import type { Kysely } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TAG_GAPS, type TagGap } from "../../src/domain/compliance/tag-gap.ts";
import { EVERYTHING } from "../../src/domain/scan/scope.ts";
import type { InventoryStore, JudgedResource } from "../../src/ports/inventory.ts";
import type {
  UntaggedFilter,
  UntaggedPosition,
  UntaggedResource,
  UntaggedResources,
} from "../../src/ports/untagged.ts";
import { createInventoryStore } from "../../src/storage/inventory.ts";
import { createUntaggedResources } from "../../src/storage/inventory/untagged.ts";
import type { Database } from "../../src/storage/schema.ts";
import { onEveryDatabase } from "./databases.ts";
import { cell, judged, manualClock, missing, outcome, scanCell, begin } from "./estate.ts";
import type { TestDatabase } from "./inventory-contract.ts";
import { keptCounts, recount } from "./recount.ts";

const ALL: UntaggedFilter = { scope: EVERYTHING, exceptTypes: [], gaps: TAG_GAPS };

onEveryDatabase((name, create) => {
  describe(`what lacks tags on ${name}`, () => {
    let database: TestDatabase;
    let db: Kysely<Database>;
    let store: InventoryStore;
    let untagged: UntaggedResources;

    beforeEach(async () => {
      database = await create();
      db = await database.connect();
      store = createInventoryStore(db, { clock: manualClock() });
      untagged = createUntaggedResources(db);
    });
    afterEach(async () => {
      assert.deepEqual(await keptCounts(db), await recount(db));
      await store.close();
      await database.dispose();
    });

    const gapOf = async (id: string): Promise<TagGap | undefined> =>
      (await all()).find((one) => one.id === id)?.gap;

    async function all(filter = ALL, limit = 100): Promise<readonly UntaggedResource[]> {
      const found: UntaggedResource[] = [];
      let after: UntaggedPosition | null = null;
      do {
        const page = await untagged.page(filter, { limit, after });
        if (page.resources.length > limit) throw new Error("A page is longer than its limit.");
        found.push(...page.resources);
        after = page.next;
      } while (after !== null);
      return found;
    }

    test("an empty inventory lacks nothing", async () => {
      expect(await untagged.counts(ALL)).toEqual([]);
      expect(await untagged.page(ALL, { limit: 5, after: null })).toEqual({
        resources: [],
        next: null,
      });
    });

    test("tells apart what was never tagged, emptied, tagged by the cloud alone, and incomplete", async () => {
      const emptied = judged("i-emptied");
      await scanCell(store, [
        judged("i-never", { violations: [missing("Owner"), missing("Team", "warning")] }),
        { ...emptied, resource: { ...emptied.resource, hadTags: true } },
        judged("i-stack", { tags: { "aws:cloudformation:stack-name": "web" } }),
        judged("i-some", { tags: { Name: "web" }, violations: [missing("Owner")] }),
        judged("i-unread", { tags: null, verdict: "unknown" }),
        judged("i-fine", { tags: { Owner: "me" } }),
      ]);
      const found = await all();
      expect(found.map(({ id, gap }) => [id, gap])).toEqual([
        ["i-never", "never_tagged"],
        ["i-emptied", "emptied"],
        ["i-stack", "only_provider_tags"],
        ["i-some", "missing_required"],
        ["i-unread", "unknown"],
      ]);
      expect(found.map(({ missingTags }) => missingTags)).toEqual([
        ["Owner", "Team"],
        [],
        [],
        ["Owner"],
        [],
      ]);
      expect(found[0]).toMatchObject({
        createdAt: "2026-01-02T03:04:05.000Z",
        firstSeenAt: 1_000_000,
        resourceType: "ec2:instance",
      });
      expect(await untagged.counts(ALL)).toHaveLength(5);
    });

    test("what had tags in an earlier scan is emptied, not never tagged, and stays so", async () => {
      await scanCell(store, [judged("i-1", { tags: { Owner: "me" } }), judged("i-2")]);
      await scanCell(store, [judged("i-1"), judged("i-2")]);
      expect(await gapOf("i-1")).toBe("emptied");
      expect(await gapOf("i-2")).toBe("never_tagged");
      await scanCell(store, [judged("i-1", { tags: null, verdict: "unknown" })]);
      expect(await gapOf("i-1")).toBe("unknown");
      expect(await gapOf("i-2")).toBeUndefined();
      await scanCell(store, [judged("i-1")]);
      expect(await gapOf("i-1")).toBe("emptied");
    });

    test("what a failed read did not see again is unknown, what a complete one did not see is gone", async () => {
      await scanCell(store, [judged("i-1"), judged("i-2")]);
      await scanCell(store, [judged("i-1")], { status: "partial", reason: "throttled" });
      expect(await gapOf("i-2")).toBe("unknown");
      await scanCell(store, [judged("i-1")]);
      expect(await gapOf("i-2")).toBeUndefined();
      expect(await untagged.counts(ALL)).toEqual([
        { cloud: "aws", resourceType: "ec2:instance", gap: "never_tagged", count: 1 },
      ]);
    });

    test("counts and pages keep to scope, types and gaps, in pages of any size", async () => {
      const places = ["r1", "r2", "r3"].flatMap((region) =>
        ["ec2:instance", "ec2:volume"].map((resourceType) => cell({ region, resourceType })),
      );
      const writer = await begin(store);
      for (const of of places) {
        const { region, resourceType: type } = of;
        const page: readonly JudgedResource[] = Array.from({ length: 7 }, (_, index) =>
          judged(`${region}-${type}-${index}`, {
            region,
            type,
            ...(index % 3 === 0 ? { tags: { Name: "x" }, violations: [missing("Owner")] } : {}),
          }),
        );
        await writer.saveResources(of, page);
        await writer.endCell(outcome(of, "complete", null));
      }
      await writer.finish("complete");
      const whole = await all();
      expect(whole).toHaveLength(42);
      for (const limit of [1, 2, 5, 41, 42, 43]) expect(await all(ALL, limit)).toEqual(whole);
      const never = await all({ ...ALL, gaps: ["never_tagged"] }, 3);
      expect(never).toEqual(whole.filter(({ gap }) => gap === "never_tagged"));
      expect(await all({ ...ALL, exceptTypes: ["EC2:Volume"] })).toHaveLength(21);
      const scope = { ...EVERYTHING, regions: ["r2"] };
      expect(await all({ ...ALL, scope }, 4)).toEqual(
        whole.filter(({ region }) => region === "r2"),
      );
      const counts = await untagged.counts({ ...ALL, scope });
      expect(counts.map(({ resourceType, gap, count }) => [resourceType, gap, count])).toEqual([
        ["ec2:instance", "never_tagged", 4],
        ["ec2:volume", "never_tagged", 4],
        ["ec2:instance", "missing_required", 3],
        ["ec2:volume", "missing_required", 3],
      ]);
    });

    test.each([-1, 1.5, 2 ** 60, 2 ** 40])("position %s is refused", async (afterRow) => {
      const page = untagged.page(ALL, { limit: 1, after: { afterRow } });
      await expect(page).rejects.toMatchObject({ code: "cursor_invalid" });
    });
  });
});
