import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { AuditEvent } from "../../sandbox/audit-trail.ts";
import type { EstateResource } from "../../sandbox/estate/types.ts";
import type { FaultKind } from "../../sandbox/faults.ts";
import { type Sandbox, startSandbox } from "../../sandbox/index.ts";
import { createChangeLog } from "../../src/app/change-log.ts";
import { createAwsProvider } from "../../src/clouds/aws/provider.ts";
import { createAzureProvider } from "../../src/clouds/azure/provider.ts";
import { createGcpProvider } from "../../src/clouds/gcp/provider.ts";
import type { Cloud } from "../../src/domain/cloud.ts";
import type { ChangeActor, TagChangeSeen } from "../../src/ports/change-log.ts";
import type { CloudProvider } from "../../src/ports/cloud.ts";
import type { Logger } from "../../src/ports/logger.ts";

/** Who changed tags, asked of the clouds' own logs as the sandbox serves them. */

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const NEVER = new AbortController().signal;
const DAY_MS = 86_400_000;
const NOW = Math.floor(Date.now() / 1000) * 1000;
const RETRY = { maxAttempts: 1, baseDelayMs: 1, maxDelayMs: 1 };

let sandbox: Sandbox;
let providers: Readonly<Record<Cloud, CloudProvider>>;

beforeAll(async () => {
  sandbox = await startSandbox({ estate: { seed: 5, resources: 600 } });
  for (const [name, value] of Object.entries(sandbox.env)) vi.stubEnv(name, value);
  const shared = { logger: SILENT, changeLog: true };
  providers = {
    aws: createAwsProvider({ ...shared, roleName: "reader" }),
    azure: createAzureProvider({ ...shared, retry: RETRY, endpoint: sandbox.servers.azure.url }),
    gcp: createGcpProvider({ ...shared, retry: RETRY, endpoint: sandbox.servers.gcp.url }),
  };
});
afterEach(() => sandbox.faults.replace([]));
afterAll(async () => {
  await Promise.all(Object.values(providers).map((provider) => provider.close()));
  await sandbox.close();
  vi.unstubAllEnvs();
});

/** The resources of a type, in the estate's order. */
function resourcesOf(cloud: Cloud, type: string): readonly EstateResource[] {
  const { estate } = sandbox;
  return estate.groups
    .filter((group) => group.cloud === cloud && group.type === type)
    .flatMap((group) =>
      Array.from({ length: group.count }, (_, index) => estate.resource(group, index)),
    );
}

function changeOf(resource: EstateResource, from = NOW - DAY_MS, to = NOW): TagChangeSeen {
  const { cloud, account, region, id, type } = resource;
  return {
    cloud,
    account,
    region,
    resourceId: id,
    resourceType: type,
    changedAfterMs: from,
    changedBeforeMs: to,
  };
}

function log(
  resource: EstateResource,
  more: Pick<AuditEvent, "actor" | "action" | "atMs"> & Partial<AuditEvent>,
): void {
  const { cloud, account, region, id } = resource;
  sandbox.audit.record({ cloud, account, region, resourceId: id, ...more });
}

const ask = (changes: readonly TagChangeSeen[]): Promise<readonly ChangeActor[]> =>
  createChangeLog(Object.values(providers)).actorsOf(changes, NEVER);

const named = (actor: string, atMs: number, action: string): ChangeActor => ({
  actor,
  atMs,
  action,
  otherActors: 0,
  reason: "found",
});
const unnamed = (reason: ChangeActor["reason"]): ChangeActor => ({
  actor: null,
  atMs: null,
  action: null,
  otherActors: 0,
  reason,
});

interface CloudCase {
  readonly cloud: Cloud;
  readonly type: string;
  readonly actors: readonly [string, string];
  /** An operation about tags alone. */
  readonly action: string;
  readonly service: string;
  readonly retentionDays: number;
  readonly faults: readonly (readonly [kind: FaultKind, reason: ChangeActor["reason"]])[];
}

