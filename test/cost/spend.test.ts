import { expect, it } from "vitest";
import { createSpend, spendKey } from "../../src/app/cost/spend.ts";
import { EVERYTHING } from "../../src/domain/scan/scope.ts";
import { createCostStore } from "../../src/storage/costs/index.ts";
import { createInventoryStore } from "../../src/storage/inventory.ts";
import { openSqlite } from "../../src/storage/sqlite.ts";
import { AT_MS } from "../policy/fixtures.ts";
import { judged, manualClock, scanCell } from "../storage/estate.ts";
import { activeKey, charge } from "./fixtures.ts";

const arn = (id: string): string => `arn:aws:ec2:us-east-1:111111111111:instance/${id}`;
const billed = (id: string, micros: bigint, month = "2026-10") =>
  charge({}, { resourceId: arn(id), effectiveMicros: micros, month });

const judgedBy = (id: string, policyHash = "p") => ({ id, policyHash });

async function setUp() {
  const clock = manualClock(AT_MS);
  const db = await openSqlite(":memory:");
  const store = createCostStore(db, clock);
  const inventory = createInventoryStore(db, { clock });
  const keep = async (groups: readonly ReturnType<typeof charge>[]) => {
    const writer = await store.beginBill("default");
    await writer.save(groups);
    const keys = { aws: [activeKey("CostCenter")], azure: [], gcp: [] };
    await writer.commit({ method: "cur", asOfMs: AT_MS, linesLeftOut: 0, keys });
    clock.advance(1);
  };
  return { inventory, keep, spend: createSpend(store, clock) };
}

it("is not known, rather than zero, where no bill of a whole month is stored", async () => {
  const { inventory, keep, spend } = await setUp();
  await keep([billed("i-1", 5n, "2026-11")]); // The running month.
  expect(await spend.ofScope(EVERYTHING, judgedBy("scan_1"))).toBeNull();
  expect(await spend.ofResources([{ cloud: "aws", id: arn("i-1") }])).toEqual(new Map());
  await inventory.close();
});

it("weighs the verdicts of the last scan by the newest whole month, and again after a new bill or scan", async () => {
  const { inventory, keep, spend } = await setUp();
  await scanCell(inventory, [judged(arn("i-1")), judged(arn("i-2"), { verdict: "non_compliant" })]);
  await keep([
    billed("i-1", 30n),
    billed("i-2", 10n),
    billed("i-3", 60n),
    billed("i-1", 9n, "2026-09"),
  ]);
  const weighed = await spend.ofScope(EVERYTHING, judgedBy("scan_1"));
  expect(weighed).toMatchObject({
    month: "2026-10",
    clouds: ["aws"],
    currencies: [
      {
        compliantMicros: 30n,
        nonCompliantMicros: 10n,
        score: 0.75,
        match: { billedMicros: 100n, matchedMicros: 40n },
      },
    ],
  });
  expect(await spend.byAccount(EVERYTHING, judgedBy("scan_1"))).toEqual([
    {
      cloud: "aws",
      account: "111111111111",
      currency: "USD",
      totalMicros: 40n,
      nonCompliantMicros: 10n,
    },
  ]);
  expect(
    (await spend.ofResources([{ cloud: "aws", id: arn("i-2") }])).get(spendKey("aws", arn("i-2"))),
  ).toEqual({
    micros: 10n,
    currency: "USD",
  });
  await scanCell(inventory, [judged(arn("i-1")), judged(arn("i-2"))]);
  expect((await spend.ofScope(EVERYTHING, judgedBy("scan_2")))?.currencies[0]?.score).toBe(1);
  await scanCell(inventory, [judged(arn("i-1")), judged(arn("i-2"), { verdict: "non_compliant" })]);
  expect(
    (await spend.ofScope(EVERYTHING, judgedBy("scan_2", "another")))?.currencies[0]?.score,
  ).toBe(0.75);
  await keep([billed("i-1", 7n)]);
  expect(
    (await spend.ofScope(EVERYTHING, judgedBy("scan_2")))?.currencies[0]?.compliantMicros,
  ).toBe(7n);
  await inventory.close();
});
