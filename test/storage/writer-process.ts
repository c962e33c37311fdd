/**
 * A process of its own that stores one scan: `node writer-process.ts <database> <name> <pages> <page size>`.
 * Opens (and so perhaps migrates) the database, then tells each page that is stored on a line of stdout.
 */
import { EVERYTHING } from "../../src/domain/scan/scope.ts";
import { createInventoryStore } from "../../src/storage/inventory.ts";
import { cell, judged, missing, outcome } from "./estate.ts";
import { openTarget } from "./open-target.ts";

const [target = "", name = "", pages = "0", size = "0"] = process.argv.slice(2);
const store = createInventoryStore(await openTarget(target), { clock: { now: Date.now } });
const key = await store.signingKey();
process.stdout.write(`key ${Buffer.from(key).toString("hex")}\n`);
const writer = await store.beginScan({
  id: `scan_${name}`,
  scope: EVERYTHING,
  startedAt: Date.now(),
  policyHash: "policy",
  snapshot: false,
});
const region = `region-${name}`;
for (let page = 0; page < Number(pages); page++) {
  const resources = Array.from({ length: Number(size) }, (_, index) =>
    judged(`i-${name}-${page}-${index}`, {
      region,
      violations: index % 2 === 0 ? [missing("Team")] : [],
    }),
  );
  await writer.saveResources(cell({ region }), resources);
  process.stdout.write(`page ${page}\n`);
}
await writer.endCell(outcome(cell({ region }), "complete", null));
process.stdout.write("ended\n");
await writer.finish("complete");
await store.close();