const CASES: readonly CloudCase[] = [
  {
    cloud: "aws",
    type: "ec2:instance",
    actors: [
      "arn:aws:sts::111122223333:assumed-role/Platform/mara",
      "arn:aws:iam::111122223333:user/ci",
    ],
    action: "CreateTags",
    service: "cloudtrail",
    retentionDays: 90,
    // At two requests a second, what is tried again takes minutes: see the adapter's own tests.
    faults: [["deny", "denied"]],
  },
  {
    cloud: "azure",
    type: "Microsoft.Compute/virtualMachines",
    actors: ["mara@larkspur.example", "7c1f0a3e-55a2-4f8e-8a0c-0d6cf6b7a9a1"],
    action: "Microsoft.Resources/tags/write",
    service: "activitylog",
    retentionDays: 90,
    faults: [
      ["deny", "denied"],
      ["throttle", "failed"],
      ["expire", "failed"],
    ],
  },
  {
    cloud: "gcp",
    type: "compute.googleapis.com/Instance",
    actors: ["mara@larkspur.example", "ci@larkspur.iam.gserviceaccount.com"],
    action: "v1.compute.instances.setLabels",
    service: "logging",
    retentionDays: 400,
    faults: [
      ["deny", "denied"],
      ["throttle", "failed"],
      ["partial", "failed"],
    ],
  },
];

describe.each(CASES)("the change log of $cloud", (one) => {
  const { cloud, type, action, service, retentionDays } = one;
  const [mara, ci] = one.actors;
  const at = (position: number): EstateResource => {
    const found = resourcesOf(cloud, type)[position];
    if (found === undefined) throw new Error(`The estate has too few of ${type}.`);
    return found;
  };

  it("names who changed each resource, over all pages, in the order asked", async () => {
    const [first, second, third] = [at(0), at(1), at(2)];
    log(first, { actor: mara, action, atMs: NOW - 9000 });
    // Others of the same place, so that the log has several pages.
    for (let n = 0; n < 60; n += 1) log(third, { actor: ci, action, atMs: NOW - 5000 });
    log(second, { actor: ci, action, atMs: NOW - 8000 });
    expect(await ask([changeOf(second), changeOf(first)])).toEqual([
      named(ci, NOW - 8000, action),
      named(mara, NOW - 9000, action),
    ]);
  });

  it("takes the last one within the window, and counts who else there was", async () => {
    const resource = at(3);
    log(resource, { actor: ci, action, atMs: NOW - 3 * DAY_MS });
    log(resource, { actor: ci, action, atMs: NOW - 7000 });
    log(resource, { actor: mara, action, atMs: NOW - 6000 });
    log(resource, { actor: ci, action, atMs: NOW - 1000 });
    expect(await ask([changeOf(resource, NOW - DAY_MS, NOW - 2000)])).toEqual([
      { ...named(mara, NOW - 6000, action), otherActors: 1 },
    ]);
    expect(await ask([changeOf(resource, NOW - 2 * DAY_MS, NOW - DAY_MS)])).toEqual([
      unnamed("not_logged"),
    ]);
  });

  it("names nobody for what was refused, and for another resource", async () => {
    log(at(4), { actor: ci, action, atMs: NOW - 4000, failed: true });
    expect(await ask([changeOf(at(4))])).toEqual([unnamed("not_logged")]);
  });

  it(`says that nothing is kept longer than ${retentionDays} days`, async () => {
    const old = NOW - (retentionDays + 2) * DAY_MS;
    log(at(5), { actor: ci, action, atMs: old });
    const before = sandbox.calls.count({ cloud, service });
    expect(await ask([changeOf(at(5), old - DAY_MS, old + DAY_MS)])).toEqual([
      unnamed("beyond_retention"),
    ]);
    expect(sandbox.calls.count({ cloud, service })).toBe(before);
    // Partly within: silence says nothing of the part that is gone.
    expect(await ask([changeOf(at(5), old - DAY_MS, NOW)])).toEqual([unnamed("beyond_retention")]);
  });

  it.each(one.faults)("gives a reason when it meets %s", async (kind, reason) => {
    sandbox.faults.replace([{ kind, cloud, service }]);
    expect(await ask([changeOf(at(0))])).toEqual([unnamed(reason)]);
  });

  it("is not asked where it is switched off", async () => {
    const off = { cloud } as const;
    expect(await createChangeLog([off]).actorsOf([changeOf(at(0))], NEVER)).toEqual([
      unnamed("not_configured"),
    ]);
  });

  it("stops when it is told to", async () => {
    const stopped = providers[cloud].changeLog?.actorsOf([changeOf(at(0))], AbortSignal.abort());
    await expect(stopped).rejects.toMatchObject({ code: "cancelled" });
  });
});

it("asks several clouds at once and answers in the order asked", async () => {
  const asked = CASES.map(({ cloud, type }) => resourcesOf(cloud, type)[0]).flatMap((found) =>
    found === undefined ? [] : [changeOf(found)],
  );
  const answers = await ask(asked);
  expect(answers.map(({ actor }) => actor)).toEqual(CASES.map(({ actors }) => actors[0]));
});
