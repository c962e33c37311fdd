import { describe, expect, test } from "vitest";
import { EVERYTHING } from "../../src/domain/scan/scope.ts";
import { createInventoryStore } from "../../src/storage/inventory.ts";
import { createReportData } from "../../src/storage/reports/report-data.ts";
import { judged, manualClock, missing, scanCell } from "../storage/estate.ts";
import { onEveryDatabase } from "../storage/databases.ts";

const OWNER = { cloud: "aws", spellings: ["Owner", "owned-by"], ignoreCase: false } as const;

onEveryDatabase((_, create) => {
  describe("aggregates for reports", () => {
    test("errors per tag, with those that are a resource's only ones", async () => {
      const database = await create();
      const db = await database.connect();
      const store = createInventoryStore(db, { clock: manualClock() });
      await scanCell(store, [
        judged("i-1", { violations: [missing("Owner")] }),
        judged("i-2", { violations: [missing("Owner"), missing("Team")] }),
        judged("i-3", { violations: [missing("Team", "warning")] }),
        judged("i-4"),
      ]);
      const found = await createReportData(db).tagErrors(EVERYTHING);
      expect(found).toEqual([
        { cloud: "aws", account: "111111111111", tag: "Owner", affected: 2, onlyThis: 1 },
        { cloud: "aws", account: "111111111111", tag: "Team", affected: 1, onlyThis: 0 },
      ]);
      await store.close();
      await database.dispose();
    });

    test("values of a tag under any of its keys; what is unknown is in no group", async () => {
      const database = await create();
      const db = await database.connect();
      const store = createInventoryStore(db, { clock: manualClock() });
      await scanCell(store, [
        judged("i-1", { tags: { Owner: 'it\'s "quoted" | ☃' } }),
        judged("i-2", { tags: { "owned-by": 'it\'s "quoted" | ☃', Stage: "x" } }),
        judged("i-3", { tags: { OWNER: "shouting" }, violations: [missing("Owner")] }),
        judged("i-4", { tags: { Owner: "" } }),
        judged("i-5", { tags: null, verdict: "unknown" }),
      ]);
      const data = createReportData(db);
      const counts = await data.valueCounts(EVERYTHING, OWNER);
      expect(counts).toHaveLength(3);
      expect(counts).toEqual(
        expect.arrayContaining([
          { cloud: "aws", value: 'it\'s "quoted" | ☃', verdict: "compliant", count: 2 },
          { cloud: "aws", value: null, verdict: "non_compliant", count: 1 },
          { cloud: "aws", value: null, verdict: "compliant", count: 1 },
        ]),
      );
      const folded = await data.valueCounts(EVERYTHING, { ...OWNER, ignoreCase: true });
      expect(folded.find(({ value }) => value === "shouting")?.count).toBe(1);
      expect(await data.valueCosts(EVERYTHING, OWNER, ["2026-10"])).toEqual([]);
      expect(await data.findingCosts(EVERYTHING, ["2026-10"])).toEqual([]);
      await store.close();
      await database.dispose();
    });
  });
});
