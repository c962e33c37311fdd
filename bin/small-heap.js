import v8 from "node:v8";

/**
 * Left alone, V8 collects garbage when the heap is up to four times what lives in it. A scan makes much
 * garbage and keeps little, so it would take several hundred MiB for a few tens that it needs. From here on
 * the heap grows by 30 per cent between collections; it has no other limit than before. Whoever sets sizes
 * of the heap in `NODE_OPTIONS` has decided otherwise.
 */
const own = [process.env.NODE_OPTIONS ?? "", ...process.execArgv].join(" ");
if (!/-(space|heap)-(size|growing)/.test(own)) v8.setFlagsFromString("--heap-growing-percent=30");
