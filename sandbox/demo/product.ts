import { spawn } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../package-root.ts";

/** The product's command line, run in processes of its own with an environment of its own. */
export interface Product {
  readonly launcher: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Runs a command on this terminal and gives its exit code. */
  run(args: readonly string[]): Promise<number>;
  start(args: readonly string[]): { readonly ended: Promise<number>; stop(): void };
}

export function createProduct(environment: Readonly<Record<string, string>>): Product {
  const launcher = join(packageRoot(), "bin/tag-compliance.js");
  const start: Product["start"] = (args) => {
    const child = spawn(process.execPath, [launcher, ...args], {
      stdio: "inherit",
      env: { ...terminalVariables(), ...environment },
    });
    const ended = new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => resolve(code ?? 1));
    });
    return { ended, stop: () => void child.kill("SIGTERM") };
  };
  return { launcher, environment, start, run: (args) => start(args).ended };
}

/** What a program needs of its surroundings to run and to look right, and nothing more. */
function terminalVariables(): Record<string, string> {
  const names = ["PATH", "TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "LANG", "SystemRoot"];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
