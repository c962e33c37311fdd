import { execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../package-root.ts";

/** The product's command line, run in processes of its own with an environment of its own. */
export interface Product {
  readonly launcher: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Runs a command on this terminal and gives its exit code. */
  run(args: readonly string[]): Promise<number>;
  /** Runs a command and gives what it prints, for another command to use. */
  capture(args: readonly string[]): Promise<string>;
  start(args: readonly string[]): { readonly ended: Promise<number>; stop(): void };
}

const MAX_ANSWER_BYTES = 10_000_000;

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
  const capture: Product["capture"] = async (args) => {
    const { stdout } = await promisify(execFile)(process.execPath, [launcher, ...args], {
      env: { ...terminalVariables(), ...environment },
      maxBuffer: MAX_ANSWER_BYTES,
    });
    return stdout;
  };
  return { launcher, environment, start, capture, run: (args) => start(args).ended };
}

/** What a program needs of its surroundings to run and to look right, and nothing more. */
function terminalVariables(): Record<string, string> {
  const names = [
    "PATH",
    "TERM",
    "COLORTERM",
    "COLUMNS",
    "NO_COLOR",
    "FORCE_COLOR",
    "LANG",
    "SystemRoot",
  ];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
