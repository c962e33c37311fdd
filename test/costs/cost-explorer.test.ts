import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { costLines } from "../../sandbox/aws/cost-lines.ts";
import { startAws } from "../../sandbox/aws/server.ts";
import { createBill } from "../../sandbox/estate/bill.ts";
import { createEstate } from "../../sandbox/estate/estate.ts";
import { createFaultPlan } from "../../sandbox/faults.ts";
import type { CloudServer } from "../../sandbox/server.ts";
import { createAwsCosts } from "../../src/clouds/aws/costs.ts";
import type { CostDimension, CostGroup } from "../../src/domain/cost/cost-line.ts";
import type { CostRequest, CostSource } from "../../src/ports/costs.ts";
import type { Logger } from "../../src/ports/logger.ts";
import { allGroups, NEVER, sumsOf, truthOf } from "./billed-groups.ts";
import { CLASS_OF } from "./charge-kinds.ts";

const estate = createEstate({ seed: 5, resources: 600 });
const bill = createBill(estate);
const faults = createFaultPlan();
const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };
let server: CloudServer;
let source: CostSource;

beforeAll(async () => {
  server = await startAws({ estate, faults, port: 0, latencyMs: 0 });
  for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);
  source = createAwsCosts({ logger: SILENT });
});
afterEach(() => faults.replace([]));
afterAll(async () => {
  await source.close();
  await server.close();
  vi.unstubAllEnvs();
});

const key = (tag: string, ...aliases: readonly string[]) => ({
  tag,
  spellings: [tag, ...aliases],
  ignoreCase: false,
});
const OCTOBER = { from: "2026-10-01", to: "2026-11-01" };
const request = (more: Partial<CostRequest> = {}): CostRequest => ({
  period: OCTOBER,
  dimensions: [],
  keys: [key("CostCenter")],
  accounts: [],
  ...more,
});

/** What the bill says, by charge class, month, the dimension and the tag, where a tag can be there. */
function expected(
  { period, dimensions, keys }: CostRequest,
  dimensionOf: (line: unknown) => string,
) {
  const sums = new Map<string, { billedMicros: number; effectiveMicros: number }>();
  for (const line of costLines(bill, { from: period.from, until: period.to })) {
    const spelling = keys[0]?.spellings.find((one) => (line.tags.get(one) ?? "") !== "");
    const tag = spelling === undefined ? "-" : `${spelling}=${line.tags.get(spelling)}`;
    const place = dimensions.length === 0 ? "" : dimensionOf(line.line);
    const id = [line.month, CLASS_OF[line.line.kind], place, tag].join("|");
    const sum = sums.get(id) ?? { billedMicros: 0, effectiveMicros: 0 };
    sum.billedMicros += line.billedMicros;
    sum.effectiveMicros += line.effectiveMicros;
    sums.set(id, sum);
  }
  return truthOf(sums);
}

function read(groups: readonly CostGroup[]) {
  return sumsOf(groups, ({ month, charge, account, region, service, tags: [tag] }) =>
    [
      month,
      charge,
      account ?? region ?? service ?? "",
      tag === undefined ? "-" : `${tag.key}=${tag.value}`,
    ].join("|"),
  );
}

const PLACES: readonly (readonly [CostDimension | null, (line: never) => string])[] = [
  [null, () => ""],
  ["account", (line: { account: string }) => line.account],
  ["region", (line: { region: string }) => line.region],
  ["service", (line: { service: string }) => line.service],
];

describe("Cost Explorer", () => {
  for (const [dimension, dimensionOf] of PLACES)
    for (const period of [OCTOBER, { from: "2026-07-15", to: "2026-10-05" }])
      it(`adds up to the bill to the micro-unit, by ${dimension ?? "nothing"}, ${period.from}`, async () => {
        const asked = request({ period, dimensions: dimension === null ? [] : [dimension] });
        const reading = source.read(asked, NEVER);
        const groups = await allGroups(reading);
        expect(read(groups)).toEqual(expected(asked, dimensionOf as never));
        expect(groups.length).toBeGreaterThan(5);
        expect(reading.facts()).toMatchObject({
          method: "cost_explorer",
          keys: [{ tag: "CostCenter", state: "active", spellingsRead: ["CostCenter"] }],
          estimated: false,
        });
      });

  it("reads charges alone without asking for tags, by account too", async () => {
    const asked = request({ keys: [], dimensions: ["account"] });
    const reading = source.read(asked, NEVER);
    const groups = await allGroups(reading);
    expect(read(groups)).toEqual(expected(asked, (line) => (line as { account: string }).account));
    expect(reading.facts().asked).toEqual({ calls: 2, costMicros: 20_000n });
    expect(source.askingCost(asked)).toEqual({ calls: 2, costMicros: 20_000n });
  });

  it("asks for active aliases among what the right spelling lacks", async () => {
    // Two active keys stand in for a key and its alias, because no variant of the sandbox is active.
    const asked = request({ keys: [key("Environment", "Application", "env")] });
    const reading = source.read(asked, NEVER);
    const groups = await allGroups(reading);
    expect(read(groups)).toEqual(expected(asked, () => ""));
    expect(reading.facts().keys[0]?.spellingsRead).toEqual(["Environment", "Application"]);
  });

  it("says that an inactive key is not on the bill, and asks nothing by it", async () => {
    const reading = source.read(request({ keys: [key("Name")] }), NEVER);
    const groups = await allGroups(reading);
    expect(reading.facts().keys).toEqual([
      { tag: "Name", state: "inactive", activeSince: null, spellingsRead: [], merged: [] },
    ]);
    expect(reading.facts().asked.calls).toBe(1);
    expect(groups.every(({ tags }) => tags.length === 0)).toBe(true);
  });

  it("says since when a key is on the bill", async () => {
    const reading = source.read(request({ keys: [key("Owner")] }), NEVER);
    await allGroups(reading);
    expect(reading.facts().keys[0]).toMatchObject({
      state: "activated_after",
      activeSince: "2026-10-12",
    });
  });

  it("does not know the state of keys where the payer's list is denied", async () => {
    faults.replace([{ kind: "deny", service: "ce", operation: "ListCostAllocationTags" }]);
    const own = createAwsCosts({ logger: SILENT });
    const reading = own.read(request(), NEVER);
    expect(await allGroups(reading)).not.toEqual([]);
    expect(reading.facts().keys[0]?.state).toBe("unknown");
    await own.close();
  });

  it("repeats a throttled request and counts it", async () => {
    await allGroups(source.read(request(), NEVER));
    faults.replace([{ kind: "throttle", service: "ce", operation: "GetCostAndUsage", times: 1 }]);
    const reading = source.read(request(), NEVER);
    await allGroups(reading);
    expect(reading.facts().asked.calls).toBe(3);
  });

  for (const [kind, code] of [
    ["deny", "cloud_denied"],
    ["partial", "cloud_unavailable"],
  ] as const)
    it(`answers nothing when the amounts cannot be read whole: ${kind}`, async () => {
      faults.replace([{ kind, service: "ce", operation: "GetCostAndUsage" }]);
      const reading = source.read(request(), NEVER);
      await expect(allGroups(reading)).rejects.toMatchObject({ code });
      expect(() => reading.facts()).toThrow("before its end");
    });
});
