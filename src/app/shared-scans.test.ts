import { expect, test } from "vitest";
import { EVERYTHING } from "../domain/scan/scope.ts";
import type { ScanRecord } from "../ports/inventory.ts";
import { createSharedScans } from "./shared-scans.ts";

const record: ScanRecord = {
  id: "scan_1",
  scope: EVERYTHING,
  status: "complete",
  startedAt: 0,
  finishedAt: 1,
  policyHash: "x",
  snapshot: false,
};

/** A scan that ends when told to, and notices when it is cancelled. */
function controlledScan() {
  const { promise, resolve, reject } = Promise.withResolvers<ScanRecord>();
  const state = { starts: 0, cancelled: false, finish: () => resolve(record) };
  const start = (signal: AbortSignal): Promise<ScanRecord> => {
    state.starts += 1;
    signal.addEventListener("abort", () => {
      state.cancelled = true;
      reject(signal.reason);
    });
    return promise;
  };
  return { state, start };
}

const waiter = (): AbortController & { signal: AbortSignal } => new AbortController();

test("who asks for a scope that is being scanned waits for that scan", async () => {
  const scans = createSharedScans();
  const { state, start } = controlledScan();
  const both = ["a", "b"].map(() => scans.run("key", { signal: waiter().signal }, start));
  state.finish();
  expect(await Promise.all(both)).toEqual([record, record]);
  expect(state.starts).toBe(1);
});

test("another scope is another scan, and so is the next one of the same scope", async () => {
  const scans = createSharedScans();
  const first = controlledScan();
  const second = controlledScan();
  const running = [
    scans.run("a", { signal: waiter().signal }, first.start),
    scans.run("b", { signal: waiter().signal }, second.start),
  ];
  first.state.finish();
  second.state.finish();
  await Promise.all(running);
  await scans.run("a", { signal: waiter().signal }, first.start);
  expect([first.state.starts, second.state.starts]).toEqual([2, 1]);
});

test("one of two who leaves gets an error, and the scan goes on for the other", async () => {
  const scans = createSharedScans();
  const { state, start } = controlledScan();
  const leaving = waiter();
  const left = scans.run("key", { signal: leaving.signal }, start);
  const stays = scans.run("key", { signal: waiter().signal }, start);
  leaving.abort();
  await expect(left).rejects.toMatchObject({ code: "cancelled" });
  expect(state.cancelled).toBe(false);
  state.finish();
  expect(await stays).toBe(record);
});

test("the last who leaves cancels the scan", async () => {
  const scans = createSharedScans();
  const { state, start } = controlledScan();
  const only = waiter();
  const left = scans.run("key", { signal: only.signal }, start);
  only.abort("left");
  await expect(left).rejects.toBe("left");
  expect(state.cancelled).toBe(true);
});

test("everyone who waits is told of the progress", async () => {
  const scans = createSharedScans();
  const told: string[] = [];
  const step = {
    cellsDone: 1,
    cellsTotal: 2,
    resources: 3,
    cloud: "aws",
    account: "",
    region: "",
  } as const;
  const start = async (_: AbortSignal, onProgress: (progress: typeof step) => void) => {
    await Promise.resolve();
    onProgress(step);
    return record;
  };
  const listen = (name: string) => ({ signal: waiter().signal, onProgress: () => told.push(name) });
  await Promise.all([scans.run("k", listen("a"), start), scans.run("k", listen("b"), start)]);
  expect(told).toEqual(["a", "b"]);
});
