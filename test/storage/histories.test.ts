import fc from "fast-check";
import type { Kysely } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ANY, type Cell, CELL_STATUSES } from "../../src/domain/scan/cell.ts";
import { EVERYTHING, type Scope } from "../../src/domain/scan/scope.ts";
import type { InventoryStore, JudgedResource, ScanWriter } from "../../src/ports/inventory.ts";
import { createInventoryStore } from "../../src/storage/inventory.ts";
import type { Database } from "../../src/storage/schema.ts";
import { emptyTables, onEveryDatabase } from "./databases.ts";
import { allViolations, begin, judged, manualClock } from "./estate.ts";
import type { TestDatabase } from "./inventory-contract.ts";
import { breakdownCounts, InventoryModel, type ModelScan, violationTexts } from "./model.ts";
import { keptCounts, recount } from "./recount.ts";

const CLOUDS = ["aws", "azure"] as const;
const ACCOUNTS = ["a", "b"];
const REGIONS = ["r1", "r2"];
const TYPES = ["VM", "vm", "disk"];

const anyScope: fc.Arbitrary<Scope> = fc.oneof(
  fc.constant(EVERYTHING),
  fc.record({
    clouds: fc.subarray([...CLOUDS]),
    accounts: fc.subarray(ACCOUNTS),
    regions: fc.subarray(REGIONS),
    resourceTypes: fc.subarray(TYPES),
  }),
);

/** Mostly of one account, so that what happens to a resource happens more than once. */
const anyCell: fc.Arbitrary<Cell> = fc.record({
  cloud: fc.constantFrom("aws", "aws", "aws", "azure"),
  account: fc.constantFrom("a", "a", "a", "b"),
  region: fc.constantFrom("*", "*", ...REGIONS),
  resourceType: fc.constantFrom("*", "*", ...TYPES),
});

const anyViolation = fc.record({
  kind: fc.constantFrom("missing_required_tag", "invalid_value"),
  tag: fc.constantFrom("Team", "Owner"),
  severity: fc.constantFrom("error", "warning"),
  expected: fc.constant("a value"),
  actual: fc.constantFrom(null, "x", "y"),
  suggestion: fc.constant(null),
  rule: fc.constant("required_tags[0]"),
});

const anyResource: fc.Arbitrary<JudgedResource> = fc
  .record({
    id: fc.constantFrom("i-1", "i-2", "i-3", "I-1", "i-4", "i-5"),
    place: fc.record({
      cloud: fc.constantFrom(...CLOUDS),
      account: fc.constantFrom(...ACCOUNTS),
      region: fc.constantFrom(...REGIONS),
      type: fc.constantFrom(...TYPES),
    }),
    verdict: fc.constantFrom("compliant", "non_compliant", "exempt", "unknown", "out_of_scope"),
    violations: fc.array(anyViolation, { maxLength: 3 }),
    tags: fc.constantFrom(null, {}, { Team: "x" }, { Team: "y", Owner: "z" }),
  })
  .map(({ id, place, ...rest }) => judged(id, { ...place, ...rest }));

/** Which of the scans that run is meant; two may run at once. */
const which = fc.nat(1);
const anyStep = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant("begin" as const), scope: anyScope }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("save" as const),
      which,
      cell: anyCell,
      page: fc.array(anyResource, { maxLength: 6 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("end" as const),
      which,
      cell: anyCell,
      // Half of them complete: that is the one status that makes resources go.
      status: fc.oneof(fc.constant("complete" as const), fc.constantFrom(...CELL_STATUSES)),
      reason: fc.constantFrom("throttled" as const, "cancelled" as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("finish" as const),
      which,
      status: fc.constantFrom("complete", "partial", "failed", "cancelled"),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "wait" as const }) },
);
type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never;

interface Running {
  readonly writer: ScanWriter;
  readonly scan: ModelScan;
}

/** The resource, moved to where the cell reads. */
function within(cell: Cell, { resource, judgement }: JudgedResource): JudgedResource {
  const { cloud, account } = cell;
  const region = cell.region === ANY ? resource.region : cell.region;
  const type = cell.resourceType === ANY ? resource.type : cell.resourceType;
  return { resource: { ...resource, cloud, account, region, type }, judgement };
}

/** Plays a history to both a store and the model. */
async function play(
  store: InventoryStore,
  model: InventoryModel,
  { history, clock }: { readonly history: readonly Step[]; clock: ReturnType<typeof manualClock> },
): Promise<void> {
  const running: Running[] = [];
  for (const one of history) {
    if (one.do === "wait") clock.advance(1);
    if (one.do === "begin" && running.length < 2)
      running.push({
        writer: await begin(store, { scope: one.scope }),
        scan: { scope: one.scope, beganAtMs: clock.now(), outcomes: [] },
      });
    const target = "which" in one ? running[one.which] : undefined;
    if (target === undefined) continue;
    if (one.do === "save") {
      const page = one.page.map((seen) => within(one.cell, seen));
      await target.writer.saveResources(one.cell, page);
      model.save(target.scan, page, clock.now());
    }
    if (one.do === "end") {
      const reason = one.status === "complete" ? null : one.reason;
      const ended = { cell: one.cell, status: one.status, reason, resources: 0 };
      await target.writer.endCell(ended);
      model.endCell(target.scan, ended);
    }
    if (one.do === "finish") {
      await target.writer.finish(one.status);
      model.finish(target.scan, one.status);
      running.splice(running.indexOf(target), 1);
    }
  }
}

const RANK = { error: 0, warning: 1 } as const;

onEveryDatabase((_, create) => {
  let database: TestDatabase;
  let db: Kysely<Database>;
  beforeAll(async () => {
    database = await create();
    db = await database.connect();
  });
  afterAll(async () => {
    await db.destroy();
    await database.dispose();
  });

  test("whatever the history, the store answers like the model and its counts equal its rows", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyStep, { maxLength: 40, size: "max" }),
        anyScope,
        fc.subarray(["error", "warning"] as const),
        async (history, asked, severities) => {
          await emptyTables(db);
          const clock = manualClock();
          const store = createInventoryStore(db, { clock });
          const model = new InventoryModel();
          await play(store, model, { history, clock });
          expect(await keptCounts(db)).toEqual(await recount(db));
          for (const one of [EVERYTHING, asked]) {
            const filter = { scope: one, severities };
            expect(breakdownCounts(await store.breakdown(filter))).toEqual(model.counts(one));
            const listed = await allViolations(store, { limit: 2, ...filter });
            expect(violationTexts(listed)).toEqual(model.violations(one, severities));
            const tallied = await store.tally(filter);
            expect(tallied.reduce((sum, { count }) => sum + count, 0)).toBe(listed.length);
            const order = listed.map((v) =>
              [RANK[v.severity], v.cloud, v.account, v.region].join(),
            );
            expect(order).toEqual(order.toSorted());
          }
        },
      ),
      { numRuns: 100 },
    );
  }, 120_000);
});
