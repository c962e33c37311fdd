import { afterEach, describe, expect, test } from "vitest";
import type { ExplorerOptions } from "../../../sandbox/aws/explorer.ts";
import { startAws } from "../../../sandbox/aws/server.ts";
import { createEstate } from "../../../sandbox/estate/estate.ts";
import { createFaultPlan } from "../../../sandbox/faults.ts";
import { silent } from "../../../test/moto/read-inventory.ts";
import { setEnvironment } from "../../../test/moto/server.ts";
import { runScan, type ScanProgress } from "../../app/scan.ts";
import type { Judge } from "../../domain/compliance/violation.ts";
import { createCatalogue } from "../../domain/resource-type.ts";
import { narrowScope } from "../../domain/scan/narrow.ts";
import { EVERYTHING, type Scope } from "../../domain/scan/scope.ts";
import type { Priority } from "../../domain/scan/waiting-line.ts";
import { createInventoryStore } from "../../storage/inventory.ts";
import { openSqlite } from "../../storage/sqlite.ts";
import { createAwsProvider } from "./provider.ts";
import { AWS_RESOURCE_TYPES } from "./resource-types.ts";

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

const MAX_IN_FLIGHT = 4;
const lenient: Judge = {
  policyHash: "none",
  judge: () => ({ verdict: "compliant", violations: [] }),
};
const catalogue = createCatalogue(AWS_RESOURCE_TYPES);

interface Wanted {
  readonly scope?: Partial<Scope>;
  readonly priority?: Priority;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ScanProgress) => void;
}

/** Some 20 accounts behind a provider that has few requests on the wire at once. */
async function organization(resourceExplorer: ExplorerOptions = {}) {
  const calls: string[] = [];
  const estate = createEstate({ seed: 5, resources: 9000, only: "aws" });
  const server = await startAws({
    estate,
    resourceExplorer,
    faults: createFaultPlan(),
    port: 0,
    latencyMs: 5,
    onCall: ({ account }) => calls.push(account),
  });
  cleanups.push(() => server.close(), setEnvironment(server.env));
  const provider = createAwsProvider({
    logger: silent,
    roleName: "reader",
    maxInFlight: MAX_IN_FLIGHT,
  });
  const clock = { now: () => Date.now() };
  const inventory = createInventoryStore(await openSqlite(":memory:"), { clock });
  cleanups.push(
    () => inventory.close(),
    () => provider.close(),
  );
  let scans = 0;
  const scan = ({ scope, signal = new AbortController().signal, ...request }: Wanted) =>
    runScan(
      {
        providers: [provider],
        inventory,
        clock,
        logger: silent,
        ids: { next: () => `scan-${(scans += 1)}` },
        cellConcurrency: 256,
      },
      {
        ...request,
        narrowed: narrowScope({ ...EVERYTHING, ...scope }, [provider], catalogue),
        judge: lenient,
        snapshot: null,
        signal,
      },
    );
  return { calls, scan, inventory, estate, accounts: estate.accounts.map(({ id }) => id) };
}

const total = async ({ inventory }: Awaited<ReturnType<typeof organization>>): Promise<number> => {
  const rows = await inventory.breakdown({ scope: EVERYTHING, severities: [] });
  return rows.reduce((sum, { counts }) => sum + counts.compliant, 0);
};

describe("scans of one organization", () => {
  test("someone who waits is answered while a background scan has every request slot taken", async () => {
    // Without an index every type is listed on its own: thousands of requests, which no quota holds up.
    const { calls, scan, accounts } = await organization({ state: "off" });
    const abort = new AbortController();
    const audit = scan({ priority: "background", signal: abort.signal });
    const ended = Promise.allSettled([audit]);
    await expect.poll(() => calls.length, { timeout: 20_000 }).toBeGreaterThan(200);
    const asked = accounts.at(-1) ?? "";
    const before = calls.length;
    const answer = await scan({
      scope: { accounts: [asked], regions: ["eu-west-1"], resourceTypes: ["ec2:instance"] },
    });
    const others = calls.slice(before).filter((account) => account !== asked);
    abort.abort();
    expect(await ended).toMatchObject([{ status: "rejected", reason: { code: "cancelled" } }]);
    expect(answer.status).toBe("complete");
    // In one line with hundreds of others each of its few calls would wait for all of them.
    expect(others.length).toBeLessThan(250);
  }, 120_000);

  test("a cancelled scan sends nothing more, ends as cancelled, and nothing of it is gone", async () => {
    const made = await organization();
    const { calls, scan, estate, inventory } = made;
    await scan({});
    const known = estate.truth("aws").total;
    expect(await total(made)).toBe(known);

    const abort = new AbortController();
    const cancelled = scan({
      signal: abort.signal,
      onProgress: ({ resources }) => {
        if (resources > known / 4) abort.abort();
      },
    });
    await expect(cancelled).rejects.toMatchObject({ code: "cancelled" });
    const sent = calls.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(calls.length).toBe(sent);
    expect((await inventory.findScan("scan-2"))?.status).toBe("cancelled");
    expect(await total(made)).toBe(known);
  }, 120_000);
});
