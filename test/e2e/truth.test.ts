import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CLOUDS } from "../../src/domain/cloud.ts";
import { VIOLATION_KINDS } from "../../src/domain/compliance/violation.ts";
import { type SandboxedApplication, startSandboxed } from "./application.ts";

/** The answer of the whole product against what was planted in the simulated clouds. */
describe("a scan of three clouds", () => {
  let app: SandboxedApplication;
  beforeAll(async () => {
    app = await startSandboxed({ estate: { seed: 11, resources: 2_000 } });
  });
  afterAll(() => app.close());

  test("scores and totals equal the truth table of each cloud [P3-GOAL-1]", async () => {
    const result = await app.check();
    const { estate } = app.sandbox;
    for (const cloud of CLOUDS) {
      const truth = estate.truth(cloud);
      const found = result.byCloud.find((entry) => entry.cloud === cloud);
      expect(found).toEqual({
        cloud,
        counts: {
          compliant: truth.compliant,
          non_compliant: truth.nonCompliant,
          exempt: truth.exempt,
          unknown: 0,
          out_of_scope: 0,
        },
        score: truth.compliant / (truth.compliant + truth.nonCompliant),
      });
    }
    expect(result.total).toBe(2_000);
    expect(result.coverage.complete).toBe(true);
  });

  test("every planted violation is counted, by kind and cloud", async () => {
    const { tally } = await app.check({ refresh: false });
    for (const cloud of CLOUDS) {
      const { byKind } = app.sandbox.estate.truth(cloud);
      const counted = VIOLATION_KINDS.map((kind) => [
        kind,
        tally
          .filter((entry) => entry.cloud === cloud && entry.kind === kind)
          .reduce((sum, { count }) => sum + count, 0),
      ]);
      expect({ cloud, ...Object.fromEntries(counted) }).toEqual({ cloud, ...byKind });
    }
  });

  test("a second question within the age limit asks no cloud [P2-SERVER-3]", async () => {
    const callsBefore = app.sandbox.calls.count();
    const again = await app.check({ refresh: false, clouds: ["gcp"] });
    expect(app.sandbox.calls.count()).toBe(callsBefore);
    expect(again.scanned).toBe(false);
    expect(again.byCloud.map(({ cloud }) => cloud)).toEqual(["gcp"]);
  });

  test("paging gives every violation once, in pages of any size [P1-COVERAGE-5]", async () => {
    const first = await app.check({ refresh: false, limit: 1000 });
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await app.check({ refresh: false, limit: 97, cursor });
      for (const { resourceId, kind, tag } of page.violations) {
        const key = `${resourceId}|${kind}|${tag}`;
        expect(seen.has(key)).toBe(false);
        seen.add(key);
      }
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen.size).toBe(first.violationCount);
  });

  test("filters narrow the answer to what they name [P1-COVERAGE-3]", async () => {
    const { estate } = app.sandbox;
    const group = estate.groups.find(
      ({ cloud, type }) => cloud === "aws" && type === "ec2:instance",
    );
    if (group === undefined) throw new Error("The estate has no instance.");
    const { account, region, type } = group;
    const truth = estate.truth(
      "aws",
      (other) => other.account === account && other.region === region && other.type === type,
    );
    const filter = { accounts: [account], regions: [region], resourceTypes: [type] };
    const stored = await app.check({ ...filter, refresh: false });
    expect(stored.total).toBe(truth.total);
    const all = await app.check({ refresh: false, resourceTypes: ["all"] });
    expect(all.total).toBe(2_000);
    const scanned = await app.check({ ...filter, refresh: true });
    expect(scanned).toMatchObject({
      total: truth.total,
      counts: { compliant: truth.compliant, non_compliant: truth.nonCompliant },
    });
  });
});
