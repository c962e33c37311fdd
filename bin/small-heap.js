import { PerformanceObserver } from "node:perf_hooks";
import v8 from "node:v8";

/**
 * Left alone, V8 collects garbage when the heap is up to four times what lives in it, and gives new objects
 * up to 128 MiB. A scan makes much garbage and keeps little, so it would take several hundred MiB for a few
 * tens that it needs. From here on the heap grows by 60 per cent between collections, and the room for new
 * objects to 32 or 64 MiB: with less, what only waits for an answer counts as old, and collecting takes longer.
 * The heap has no other limit than before. Whoever sets sizes of it in `NODE_OPTIONS` has decided otherwise.
 */
/** It doubles, and may do so once more before we hear of it. */
const ENOUGH_NEW_BYTES = 32 * 2 ** 20;
const own = [process.env.NODE_OPTIONS ?? "", ...process.execArgv].join(" ");
if (!/-(space|heap)-(size|growing)/.test(own)) {
  v8.setFlagsFromString("--heap-growing-percent=60");
  // Threads have limits of their own, and begin with what they may have: the growth below ends for all.
  v8.setFlagsFromString("--min-semi-space-size=16");
  const observer = new PerformanceObserver(() => {
    const room = v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
    if (room === undefined || room.space_size < ENOUGH_NEW_BYTES) return;
    observer.disconnect();
    // The limit itself is fixed when Node starts. A program that was started cannot set it.
    v8.setFlagsFromString("--semi-space-growth-factor=1");
  });
  observer.observe({ entryTypes: ["gc"] });
}
