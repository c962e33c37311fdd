/**
 * A process of its own that asks one question and prints the answer: `node asking-process.ts <target>
 * <scope> <cell ms>`. Scope is `all` or a region. Each cell of its made-up cloud takes that long to
 * read; `scanned` on stderr tells that this process read the cloud.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { createCheckCompliance } from "../../src/app/check-compliance.ts";
import { createFreshInventory } from "../../src/app/fresh-inventory.ts";
import { createCatalogue } from "../../src/domain/resource-type.ts";
import type { CloudProvider } from "../../src/ports/cloud.ts";
import { createInventoryStore } from "../../src/storage/inventory.ts";
import { cell, judged } from "../storage/estate.ts";
import { openTarget } from "../storage/open-target.ts";

const [target = "", scope = "all", cellMs = "0"] = process.argv.slice(2);
const REGIONS = ["us-east-1", "eu-west-1", "ap-south-1"];
const FACTS = [
  { cloud: "aws", id: "ec2:instance", category: "other", billable: true, taggable: true },
] as const;

const cloud: CloudProvider = {
  cloud: "aws",
  resourceTypes: FACTS,
  regions: REGIONS,
  locate: () => undefined,
  apiCalls: () => 0,
  close: () => Promise.resolve(),
  inventory: {
    plan: async function* (asked) {
      process.stderr.write("scanned\n");
      for (const region of REGIONS) {
        if (asked.regions.length > 0 && !asked.regions.includes(region)) continue;
        yield {
          kind: "reader",
          reader: {
            cell: cell({ region }),
            sees: "everything",
            read: async function* (signal) {
              await sleep(Number(cellMs), undefined, { signal });
              yield [judged(`i-${region}`, { region, tags: { Team: "a" } }).resource];
            },
          },
        };
      }
    },
  },
};

const clock = { now: () => Date.now() };
const inventory = createInventoryStore(await openTarget(target), {
  clock,
  heartbeatMs: 200,
  abandonedAfterMs: 3000,
});
const inventories = createFreshInventory({
  providers: [cloud],
  inventory,
  catalogue: createCatalogue(FACTS),
  judge: () =>
    Promise.resolve({ policyHash: "p", judge: () => ({ verdict: "compliant", violations: [] }) }),
  clock,
  ids: { next: (prefix) => `${prefix}_${process.pid}_${Math.random().toString(36).slice(2)}` },
  logger: { debug() {}, info() {}, warn() {}, error() {} },
  cellConcurrency: 1,
});
const check = createCheckCompliance({ inventory, ensureFresh: inventories.ensureFresh });
process.stdout.write("ready\n");
await new Promise((resolve) => process.stdin.once("data", resolve));
const answer = await check({
  clouds: [],
  accounts: [],
  regions: scope === "all" ? [] : [scope],
  resourceTypes: [],
  severity: "all",
  maxAgeMinutes: 60,
  refresh: false,
  storeSnapshot: false,
  limit: 1,
  cursor: undefined,
  signal: new AbortController().signal,
});
process.stdout.write(`answer ${answer.total} ${answer.score} ${answer.coverage.complete}\n`);
await inventories.close();
await inventory.close();
process.exit(0);
