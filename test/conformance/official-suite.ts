import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SUITE = fileURLToPath(
  new URL("../../node_modules/@modelcontextprotocol/conformance/dist/index.js", import.meta.url),
);

export type Revision = "2025-11-25" | "2026-07-28";

export interface SuiteRun {
  /** 0: every required scenario passes, except exactly those expected to fail. */
  readonly exitCode: number;
  /** Scenario to whether all of its checks passed. */
  readonly scenarios: ReadonlyMap<string, boolean>;
  readonly output: string;
}

/**
 * Runs what `revision` requires of a server (frozen at its release) against `url`.
 * @param expectedFailures `scenario` or `scenario:check`; one that passes fails the run as stale.
 */
export async function runOfficialSuite(
  url: string,
  revision: Revision,
  expectedFailures: readonly string[],
): Promise<SuiteRun> {
  const folder = await mkdtemp(join(tmpdir(), "conformance-"));
  try {
    const baseline = join(folder, "baseline.yml");
    await writeFile(baseline, JSON.stringify({ server: expectedFailures }));
    return await run([
      SUITE,
      "server",
      "--url",
      url,
      "--requirements",
      revision,
      "--expected-failures",
      baseline,
      "-o",
      join(folder, "results"),
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(args: readonly string[]): Promise<SuiteRun> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      args,
      { maxBuffer: 50_000_000 },
      (_error, stdout, stderr) => {
        const scenarios = new Map(
          [...stdout.matchAll(/^([✓✗~]) ([\w-]+): \d+ passed/gm)].map(
            ([, mark, name]) => [name ?? "", mark === "✓"] as const,
          ),
        );
        resolve({ exitCode: child.exitCode ?? 1, scenarios, output: stdout + stderr });
      },
    );
  });
}
