import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EVERYTHING } from "../domain/scan/scope.ts";
import { createCatalogue } from "../domain/resource-type.ts";
import type { CloudProvider } from "../ports/cloud.ts";
import type { InventoryStore, ScanRecord } from "../ports/inventory.ts";
import { createFreshInventory } from "./fresh-inventory.ts";

const MINUTE = 60_000;
const NOW = 1_000 * MINUTE;
const stored: ScanRecord = {
  id: "stored",
  scope: EVERYTHING,
  status: "complete",
  startedAt: NOW - 90 * MINUTE,
  finishedAt: NOW - 89 * MINUTE,
  policyHash: "p",
  snapshot: false,
};

/** A store in which one scan is 90 minutes old, and which notes the scans that begin. */
function storeWithOneScan(begun: string[], finished: string[]): InventoryStore {
  const store: Partial<InventoryStore> = {
    latestScanCovering: () => Promise.resolve(stored),
    beginOrShareScan: ({ id }) => {
      begun.push(id);
      return Promise.resolve({
        kind: "begun",
        writer: {
          scanId: id,
          saveResources: () => Promise.resolve(),
          endCell: () => Promise.resolve(),
          finish: (status) => {
            finished.push(status);
            return Promise.resolve({ ...stored, id, status, startedAt: NOW });
          },
        },
      });
    },
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the rest is not asked
  return store as InventoryStore;
}

describe("an inventory that is 90 minutes old", () => {
  const begun: string[] = [];
  const finished: string[] = [];
  const gate = { open: (): void => undefined, opened: Promise.resolve() };
  beforeEach(() => {
    begun.length = 0;
    finished.length = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    Object.assign(gate, { open: resolve, opened: promise });
  });
  afterEach(() => gate.open());

  const slow: CloudProvider = {
    cloud: "aws",
    resourceTypes: [],
    regions: [],
    locate: () => undefined,
    apiCalls: () => 0,
    close: () => Promise.resolve(),
    inventory: {
      plan: async function* (_scope, signal) {
        const left = Promise.withResolvers<never>();
        signal.addEventListener("abort", () => left.reject(signal.reason));
        await Promise.race([gate.opened, left.promise]);
        yield* [];
      },
    },
  };
  const fresh = (answersMeanwhile: boolean) =>
    createFreshInventory({
      providers: [slow],
      inventory: storeWithOneScan(begun, finished),
      catalogue: createCatalogue([]),
      judge: () =>
        Promise.resolve({ policyHash: "p", judge: () => ({ verdict: "unknown", violations: [] }) }),
      answersMeanwhile,
      clock: { now: () => NOW },
      ids: { next: () => "new" },
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      cellConcurrency: 1,
    });
  const question = (minutes: {
    readonly maxAgeMinutes: number;
    readonly staleMinutes?: number;
  }) => ({
    ...EVERYTHING,
    ...minutes,
    refresh: false,
    storeSnapshot: false,
    cursor: undefined,
    signal: new AbortController().signal,
  });

  test("answers at once where the caller allows it, with one scan behind all such answers", async () => {
    const { ensureFresh, close } = fresh(true);
    const asked = question({ maxAgeMinutes: 60, staleMinutes: 120 });
    for (const _ of [1, 2])
      expect(await ensureFresh(asked)).toMatchObject({
        scan: { id: "stored" },
        scanned: false,
        refreshing: true,
      });
    await expect.poll(() => begun).toEqual(["new"]);
    await close();
    expect(finished).toEqual(["cancelled"]);
  });

  test("a process that does not go on ends when the scan behind its answer has", async () => {
    const { ensureFresh, close } = fresh(false);
    await ensureFresh(question({ maxAgeMinutes: 60, staleMinutes: 120 }));
    const closed = close();
    gate.open();
    await closed;
    expect(finished).toEqual(["partial"]);
  });

  test.each([
    ["is young enough", { maxAgeMinutes: 100, staleMinutes: 120 }, "stored"],
    ["is too old to be allowed", { maxAgeMinutes: 60, staleMinutes: 80 }, "new"],
    ["is stale and that is not allowed", { maxAgeMinutes: 60 }, "new"],
  ])("%s: nothing is refreshed behind", async (_what, minutes, scanId) => {
    gate.open();
    const { ensureFresh, close } = fresh(true);
    expect(await ensureFresh(question(minutes))).toMatchObject({
      scan: { id: scanId },
      refreshing: false,
    });
    await close();
  });
});
