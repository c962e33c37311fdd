import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createBill } from "../../sandbox/estate/bill.ts";
import { writeBillFile } from "../../sandbox/estate/bill-files.ts";
import { createEstate } from "../../sandbox/estate/estate.ts";
import { createCostGap } from "../../src/app/cost/cost-gap.ts";
import type { CostGapRequest } from "../../src/app/cost/cost-question.ts";
import { createImportBills } from "../../src/app/cost/import-bills.ts";
import { createCostFiles } from "../../src/cost-files/cost-files.ts";
import type { CostGroup } from "../../src/domain/cost/cost-line.ts";
import { parentOf } from "../../src/domain/cost/parents.ts";
import { resourceKey } from "../../src/domain/resource.ts";
import type { StoredTags } from "../../src/ports/stored-tags.ts";
import { createCostStore } from "../../src/storage/costs/index.ts";
import { createInventoryStore } from "../../src/storage/inventory.ts";
import { createStoredTags } from "../../src/storage/inventory/held-tags.ts";
import { openSqlite } from "../../src/storage/sqlite.ts";
import { AT_MS, CATALOGUE } from "../policy/fixtures.ts";
import { judged, manualClock, scanCell } from "../storage/estate.ts";
import { activeKey, charge, NO_INVENTORY, POLICY } from "./fixtures.ts";

const QUESTION: CostGapRequest = {
  clouds: [],
  accounts: [],
  period: "2026-10",
  groupBy: null,
  tags: [],
  metric: "effective",
  target: 1,
  dryRun: false,
  refresh: false,
  signal: AbortSignal.timeout(120_000),
};
const PLACE = { account: "111111111111", region: "us-east-1" };
const arn = (id: string): string => `arn:aws:ec2:us-east-1:111111111111:instance/${id}`;

async function open() {
  const clock = manualClock(AT_MS);
  const db = await openSqlite(":memory:");
  const store = createCostStore(db, clock);
  const ask = (inventory: StoredTags) =>
    createCostGap({
      inventory,
      providers: [],
      catalogue: CATALOGUE,
      sources: [],
      store,
      clock,
      policy: async () => POLICY,
      settings: { allocationTags: [], teamTag: undefined },
    })(QUESTION);
  return { clock, db, store, ask };
}

const parentsIn = ({ figures }: Awaited<ReturnType<Awaited<ReturnType<typeof open>>["ask"]>>) =>
  figures
    .flatMap(({ path }) => path?.steps ?? [])
    .flatMap(({ fix, gainMicros }) => (fix.kind === "parent" ? [[fix.parent, gainMicros]] : []));

describe("parents that the bill does not name", () => {
  async function stored() {
    const opened = await open();
    const writer = await opened.store.beginBill("default");
    const billed = (id: string, micros: bigint, tags = {}): CostGroup =>
      charge(tags, { ...PLACE, resourceId: id, effectiveMicros: micros });
    await writer.save([
      billed("i-00000001", 30n),
      billed("i-00000002", 40n),
      billed("i-00000003", 50n, { CostCenter: "Sales" }),
      billed("i-00000004", 40n, { CostCenter: "Marketing" }),
      billed("i-00000005", 7n, { "aws:cloudformation:stack-name": "shop" }),
    ]);
    const keys = { aws: [activeKey("CostCenter")], azure: [], gcp: [] };
    await writer.commit({ method: "cur", asOfMs: AT_MS, linesLeftOut: 0, keys });
    const inventory = createInventoryStore(opened.db, { clock: opened.clock });
    const group = { "aws:autoscaling:groupName": "web" };
    const scan = (ids: readonly string[]) =>
      scanCell(
        inventory,
        ids.map((id) => judged(arn(id), { tags: group })),
      );
    return { ...opened, scan };
  }

  it("are found by the tags that the inventory holds, and gain what their members cost", async () => {
    const { ask, db, scan } = await stored();
    await scan(["i-00000001", "i-00000002", "i-00000003"]);
    const found = await ask(createStoredTags(db));
    expect(parentsIn(found)).toEqual([
      ["auto_scaling_group web", 70n],
      ["cloudformation_stack shop", 7n],
    ]);
    const without = await ask(NO_INVENTORY);
    expect(parentsIn(without)).toEqual([["cloudformation_stack shop", 7n]]);
    // Where to fix it is all that the inventory's tags say: every bucket is the bill's.
    expect(found.figures.map(({ buckets }) => buckets)).toEqual(
      without.figures.map(({ buckets }) => buckets),
    );
  });

  it("are known of machines that have gone since, which last month's bill is about", async () => {
    const { ask, db, scan } = await stored();
    await scan(["i-00000001", "i-00000002"]);
    await scan(["i-00000009"]);
    expect(parentsIn(await ask(createStoredTags(db)))).toContainEqual([
      "auto_scaling_group web",
      70n,
    ]);
  });

  it("are read of the cloud and the keys that are asked for", async () => {
    const { db, clock } = await open();
    const inventory = createInventoryStore(db, { clock });
    await scanCell(inventory, [
      judged("in group", { tags: { "aws:autoscaling:groupName": "web" } }),
      judged("alone", { tags: { Name: "web" } }),
      judged("untagged"),
      judged("by people", { tags: { managedby: "terraform" } }),
    ]);
    const found = async (cloud: "aws" | "gcp", keys: readonly string[]) =>
      (await Array.fromAsync(createStoredTags(db).holding(cloud, keys))).flatMap((page) => [
        ...page.keys(),
      ]);
    expect(await found("aws", ["aws:autoscaling:groupName"])).toEqual(["in group"]);
    expect(await found("aws", ["aws:auto", "ManagedBy"])).toEqual(["in group", "by people"]);
    expect(await found("gcp", ["aws:autoscaling:groupName"])).toEqual([]);
    expect(await found("aws", [])).toEqual([]);
  });
});

