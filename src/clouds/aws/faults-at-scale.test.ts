import { afterEach, describe, expect, test } from "vitest";
import { createEstate } from "../../../sandbox/estate/estate.ts";
import type { FaultRule } from "../../../sandbox/faults.ts";
import { startSandbox } from "../../../sandbox/index.ts";
import { silent } from "../../../test/moto/read-inventory.ts";
import { setEnvironment } from "../../../test/moto/server.ts";
import { runScan } from "../../app/scan.ts";
import type { Judge } from "../../domain/compliance/violation.ts";
import { createCatalogue } from "../../domain/resource-type.ts";
import { narrowScope } from "../../domain/scan/narrow.ts";
import { EVERYTHING } from "../../domain/scan/scope.ts";
import type { InventoryStore } from "../../ports/inventory.ts";
import { createInventoryStore } from "../../storage/inventory.ts";
import { openSqlite } from "../../storage/sqlite.ts";
import { createAwsProvider } from "./provider.ts";
import { AWS_RESOURCE_TYPES } from "./resource-types.ts";

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

const REGIONS = ["us-east-1", "eu-west-1", "us-west-2", "eu-central-1", "us-east-2"];
/** How each fault of a cell's tag sweep must be told. */
const REASONS = {
  deny: "denied_by_organization_policy",
  throttle: "throttled",
  expire: "credentials_expired",
  hang: "timeout",
} as const;
type Kind = keyof typeof REASONS;
const KINDS: readonly Kind[] = ["deny", "throttle", "expire", "hang"];

/** Only tells known tags from unknown ones. */
const knowing: Judge = {
  policyHash: "none",
  judge: ({ tags }) => ({ verdict: tags === null ? "unknown" : "compliant", violations: [] }),
};
const catalogue = createCatalogue(AWS_RESOURCE_TYPES);

/** Some 20 accounts in 5 Regions, scanned into one database as often as asked. */
async function organization() {
  const sandbox = await startSandbox({ estate: createEstate({ seed: 5, resources: 9000 }) });
  cleanups.push(() => sandbox.close(), setEnvironment(sandbox.env));
  const provider = createAwsProvider({
    logger: silent,
    roleName: "reader",
    regions: REGIONS,
    callTimeoutMs: 1500,
  });
  const clock = { now: () => Date.now() };
  const inventory = createInventoryStore(await openSqlite(":memory:"), { clock });
  cleanups.push(
    () => inventory.close(),
    () => provider.close(),
  );
  let scans = 0;
  const scan = () =>
    runScan(
      {
        providers: [provider],
        inventory,
        clock,
        logger: silent,
        ids: { next: () => `scan-${(scans += 1)}` },
        cellConcurrency: 32,
      },
      {
        narrowed: narrowScope({ ...EVERYTHING, clouds: ["aws"] }, [provider], catalogue),
        judge: knowing,
        snapshot: null,
        signal: new AbortController().signal,
      },
    );
  const accounts = sandbox.estate.accounts.filter(({ cloud }) => cloud === "aws");
  const inScope = sandbox.estate.truth("aws", ({ region }) => REGIONS.includes(region)).total;
  return { sandbox, scan, inventory, accounts: accounts.map(({ id }) => id), inScope };
}

/** 5 % of the cells under each fault, no two in one account: the broken key and what it must be told as. */
function planFaults(accounts: readonly string[]): ReadonlyMap<string, Kind> {
  const each = Math.max(1, Math.round((accounts.length * REGIONS.length) / 20));
  const bad = new Map<string, Kind>();
  for (let at = 0; at < each * KINDS.length; at += 1) {
    const account = accounts[at % accounts.length] ?? "";
    // Regions move on with every round over the accounts, so that no cell is hit twice.
    const region = REGIONS[(at + Math.floor(at / accounts.length)) % REGIONS.length] ?? "";
    bad.set(`${account} ${region}`, KINDS[at % KINDS.length] ?? "deny");
  }
  return bad;
}

async function seenIn(inventory: InventoryStore): Promise<Record<"known" | "unknown", number>> {
  const seen = { known: 0, unknown: 0 };
  for (const { counts } of await inventory.breakdown({ scope: EVERYTHING, severities: [] })) {
    seen.known += counts.compliant;
    seen.unknown += counts.unknown;
  }
  return seen;
}

describe("an organization of which a fifth of the cells is broken, each in one of four ways", () => {
  test("the rest is complete, coverage names exactly the broken ones, and nothing is gone", async () => {
    const { sandbox, scan, inventory, accounts, inScope } = await organization();
    expect(accounts.length).toBeGreaterThanOrEqual(10);
    await scan();
    expect(await seenIn(inventory)).toEqual({ known: inScope, unknown: 0 });

    const bad = planFaults(accounts);
    sandbox.faults.replace(
      [...bad].map(([key, kind]): FaultRule => {
        const [account = "", region = ""] = key.split(" ");
        return { kind, cloud: "aws", service: "tagging", account, region };
      }),
    );
    const second = await scan();
    expect(second.status).toBe("partial");
    const outcomes = await inventory.coverage(EVERYTHING);
    const broken = outcomes
      .filter(({ status }) => status !== "complete")
      .map(({ cell, reason }) => [`${cell.account} ${cell.region}`, reason]);
    expect(new Map(broken.map(([key, reason]) => [key, reason]))).toEqual(
      new Map([...bad].map(([key, kind]) => [key, REASONS[kind]])),
    );
    expect(broken).toHaveLength(bad.size);
    // Every resource is still there: those of broken cells with what their tags are unknown.
    const seen = await seenIn(inventory);
    expect(seen.known + seen.unknown).toBe(inScope);
    expect(seen.unknown).toBeGreaterThan(0);

    sandbox.faults.replace([]);
    const third = await scan();
    expect(third.status).toBe("complete");
    expect(await seenIn(inventory)).toEqual({ known: inScope, unknown: 0 });
  }, 120_000);
});
