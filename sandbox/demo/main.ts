import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { stringify } from "yaml";
import { reportFailure } from "../../src/cli/failure.ts";
import { type Sandbox, startSandbox } from "../index.ts";
import { packageRoot } from "../package-root.ts";
import { connectText } from "./connect-text.ts";
import { showMainJob } from "./main-job.ts";
import { createProduct, type Product } from "./product.ts";

interface DemoOptions {
  readonly once: boolean;
  readonly resources: number;
  readonly seed: number;
  readonly port: number;
}

const DEFAULT_PORT = 8080;

/**
 * The main job on this machine alone: simulated clouds in this process, the product itself in processes
 * of its own, configured only through its public door. No account, key or network is used.
 */
export async function main(argv: readonly string[]): Promise<void> {
  await reportFailure(() => runDemo(argv));
}

async function runDemo(argv: readonly string[]): Promise<void> {
  const options = parseArguments(argv);
  const dataDir = mkdtempSync(join(tmpdir(), "tag-compliance-demo-"));
  const sandbox = await startSandbox({
    estate: { seed: options.seed, resources: options.resources },
  });
  try {
    const product = createProduct(demoEnvironment(sandbox, dataDir));
    process.exitCode = await showMainJob(product, sandbox);
    if (!options.once) await stayUp(product, options.port);
  } finally {
    await sandbox.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function parseArguments(argv: readonly string[]): DemoOptions {
  const number = (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value)) throw new InvalidArgumentError("A whole number is needed.");
    return value;
  };
  return new Command("tag-compliance demo")
    .description(
      "scan three simulated clouds and serve the result; needs no account and no network",
    )
    .option("--once", "print the summary and exit", false)
    .option("--resources <n>", "size of the simulated company", number, 3000)
    .option("--seed <n>", "another company for another seed", number, 1)
    .option("--port <n>", "port of the MCP server", number, DEFAULT_PORT)
    .parse([...argv], { from: "user" })
    .opts<DemoOptions>();
}

/**
 * The product's whole surroundings. Nothing is inherited but the search path, so that credentials of the
 * person who runs the demo are out of its reach.
 */
function demoEnvironment(sandbox: Sandbox, dataDir: string): Record<string, string> {
  const config = join(dataDir, "config.yaml");
  writeFileSync(
    config,
    stringify({
      clouds: { aws: { role_name: "TagComplianceRead" }, azure: {}, gcp: {} },
      policy: { file: join(packageRoot(), "sandbox/policy.yaml") },
    }),
  );
  return {
    ...sandbox.env,
    TAG_COMPLIANCE_CONFIG: config,
    TAG_COMPLIANCE_DATA_DIR: dataDir,
    HOME: dataDir,
  };
}

async function stayUp(product: Product, wantedPort: number): Promise<void> {
  const port = await freePort(wantedPort);
  const server = product.start(["serve", "--http", "--port", String(port)]);
  process.stdout.write(
    connectText({ port, environment: product.environment, launcher: product.launcher }),
  );
  await Promise.race([server.ended, interrupted()]);
  server.stop();
  await server.ended;
}

/** The wanted port, or any free one when something else listens there. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", () => {
      if (wanted === 0) reject(new Error("No free port on the loopback interface."));
      else freePort(0).then(resolve, reject);
    });
    probe.listen(wanted, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : wanted;
      probe.close(() => resolve(port));
    });
  });
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
