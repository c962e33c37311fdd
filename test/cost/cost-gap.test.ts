import { beforeEach, describe, expect, it } from "vitest";
import { createCostGap } from "../../src/app/cost/cost-gap.ts";
import type { CostGapRequest } from "../../src/app/cost/cost-question.ts";
import type { CostGroup } from "../../src/domain/cost/cost-line.ts";
import { AppError } from "../../src/domain/errors.ts";
import type { CostStore } from "../../src/ports/cost-store.ts";
import type { CostSource } from "../../src/ports/costs.ts";
import { toCostGapOutput } from "../../src/mcp/cost-gap-output.ts";
import { costGapText } from "../../src/mcp/cost-gap-text.ts";
import { createCostStore } from "../../src/storage/costs/index.ts";
import { openSqlite } from "../../src/storage/sqlite.ts";
import { AT_MS, CATALOGUE } from "../policy/fixtures.ts";
import { manualClock } from "../storage/estate.ts";
import { fakeProvider } from "./fake-provider.ts";
import { activeKey, charge, fakeSource, POLICY, NO_INVENTORY } from "./fixtures.ts";

const REQUEST: CostGapRequest = {
  clouds: [],
  accounts: [],
  regions: [],
  resourceTypes: [],
  period: "2026-10",
  groupBy: null,
  tags: [],
  metric: "effective",
  target: 0.9,
  dryRun: false,
  refresh: false,
  signal: AbortSignal.timeout(60_000),
};

const UNTAGGED = charge({}, { account: "111111111111" });
const BILL: readonly CostGroup[] = [
  charge({ CostCenter: "Sales" }),
  UNTAGGED,
  charge({}, { charge: "tax", hasResource: false, effectiveMicros: 20_000_000n }),
];

let store: CostStore;
let clock: ReturnType<typeof manualClock>;
beforeEach(async () => {
  clock = manualClock(AT_MS);
  store = createCostStore(await openSqlite(":memory:"), clock);
});

async function keep(
  groups: readonly CostGroup[],
  method: "cur" | "focus" = "cur",
  keys = ["CostCenter"],
) {
  const writer = await store.beginBill("default");
  await writer.save(groups);
  const facts = keys.map((tag) => activeKey(tag));
  return writer.commit({
    method,
    asOfMs: AT_MS,
    linesLeftOut: 0,
    keys: { aws: facts, azure: facts, gcp: facts },
  });
}

function ask(request: Partial<CostGapRequest> = {}, sources: readonly CostSource[] = []) {
  const clouds = [...new Set(sources.map(({ cloud }) => cloud))];
  const getCostGap = createCostGap({
    inventory: NO_INVENTORY,
    providers: clouds.map(fakeProvider),
    catalogue: CATALOGUE,
    sources,
    store,
    clock,
    policy: async () => POLICY,
    settings: { allocationTags: [], teamTag: undefined },
  });
  return getCostGap({ ...REQUEST, ...request });
}

describe("one figure", () => {
  it("is the bill, bucket by bucket, with both denominators", async () => {
    await keep(BILL);
    const { figures, without, tags } = await ask();
    expect([tags, without]).toEqual([["CostCenter"], []]);
    expect(figures).toHaveLength(1);
    expect(figures[0]).toMatchObject({
      clouds: ["aws"],
      method: "cur",
      currency: "USD",
      confidence: "high",
      buckets: {
        allocated: 100_000_000n,
        gap_missing_or_empty: 100_000_000n,
        not_taggable_charge: 20_000_000n,
      },
    });
  });

  it("holds every cloud of one method, and each method its own", async () => {
    await keep([
      charge({ CostCenter: "Sales" }),
      charge({ cost_center: "sales" }, { cloud: "gcp" }),
    ]);
    const azure = fakeSource([charge({}, { cloud: "azure" })], {
      cloud: "azure",
      method: "azure_query",
    });
    const { figures } = await ask({}, [azure]);
    expect(figures.map(({ clouds, method }) => [clouds, method])).toEqual([
      [["aws", "gcp"], "cur"],
      [["azure"], "azure_query"],
    ]);
  });

  it("never adds currencies", async () => {
    await keep([charge({}), charge({}, { currency: "EUR" })]);
    expect((await ask()).figures.map(({ currency }) => currency)).toEqual(["EUR", "USD"]);
  });

  it("names months that are not stored and does not count them as zero", async () => {
    await keep(BILL);
    const [figure] = (await ask({ period: "last_quarter" })).figures;
    expect(figure).toBeUndefined(); // Nothing of July to September is stored.
    const [wider] = (await ask({ period: "2026-09-01/2026-11-01" })).figures;
    expect(wider).toMatchObject({
      confidence: "low",
      missing: [{ period: { from: "2026-09-01", to: "2026-10-01" } }],
    });
  });
});

