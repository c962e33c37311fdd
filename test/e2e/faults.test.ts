import { describe, expect, test } from "vitest";
import type { Cloud } from "../../src/domain/cloud.ts";
import type { EstateGroup } from "../../sandbox/estate/types.ts";
import { FAULT_KINDS, type FaultKind, type FaultRule } from "../../sandbox/faults.ts";
import { type SandboxedApplication, startSandboxed } from "./application.ts";

/** Big enough that the broken place has a second page, where faults of later pages show. */
const ESTATE = { seed: 5, resources: 6_000 };

/** Simulated clouds answer within milliseconds: what is silent for so long is meant to hang. */
const CALL_TIMEOUT_SECONDS = 3;

/** One place that goes wrong, the calls that have to fail for that, and a place beside it. */
interface Target {
  readonly broken: (group: EstateGroup) => boolean;
  readonly account: string;
  readonly regions: readonly string[];
  readonly neighbour: string;
  readonly rule: Omit<FaultRule, "kind">;
}

const SERVICE = { aws: "tagging", azure: "resourcegraph", gcp: "cloudasset" } as const;

/** The largest account of a cloud; on AWS its us-east-1, where the tags of global services are read too. */
function targetOf(cloud: Cloud, groups: readonly EstateGroup[]): Target {
  const sizes = new Map<string, number>();
  for (const group of groups)
    if (group.cloud === cloud)
      sizes.set(group.account, (sizes.get(group.account) ?? 0) + group.count);
  const [account, neighbour] = [...sizes].toSorted(([, a], [, b]) => b - a).map(([id]) => id);
  if (account === undefined || neighbour === undefined) throw new Error(`Too little in ${cloud}.`);
  const regions = cloud === "aws" ? ["us-east-1", "global"] : ["*"];
  return {
    broken: (group) =>
      group.account === account && (cloud !== "aws" || regions.includes(group.region)),
    account,
    regions,
    neighbour,
    rule: {
      cloud,
      service: SERVICE[cloud],
      account,
      ...(cloud === "aws" ? { region: "us-east-1" } : {}),
    },
  };
}

const CLOUD_AND_FAULT = (["aws", "azure", "gcp"] as const).flatMap((cloud) =>
  FAULT_KINDS.map((kind) => [cloud, kind] as const),
);

const EXPECTED: Readonly<Record<FaultKind, readonly string[]>> = {
  throttle: ["throttled"],
  deny: ["access_denied", "denied_by_organization_policy"],
  expire: ["credentials_expired", "page_token_expired"],
  hang: ["timeout"],
  partial: ["truncated", "service_unavailable"],
};

async function withApplication(
  faults: readonly FaultRule[],
  use: (app: SandboxedApplication) => Promise<void>,
): Promise<void> {
  const app = await startSandboxed({ estate: ESTATE, faults }, CALL_TIMEOUT_SECONDS);
  try {
    await use(app);
  } finally {
    await app.close();
  }
}

describe("a fault in one place", () => {
  test.each(CLOUD_AND_FAULT)(
    "%s %s: is reported, and nothing of it counts as compliant or untagged",
    async (cloud, kind) => {
      await withApplication([], async (app) => {
        const { estate, faults } = app.sandbox;
        const target = targetOf(cloud, estate.groups);
        faults.replace([{ ...target.rule, kind }]);
        const accounts = [target.account, target.neighbour];
        const result = await app.check({ clouds: [cloud], accounts });

        const { problems } = result.coverage;
        expect(problems.length).toBeGreaterThan(0);
        for (const { cell, reason } of problems) {
          expect(cell.account).toBe(target.account);
          expect(target.regions).toContain(cell.region);
          expect(EXPECTED[kind]).toContain(reason);
        }

        const inScope = (group: EstateGroup): boolean => accounts.includes(group.account);
        const hit = estate.truth(cloud, target.broken);
        const rest = estate.truth(cloud, (group) => inScope(group) && !target.broken(group));
        const read = result.total - result.counts.unknown - rest.total;
        expect(read).toBeGreaterThanOrEqual(0);
        expect(read).toBeLessThan(hit.total);
        const { compliant, non_compliant: violating, exempt } = result.counts;
        expect(compliant).toBeGreaterThanOrEqual(rest.compliant);
        expect(violating).toBeGreaterThanOrEqual(rest.nonCompliant);
        // What was read of the broken place before it broke is judged; nothing beyond it is.
        expect(compliant + violating + exempt).toBe(
          rest.compliant + rest.nonCompliant + rest.exempt + read,
        );
        expect(compliant).toBeLessThanOrEqual(rest.compliant + hit.compliant);
        expect(violating).toBeLessThanOrEqual(rest.nonCompliant + hit.nonCompliant);
      });
    },
    120_000,
  );
});

describe("a place that was read before", () => {
  test("becomes unknown when it can no longer be read, and comes back when it can", async () => {
    await withApplication([], async (app) => {
      const { estate, faults } = app.sandbox;
      const target = targetOf("azure", estate.groups);
      const hit = estate.truth("azure", target.broken);
      const all = estate.truth("azure");
      await app.check({ clouds: ["azure"] });

      faults.replace([{ ...target.rule, kind: "deny" }]);
      const denied = await app.check({ clouds: ["azure"] });
      expect(denied.counts).toMatchObject({
        unknown: hit.total,
        compliant: all.compliant - hit.compliant,
        non_compliant: all.nonCompliant - hit.nonCompliant,
      });

      faults.replace([]);
      const healed = await app.check({ clouds: ["azure"] });
      expect(healed.counts).toMatchObject({ unknown: 0, compliant: all.compliant });
    });
  }, 60_000);
});

describe("a whole cloud that is out", () => {
  test("leaves the answers of the others whole", async () => {
    await withApplication([{ kind: "deny", cloud: "gcp" }], async (app) => {
      const result = await app.check({ clouds: ["azure", "gcp"] });
      const azure = app.sandbox.estate.truth("azure");
      const [first, second] = result.byCloud;
      expect(first).toMatchObject({ cloud: "azure", counts: { compliant: azure.compliant } });
      expect(second).toMatchObject({ cloud: "gcp", score: null });
      expect(result.coverage.problems.every(({ cell }) => cell.cloud === "gcp")).toBe(true);
      expect(result.coverage.problemCount).toBeGreaterThan(0);
    });
  }, 60_000);
});
