import { onTestFinished } from "vitest";
import { type AwsOptions, startAws } from "../../sandbox/aws/server.ts";
import { createEstate } from "../../sandbox/estate/estate.ts";
import type { Estate, EstateResource } from "../../sandbox/estate/types.ts";
import { createFaultPlan, type FaultRule, type SandboxCall } from "../../sandbox/faults.ts";
import { comparable, type InventoryRead, silent } from "./read-inventory.ts";
import { setEnvironment } from "./server.ts";
import type { CloudServerOptions } from "../../sandbox/server.ts";
import type { CloudProvider } from "../../src/ports/cloud.ts";
import type { AwsProviderOptions } from "../../src/clouds/aws/options.ts";
import { createAwsProvider } from "../../src/clouds/aws/provider.ts";

export const small = createEstate({ seed: 7, resources: 300 });
export const larger = createEstate({ seed: 11, resources: 6000 });
export const [management = "", member = ""] = small.accounts
  .filter(({ cloud }) => cloud === "aws")
  .map(({ id }) => id);

interface Setting extends AwsOptions, Pick<CloudServerOptions, "control"> {
  readonly estate?: Estate;
  readonly faults?: readonly FaultRule[];
  readonly env?: Readonly<Record<string, string>>;
  readonly provider?: Partial<AwsProviderOptions>;
}

interface Started {
  readonly aws: CloudProvider;
  /** Requests as the server understood them. */
  readonly calls: readonly SandboxCall[];
}

/** Our provider before a simulated AWS, until the test ends. */
export async function start({
  estate = small,
  faults,
  env,
  provider,
  ...aws
}: Setting): Promise<Started> {
  const calls: SandboxCall[] = [];
  const server = await startAws({
    ...aws,
    estate,
    faults: createFaultPlan(faults),
    port: 0,
    latencyMs: 0,
    onCall: (call) => calls.push(call),
  });
  onTestFinished(() => server.close());
  onTestFinished(setEnvironment({ ...server.env, ...env }));
  const made = createAwsProvider({ logger: silent, ...provider });
  onTestFinished(() => made.close());
  return { aws: made, calls };
}

/** What was planted, as `found` gives what was read. */
export function truth(keep: (resource: EstateResource) => boolean, of = small): readonly object[] {
  return of.groups
    .filter(({ cloud }) => cloud === "aws")
    .flatMap((group) => Array.from({ length: group.count }, (_, at) => of.resource(group, at)))
    .filter(keep)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ account, region, type, id, tags }) => ({
      account,
      region,
      type,
      id,
      tags: tags.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    }));
}

export const found = ({ resources }: Pick<InventoryRead, "resources">): readonly object[] =>
  resources.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(comparable);

/** `region type code` of every cell that threw. */
export const failures = ({ cells }: InventoryRead): readonly string[] =>
  cells
    .filter(({ failure }) => failure !== undefined)
    .map(({ cell, failure }) => `${cell.region} ${cell.resourceType} ${failure?.code}`)
    .toSorted();

/** What the sandbox lists natively; of the rest it has only the tagging API and Resource Explorer. */
export const NATIVE = new Set([
  "ec2:instance",
  "lambda:function",
  "rds:db",
  "s3:bucket",
  "sns:topic",
  "sqs:queue",
]);

export const OFF = { resourceExplorer: { state: "off" } } as const;
export const inOrganization = { roleName: "reader" };