describe("stated cases", () => {
  it("instances that share a Name are charged what each costs, not the group's cost each", async () => {
    const named = (resourceId: string, micros: bigint) =>
      charge({ Name: "web" }, { resourceId, effectiveMicros: micros });
    await keep([named("i-00000001", 70_000_000n), named("i-00000002", 30_000_000n)]);
    const [figure] = (await ask()).figures;
    expect(figure?.buckets.gap_missing_or_empty).toBe(100_000_000n);
  });

  it("a service of several types is counted once, under any grouping", async () => {
    await keep([
      charge({}, { service: "AmazonEC2", resourceType: "ec2:instance", effectiveMicros: 5n }),
      charge({}, { service: "AmazonEC2", resourceType: "ec2:volume", effectiveMicros: 3n }),
    ]);
    const [byType] = (await ask({ groupBy: "type" })).figures;
    const [byService] = (await ask({ groupBy: "service" })).figures;
    expect(byType?.rows.map(({ value, buckets }) => [value, buckets.gap_missing_or_empty])).toEqual(
      [
        ["ec2:instance", 5n],
        ["ec2:volume", 3n],
      ],
    );
    expect(
      byService?.rows.map(({ value, buckets }) => [value, buckets.gap_missing_or_empty]),
    ).toEqual([["AmazonEC2", 8n]]);
  });

  it.each([
    [{ ...activeKey("CostCenter"), state: "inactive" as const }, "key_inactive", null],
    [
      { ...activeKey("CostCenter"), state: "activated_after" as const, activeSince: "2026-10-15" },
      "key_activated_after",
      "2026-10-15",
    ],
  ])(
    "a key that is $state says unmeasurable, not a gap of 100 %",
    async (key, reason, measurableFrom) => {
      const source = fakeSource([UNTAGGED, BILL[2] ?? UNTAGGED], { facts: { keys: [key] } });
      const result = await ask({}, [source]);
      expect(result.figures[0]).toMatchObject({ obstacle: { reason, measurableFrom }, path: null });
      const [shown] = toCostGapOutput(result, { rows: 5, steps: 5 }).figures;
      expect(shown?.unmeasurable).toBe(reason);
      expect(shown?.waterfall.map(({ bucket, amount }) => [bucket, amount])).toEqual([
        ["unmeasurable", "100.00"],
        ["not_taggable_charge", "20.00"],
      ]);
    },
  );

  it("an empty bill has no figure and says so; its share is not 100 %", async () => {
    const result = await ask({}, [fakeSource([])]);
    expect(result.figures).toEqual([]);
    expect(result.without).toMatchObject([{ cloud: "aws", obstacle: { reason: "no_charges" } }]);
    expect(costGapText(toCostGapOutput(result, { rows: 5, steps: 5 }))).not.toContain("100 %");
  });

  it("a bill of nothing but credits has null shares and says why", async () => {
    await keep([charge({ CostCenter: "Sales" }, { effectiveMicros: -5_000_000n })]);
    const [shown] = toCostGapOutput(await ask(), { rows: 5, steps: 5 }).figures;
    expect(shown?.unmeasurable).toBe("negative_spend");
    expect(shown?.waterfall[0]).toMatchObject({ share_of_total: null, share_of_taggable: null });
  });
});

describe("asking a provider", () => {
  it("is told in a dry run, and costs nothing then", async () => {
    const source = fakeSource(BILL);
    const result = await ask({ dryRun: true }, [source]);
    expect(source.requests).toEqual([]);
    expect(result.questions).toMatchObject([{ kept: false, calls: 2, costMicros: 20_000n }]);
  });

  it("is paid once in eight hours, and told to the budget", async () => {
    const spent: bigint[] = [];
    const source = fakeSource(BILL);
    const onSpent = (micros: bigint): void => void spent.push(micros);
    const first = await ask({ onSpent }, [source]);
    clock.advance(source.keepForMs);
    const second = await ask({ onSpent }, [source]);
    expect([source.requests.length, spent]).toEqual([1, [20_000n]]);
    expect(second.figures).toEqual(first.figures);
    expect(second.questions).toMatchObject([{ kept: true, calls: 0, costMicros: 0n }]);
    clock.advance(1);
    await ask({}, [source]);
    await ask({ refresh: true }, [source]);
    await ask({ tags: ["Owner"] }, [source]);
    expect(source.requests).toHaveLength(4);
  });

  it("is limited to what the source can tell apart", async () => {
    const source = fakeSource(BILL);
    await ask({ groupBy: "service" }, [source]);
    expect(source.requests[0]).toMatchObject({
      dimensions: ["service"],
      keys: [{ tag: "CostCenter" }],
    });
    const [figure] = (await ask({ groupBy: "type" }, [source])).figures;
    expect(figure).toMatchObject({ grouped: false });
    const several = await ask({ tags: ["CostCenter", "Owner"] }, [source]);
    expect(several.without).toMatchObject([{ obstacle: { reason: "source_cannot" } }]);
  });

  it("that fails leaves the other clouds' figures, and is thrown when there are none", async () => {
    const denied: CostSource = {
      ...fakeSource([], { cloud: "azure", method: "azure_query" }),
      read: () => {
        throw new AppError("cloud_denied", "Access to costs was refused.");
      },
    };
    const result = await ask({}, [fakeSource(BILL), denied]);
    expect(result.figures).toHaveLength(1);
    expect(result.without).toEqual([{ cloud: "azure", obstacle: null, failure: "cloud_denied" }]);
    await expect(ask({}, [denied])).rejects.toMatchObject({ code: "cloud_denied" });
  });

  it("is not needed where a bill of the whole month is stored, and is for other periods", async () => {
    await keep(BILL);
    const source = fakeSource(BILL);
    await ask({}, [source]);
    expect(source.requests).toHaveLength(0);
    await ask({ period: "last_30_days" }, [source]);
    expect(source.requests).toHaveLength(1);
  });
});

it("a bill that was imported before the policy had the tag is to be imported again", async () => {
  await keep(BILL, "focus", ["Owner"]);
  expect((await ask()).figures[0]).toMatchObject({
    confidence: "low",
    obstacle: { reason: "key_not_read", tags: ["CostCenter"] },
  });
});
