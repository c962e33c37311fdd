import { readFileSync } from "node:fs";
import { once } from "node:events";
import { Command, InvalidArgumentError } from "commander";
import { reportFailure } from "../src/cli/failure.ts";
import { CLOUDS } from "../src/domain/cloud.ts";
import { AppError } from "../src/domain/errors.ts";
import { parseFaultRules } from "./control.ts";
import type { FaultRule } from "./faults.ts";
import { type Sandbox, startSandbox } from "./index.ts";

interface Flags {
  readonly resources: number;
  readonly seed: number;
  readonly port: number;
  readonly faults?: string;
  readonly latencyMs: number;
  readonly printEnv: boolean;
}

export async function main(argv: readonly string[]): Promise<void> {
  await reportFailure(() => runSandbox([...argv]));
}

/**
 * `tag-compliance sandbox`: starts the simulated clouds and stays up until SIGINT or SIGTERM. What a
 * shell needs goes to stdout, what a person reads to stderr.
 * @param argv Arguments after the command's own name.
 * @throws {AppError} `invalid_input` for a size, seed or fault file that is not usable.
 */
export async function runSandbox(argv: string[]): Promise<void> {
  const flags = parseFlags(argv);
  const sandbox = await startSandbox({
    estate: { seed: flags.seed, resources: flags.resources },
    faults: flags.faults === undefined ? [] : readFaults(flags.faults),
    latencyMs: flags.latencyMs,
    // Three ports in a row, so that one number is enough to know them all.
    ports: flags.port === 0 ? {} : { aws: flags.port, azure: flags.port + 1, gcp: flags.port + 2 },
  });
  try {
    // Listened for before anything is printed: whoever reads the output may stop us at once.
    const stopped = stopSignal();
    process.stdout.write(exports(sandbox));
    if (!flags.printEnv) process.stderr.write(summary(sandbox));
    await stopped;
  } finally {
    await sandbox.close();
  }
}

function parseFlags(argv: string[]): Flags {
  const number = (text: string): number => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isInteger(value) || value < 0)
      throw new InvalidArgumentError("A whole number is needed.");
    return value;
  };
  return new Command("tag-compliance sandbox")
    .description("simulate AWS, Azure and GCP on this machine, with a company's resources in them")
    .option("--resources <n>", "size of the company, 300 to 1000000", number, 3000)
    .option("--seed <n>", "another company for another seed", number, 1)
    .option("--port <n>", "first of three ports; 0 picks free ones", number, 0)
    .option("--faults <file>", "JSON array of fault rules")
    .option("--latency-ms <n>", "added to every answer, in milliseconds", number, 0)
    .option("--print-env", "print the environment only, no summary", false)
    .parse(argv, { from: "user" })
    .opts<Flags>();
}

function readFaults(path: string): readonly FaultRule[] {
  const parsed = parseFaultRules(readJson(path));
  if ("rules" in parsed) return parsed.rules;
  throw new AppError("invalid_input", "The fault file has rules that are not understood.", {
    hint: "Each rule has a kind (throttle, deny, expire, hang, partial) and may have cloud, service, operation, account, region, after and times.",
    details: { path, problems: parsed.problems },
  });
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new AppError("invalid_input", "The fault file cannot be read as JSON.", {
      hint: "Give the path of a file that holds a JSON array of fault rules.",
      details: { path },
      cause,
    });
  }
}

/** Lines that a POSIX shell can evaluate. */
function exports({ env }: Sandbox): string {
  return Object.entries(env)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`)
    .join("");
}

function summary({ estate, servers }: Sandbox): string {
  const lines = CLOUDS.map((cloud) => {
    const { total, compliant, nonCompliant, exempt } = estate.truth(cloud);
    const accounts = estate.accounts.filter((account) => account.cloud === cloud).length;
    return `  ${cloud.padEnd(6)}${servers[cloud].url}  ${accounts} accounts, ${total} resources: ${compliant} compliant, ${nonCompliant} not, ${exempt} exempt`;
  });
  return [
    "",
    `Simulated clouds with ${estate.options.resources} resources (seed ${estate.options.seed}):`,
    ...lines,
    "",
    "Paste the lines above into another shell and run tag-compliance there with sandbox/policy.yaml.",
    `What a right answer is:  curl ${servers.aws.url}/__sandbox/truth`,
    `Requests so far:         curl ${servers.aws.url}/__sandbox/calls`,
    `Let something go wrong:  curl -X PUT -d '[{"kind":"throttle","cloud":"aws"}]' ${servers.aws.url}/__sandbox/faults`,
    "Stop with Ctrl-C.",
    "",
  ].join("\n");
}

async function stopSignal(): Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  await Promise.race([once(process, "SIGINT", { signal }), once(process, "SIGTERM", { signal })]);
  stop.abort();
}
