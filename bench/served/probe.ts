/**
 * Preloaded into a server that is measured (`node --import`): on SIGUSR2 it collects garbage and tells of
 * itself in one line on stderr. Counts promises that were rejected and handled by nobody.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { isMainThread } from "node:worker_threads";

/** One leaves finalizers behind, whose garbage the next one takes. */
const COLLECTIONS = 3;

if (isMainThread) {
  let unhandled = 0;
  process.on("unhandledRejection", () => (unhandled += 1));
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  process.on("SIGUSR2", () => {
    for (let turn = 0; turn < COLLECTIONS; turn += 1) if (typeof collect === "function") collect();
    const { rss, heapUsed, external } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const state = {
      rss_kb: rss / 1024,
      heap_kb: (heapUsed + external) / 1024,
      cpu_seconds: (user + system) / 1e6,
      unhandled,
    };
    process.stderr.write(`probe ${JSON.stringify(state)}\n`);
  });
}
