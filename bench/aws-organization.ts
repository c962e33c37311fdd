import { spawn } from "node:child_process";
import { type Figures, Printed, round, type Setting } from "./aws-organization/figures.ts";
import type { Part } from "./aws-organization/part.ts";
import { startSandbox } from "./aws-organization/sandbox.ts";
import { bundle } from "./served/bundle.ts";

/**
 * An organization of up to 200 accounts in 17 Regions, simulated by a process of its own with AWS's
 * quota of 15 tagging calls a second for each account and Region: how long a whole scan takes (read,
 * judged, stored) beside a bare sweep of the same estate's pages by the plain SDK, which judges and stores
 * nothing. `ratio` is to all of the sweep, `ratio_to_tagged` to its first part, which sees no never-tagged
 * resource. Each bundled as the product is, in a fresh process, in one run, with the same concurrency.
 * The figures are client throughput against a simulated endpoint, not the speed of AWS.
 *
 * Options: `resources` (default 100000, up to 1000000), `latency` milliseconds (100), `concurrency` of
 * calls (128, as the product by default), `cells` read at the same time (256: those of one account wait for
 * its one list together), `faults` per cent of cells that are denied, throttled, expired or silent in a second scan (0), `store`
 * `sqlite` or `none` to leave out what the database costs.
 */
export async function run(options: Readonly<Record<string, string>> = {}): Promise<Figures> {
  const setting: Setting = {
    resources: Number(options["resources"] ?? 100_000),
    latency: Number(options["latency"] ?? 100),
    concurrency: Number(options["concurrency"] ?? 128),
    cells: Number(options["cells"] ?? 256),
    faults: Number(options["faults"] ?? 0),
    store: options["store"] === "none" ? "none" : "sqlite",
  };
  const { command, remove } = await bundle(new URL("aws-organization/part.ts", import.meta.url));
  const partOf = (name: Part): readonly string[] => [...command, name, JSON.stringify(setting)];
  const sandbox = await startSandbox(partOf("sandbox"));
  try {
    const measured = async (name: "sweep" | "scan"): Promise<Figures> => ({
      ...(await runPart(sandbox.env, partOf(name))),
      ...(await sandbox.used(name)),
    });
    const bare = await measured("sweep");
    const own = await measured("scan");
    const ratioTo = (part: string): number =>
      round(Number(own["scan_seconds"]) / Number(bare[`${part}_seconds`]));
    const ratios = { ratio: ratioTo("sweep"), ratio_to_tagged: ratioTo("sweep_tagged") };
    return { ...setting, ...bare, ...own, ...ratios };
  } finally {
    await sandbox.stop();
    remove();
  }
}

function runPart(env: NodeJS.ProcessEnv, command: readonly string[]): Promise<Figures> {
  const child = spawn(process.execPath, command, { env, stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => {
      if (code !== 0) return reject(new Error(`A part of the benchmark ended with code ${code}.`));
      return resolve(Printed.parse(JSON.parse(text)));
    });
  });
}
