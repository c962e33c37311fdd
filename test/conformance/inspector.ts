import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

const INSPECTOR = fileURLToPath(new URL("../../node_modules/.bin/mcp-inspector", import.meta.url));

/** What the inspector is pointed at. */
export type Target =
  | { readonly url: string; readonly era: "legacy" | "modern" }
  | { readonly command: readonly string[]; readonly era?: "legacy" | "modern" };

export interface InspectorRun {
  /** 0 ok; 5 the tool answered with an error; 6 a schema that clients refuse (`--strict`). */
  readonly exitCode: number;
  /** The one JSON line of stdout; undefined when there was none. */
  readonly answer: unknown;
  readonly stderr: string;
}

/** Runs the official inspector's command line: a client that we did not write. */
export function inspect(target: Target, args: readonly string[]): Promise<InspectorRun> {
  const at =
    "url" in target
      ? [target.url, "--transport", "http", "--protocol-era", target.era]
      : [...target.command];
  const era = "command" in target && target.era ? ["--protocol-era", target.era] : [];
  const all = [INSPECTOR, "--cli", ...args, "--format", "json", "-q", ...era, ...at];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, all, (_error, stdout, stderr) => {
      resolve({
        exitCode: child.exitCode ?? 1,
        answer: stdout.trim() === "" ? undefined : (JSON.parse(stdout) as unknown),
        stderr,
      });
    });
  });
}
