import { randomBytes } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { createInProcessState } from "../../src/cache/in-process.ts";
import type { SharedState } from "../../src/ports/shared-state.ts";

setFlagsFromString("--expose-gc");
const collect: unknown = runInNewContext("gc");

/** Bytes that live, after garbage was collected. */
function living(): number {
  for (let turn = 0; turn < 3; turn += 1) if (typeof collect === "function") collect();
  return process.memoryUsage().heapUsed;
}

const LIMIT = { points: 100, windowMs: 3_600_000 };

/** What calls of so many callers leave behind, and one call that is repeated without end. */
async function serveCallers(state: SharedState, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n += 1) {
    await state.consume(`budget:calls:session:${n}`, 1, LIMIT);
    await state.note(`loop:session:${n}`, 300_000);
    await state.note("loop:the same", 300_000);
    await state.write(`answer:session:${n}`, randomBytes(1000).toString("hex"), 300_000);
  }
}

describe("what a server keeps does not grow with", () => {
  it("callers: windows, repeated calls and their answers", async () => {
    const state = createInProcessState({ now: () => 0 });
    await serveCallers(state, 0, 20_000);
    const full = living();
    await serveCallers(state, 20_000, 60_000);
    // Kept without end, 40,000 callers would take some 100 MB.
    expect(living() - full).toBeLessThan(5_000_000);
  }, 60_000);
});
