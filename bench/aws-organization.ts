import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Figures, Printed, round, type Setting } from "./aws-organization/figures.ts";
import { serve, startSandbox } from "./aws-organization/sandbox.ts";
import { scan } from "./aws-organization/scan.ts";
import { sweep } from "./aws-organization/sweep.ts";

/**
 * An organization of up to 200 accounts in 17 Regions, simulated by a process of its own with AWS's
 * quota of 15 tagging calls a second for each account and Region: how long a whole scan takes (read,
 * judged, stored) beside a bare sweep of the tagging API by the plain SDK, which sees no never-tagged
 * resource, judges and stores nothing. Each in a fresh process, in one run, with the same concurrency.
 * The figures are client throughput against a simulated endpoint, not the speed of AWS.
 *
 * Options: `resources` (default 100000, up to 1000000), `latency` milliseconds (100), `concurrency` of
 * calls (64), `cells` read at the same time (256: those of one account wait for its one list together),
 * `faults` per cent of cells that are denied, throttled, expired or silent in a second scan (0), `store`
 * `sqlite` or `none` to leave out what the database costs, `heap` MiB that the scan may use for objects that
 * live longer (192; 0 for no limit, and then memory says more of what was free than of what was needed).
 */
export async function run(options: Readonly<Record<string, string>> = {}): Promise<Figures> {
  const setting: Setting = {
    resources: Number(options["resources"] ?? 100_000),
    latency: Number(options["latency"] ?? 100),
    concurrency: Number(options["concurrency"] ?? 64),
    cells: Number(options["cells"] ?? 256),
    faults: Number(options["faults"] ?? 0),
    store: options["store"] === "none" ? "none" : "sqlite",
    heap: Number(options["heap"] ?? 192),
  };
  const parts: Readonly<Record<string, (setting: Setting) => Promise<Figures>>> = {
    sandbox: serve,
    sweep,
    scan,
  };
  return (parts[options["part"] ?? ""] ?? compare)(setting);
}

const BENCH = fileURLToPath(new URL("../scripts/bench.ts", import.meta.url));

async function compare(setting: Setting): Promise<Figures> {
  const flags = Object.entries(setting).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  const command = (part: string): readonly string[] => [
    BENCH,
    "aws-organization",
    "--json",
    "--part",
    part,
    ...flags,
  ];
  const sandbox = await startSandbox(command("sandbox"));
  try {
    const bare = await runPart(sandbox.env, command("sweep"));
    const limit = setting.heap === 0 ? [] : [`--max-old-space-size=${setting.heap}`];
    const own = await runPart(sandbox.env, [...limit, ...command("scan")]);
    const ratio = Number(own["scan_seconds"]) / Number(bare["sweep_seconds"]);
    return { ...setting, ...bare, ...own, ratio: round(ratio) };
  } finally {
    await sandbox.stop();
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
