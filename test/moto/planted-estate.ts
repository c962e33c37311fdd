import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import {
  createCheckCompliance,
  type CheckComplianceResult,
} from "../../src/app/check-compliance.ts";
import { createFreshInventory } from "../../src/app/fresh-inventory.ts";
import { sha256 } from "../../src/app/policy/sha256.ts";
import { createAwsProvider } from "../../src/clouds/aws/provider.ts";
import { AWS_RESOURCE_TYPES } from "../../src/clouds/aws/resource-types.ts";
import { compilePolicy } from "../../src/domain/policy/compile.ts";
import { parsePolicy } from "../../src/domain/policy/parse.ts";
import { createCatalogue } from "../../src/domain/resource-type.ts";
import { createInventoryStore } from "../../src/storage/inventory.ts";
import { openSqlite } from "../../src/storage/sqlite.ts";
import { silent } from "./read-inventory.ts";
import { setEnvironment } from "./server.ts";

const SEEDER = fileURLToPath(new URL("seed_estate.py", import.meta.url));

/** Why no estate can be planted; undefined when it can. */
export const seederMissing: string | undefined =
  spawnSync("python3", ["-c", "import moto.server, boto3"]).status === 0
    ? undefined
    : "SKIPPED: python3 cannot import moto (pip install 'moto[server]')";

export type PlantedType =
  | "ec2:instance"
  | "s3:bucket"
  | "lambda:function"
  | "sqs:queue"
  | "rds:db"
  | "sns:topic"
  | "dynamodb:table"
  | "logs:log-group";
export type Counts = Readonly<Record<PlantedType, number>>;

const Announcement = z.object({
  url: z.url(),
  truth: z.record(
    z.enum(["compliant", "never_tagged", "missing", "mis_cased", "mistyped", "empty"]),
    z.number(),
  ),
  counts: z.record(z.string(), z.number()),
  regions: z.array(z.string()),
});
export type PlantedTruth = z.output<typeof Announcement>["truth"];

export interface PlantedEstate {
  readonly url: string;
  /** How many resources were planted in each state. */
  readonly truth: PlantedTruth;
  /** How many there are of each type: what was asked for, unless a seed changed it. */
  readonly counts: Readonly<Record<string, number>>;
  /** Where they are. */
  readonly regions: readonly string[];
  close(): Promise<void>;
}

/**
 * Moto with this many resources of each type in us-east-1, in every state of tagging. Any seed but 0
 * makes a like estate: in other Regions, with other numbers of types and defects.
 */
export async function plantEstate(counts: Counts, seed = 0): Promise<PlantedEstate> {
  const child = spawn("python3", [SEEDER, JSON.stringify(counts), `${seed}`], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const ended = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout })) {
    return {
      ...Announcement.parse(JSON.parse(line)),
      close: async () => {
        child.stdin.end();
        await ended;
      },
    };
  }
  throw new Error("The estate could not be planted.");
}

export const POLICY = `
version: "2.0"
required_tags:
  - { name: CostCenter, allowed_values: [Engineering, Marketing], severity: error }
  - { name: Environment, allowed_values: [production, staging, development], severity: error }
  - { name: Owner, validation_regex: "^[a-z]+@example\\\\.com$", severity: error }
`;

export interface Answered {
  readonly result: CheckComplianceResult;
  /** Requests that this question sent. */
  readonly calls: number;
  readonly seconds: number;
  /** Processor time of this process. */
  readonly cpuSeconds: number;
}

/**
 * A question about the planted types, asked as the tool asks it: read, judged, stored, counted.
 * @param regions Empty: every enabled one. Default: those of the estate, as a deployment may say.
 */
export async function askAbout(
  estate: PlantedEstate,
  regions: readonly string[] = estate.regions,
): Promise<{ ask(): Promise<Answered>; close(): Promise<void> }> {
  const restore = setEnvironment({
    AWS_ENDPOINT_URL: estate.url,
    AWS_ACCESS_KEY_ID: "testing",
    AWS_SECRET_ACCESS_KEY: "testing",
    AWS_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
  });
  const clock = { now: () => Date.now() };
  const catalogue = createCatalogue(AWS_RESOURCE_TYPES);
  const provider = createAwsProvider({ regions, logger: silent });
  const inventory = createInventoryStore(await openSqlite(":memory:"), { clock });
  const policy = parsePolicy(POLICY, { catalogue, atMs: clock.now(), sha256 });
  let scans = 0;
  const { ensureFresh } = createFreshInventory({
    providers: [provider],
    inventory,
    catalogue,
    clock,
    logger: silent,
    ids: { next: () => `scan-${(scans += 1)}` },
    judge: async () => compilePolicy(policy, catalogue),
    cellConcurrency: 32,
  });
  const check = createCheckCompliance({ inventory, ensureFresh });
  return {
    ask: async () => {
      const before = { calls: provider.apiCalls(), cpu: process.cpuUsage(), at: performance.now() };
      const result = await check({
        clouds: ["aws"],
        accounts: [],
        regions: [],
        resourceTypes: Object.keys(estate.counts),
        severity: "all",
        maxAgeMinutes: undefined,
        refresh: false,
        storeSnapshot: false,
        limit: 50,
        cursor: undefined,
        signal: new AbortController().signal,
      });
      const cpu = process.cpuUsage(before.cpu);
      return {
        result,
        calls: provider.apiCalls() - before.calls,
        seconds: (performance.now() - before.at) / 1000,
        cpuSeconds: (cpu.user + cpu.system) / 1e6,
      };
    },
    close: async () => {
      await inventory.close();
      await provider.close();
      restore();
    },
  };
}

/** What a right answer counts. AWS tells keys apart by case: one in another case is not the key. */
export function expectedOf(truth: PlantedTruth): {
  readonly compliant: number;
  readonly non_compliant: number;
  readonly byKind: Readonly<Record<string, number>>;
} {
  return {
    compliant: truth.compliant,
    non_compliant:
      truth.never_tagged + truth.missing + truth.mis_cased + truth.mistyped + truth.empty,
    byKind: {
      missing_required_tag: 3 * truth.never_tagged + truth.missing + truth.mis_cased,
      value_variant: truth.mistyped,
      empty_value: truth.empty,
    },
  };
}

/** Resources of every type. */
export function plantedIn({ counts }: PlantedEstate): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** Violations of each kind. */
export function countKinds({ tally }: CheckComplianceResult): Readonly<Record<string, number>> {
  const kinds: Record<string, number> = {};
  for (const { kind, count } of tally) kinds[kind] = (kinds[kind] ?? 0) + count;
  return kinds;
}