describe("the nearest parent", () => {
  const stack = { key: "aws:cloudformation:stack-name", value: "shop" };
  it.each([
    [
      "of what bill and inventory name together",
      { "aws:cloudformation:stack-name": "shop" },
      [{ key: "aws:ecs:serviceName", value: "api" }],
      "ecs_service api",
    ],
    [
      "is the bill's where both name one",
      { "aws:cloudformation:stack-name": "billed" },
      [stack],
      "cloudformation_stack billed",
    ],
    [
      "may be an EKS cluster by its own tag",
      {},
      [{ key: "eks:cluster-name", value: "main" }, stack],
      "eks_cluster main",
    ],
    [
      "may be a cluster that says so in the key",
      {},
      [{ key: "kubernetes.io/cluster/blue", value: "owned" }],
      "kubernetes_cluster blue",
    ],
    [
      "may be Terraform code that the bill lacks",
      {},
      [
        { key: "ManagedBy", value: "terraform" },
        { key: "Module", value: "net" },
      ],
      "terraform_module net",
    ],
  ])("%s", (_, billed, inventory, parent) => {
    expect(parentOf(charge(billed), inventory)).toBe(parent);
  });

  it.each([
    ["gcp", "goog-k8s-cluster-name", "gke_cluster main"],
    ["gcp", "goog-dataproc-cluster-name", "dataproc_cluster main"],
    ["azure", "aks-managed-cluster-name", "aks_cluster main"],
  ] as const)("of %s by %s", (cloud, key, parent) => {
    expect(parentOf(charge({}, { cloud }), [{ key, value: "main" }])).toBe(parent);
  });
});

describe("the simulated company's bill with its whole inventory", { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "parents-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is the same waterfall to the micro-unit, with at least as many parents", async () => {
    const estate = createEstate({ seed: 7, resources: 1500 });
    const month = { from: "2026-10-01", until: "2026-11-01" };
    const path = await writeBillFile(createBill(estate), month, {
      path: join(folder, "bill"),
      format: "focus-parquet",
    });
    const { ask, clock, store } = await open();
    const files = createCostFiles();
    const importBills = createImportBills({ files, store, policy: async () => POLICY, clock });
    const { signal } = QUESTION;
    await importBills({ paths: [path], format: "auto", source: "default", period: null, signal });
    const tags = new Map(
      estate.groups.flatMap((group) =>
        Array.from({ length: group.count }, (_, at) => {
          const { cloud, id, tags: own } = estate.resource(group, at);
          return [`${cloud} ${resourceKey(cloud, id)}`, own] as const;
        }),
      ),
    );
    const everything: StoredTags = {
      holding: async function* (cloud) {
        yield new Map(
          [...tags].flatMap(([key, own]) =>
            key.startsWith(`${cloud} `) ? [[key.slice(cloud.length + 1), own] as const] : [],
          ),
        );
      },
    };
    const [known, unknown] = [await ask(everything), await ask(NO_INVENTORY)];
    expect(known.figures.map(({ buckets, currency }) => [currency, buckets])).toEqual(
      unknown.figures.map(({ buckets, currency }) => [currency, buckets]),
    );
    expect(parentsIn(known).length).toBeGreaterThanOrEqual(parentsIn(unknown).length);
    for (const { path: steps } of known.figures)
      expect(steps?.steps.reduce((sum, { gainMicros }) => sum + gainMicros, 0n)).toBe(
        steps?.gainMicros,
      );
  });
});
