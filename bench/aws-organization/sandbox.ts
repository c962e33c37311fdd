import { spawn } from "node:child_process";
import { once } from "node:events";
import { z } from "zod";
import { startAws } from "../../sandbox/aws/server.ts";
import { createWorld } from "../../sandbox/aws/world.ts";
import { countCalls } from "../../sandbox/call-counts.ts";
import { createControl } from "../../sandbox/control.ts";
import { createEstate } from "../../sandbox/estate/estate.ts";
import { createFaultPlan, type FaultRule } from "../../sandbox/faults.ts";
import { type Figures, Printed, SEED, type Setting, startWatch } from "./figures.ts";

/** Tag Editor's quota of `GetResources`; here every service has it. */
const CALLS_PER_SECOND = 15;
const Environment = z.record(z.string(), z.string());

interface Sandbox {
  readonly env: NodeJS.ProcessEnv;
  /** What it took of the machine since it was last asked, under names that begin with `name`. */
  used(name: string): Promise<Figures>;
  stop(): Promise<void>;
}

/** A simulated organization in a process of its own, so that its work and memory are its own too. */
export async function startSandbox(command: readonly string[]): Promise<Sandbox> {
  const child = spawn(process.execPath, command, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const ended = once(child, "exit");
  const [environment] = await once(child, "message");
  return {
    env: { ...process.env, ...Environment.parse(environment) },
    used: async (name) => {
      const answered = once(child, "message");
      child.send(`${name}_sandbox`);
      const [figures] = await answered;
      return Printed.parse(figures);
    },
    stop: async () => {
      child.disconnect();
      await ended;
    },
  };
}

/** Tells its parent the environment that leads to it and, when asked, what it took; serves until it is left. */
export async function serve({ resources, latency }: Setting): Promise<Figures> {
  const faults = createFaultPlan([]);
  const estate = createEstate({ seed: SEED, resources, only: "aws" });
  const server = await startAws({
    estate,
    faults,
    control: createControl({ estate, faults, calls: countCalls() }),
    latencyMs: latency,
    port: 0,
    ratePerSecond: CALLS_PER_SECOND,
  });
  let watch = startWatch();
  process.on("message", (name: string) => {
    const { [`${name}_seconds`]: _wall, ...used } = watch.read(name);
    process.send?.(used);
    watch = startWatch();
  });
  process.send?.(server.env);
  await once(process, "disconnect");
  await server.close();
  return {};
}

/** How each fault of a cell's tag sweep must be told. */
const REASONS = {
  deny: "denied_by_organization_policy",
  throttle: "throttled",
  expire: "credentials_expired",
  hang: "timeout",
} as const;
const KINDS = ["deny", "throttle", "expire", "hang"] as const;

/** What has no Region is read from these two: breaking them would break the cell of `global` as well. */
const HOMES_OF_GLOBAL: ReadonlySet<string> = new Set(["us-east-1", "us-west-2"]);

/**
 * Breaks the tagging API of so many per cent of all accounts' Regions in four ways by turns.
 * @returns `account region` of every cell that cannot be complete now, and how it must be told.
 */
export async function breakCells(
  { resources, faults }: Setting,
  endpoint: string,
): Promise<ReadonlyMap<string, string>> {
  const world = createWorld(createEstate({ seed: SEED, resources, only: "aws" }));
  const places = world.accounts.flatMap(({ id }) =>
    world
      .regions(id)
      .filter(({ name }) => world.isEnabled(id, name) && !HOMES_OF_GLOBAL.has(name))
      .map(({ name }) => ({ account: id, region: name })),
  );
  const every = Math.max(1, Math.round(100 / faults));
  const broken = places
    .filter((_, at) => at % every === 0)
    .map((place, at) => ({ ...place, kind: KINDS[at % KINDS.length] ?? "deny" }));
  const rules = broken.map((place): FaultRule => ({ ...place, cloud: "aws", service: "tagging" }));
  const answer = await fetch(`${endpoint}/__sandbox/faults`, {
    method: "PUT",
    body: JSON.stringify(rules),
  });
  if (!answer.ok) throw new Error(`The sandbox refused the faults: ${answer.status}`);
  return new Map(
    broken.map(({ account, region, kind }) => [`${account} ${region}`, REASONS[kind]]),
  );
}
