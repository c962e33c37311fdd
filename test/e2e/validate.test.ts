import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ValidateResourcesResult } from "../../src/app/validate-resources.ts";
import { toValidationOutput } from "../../src/mcp/validation-output.ts";
import { CLOUDS } from "../../src/domain/cloud.ts";
import type { EstateResource } from "../../sandbox/estate/types.ts";
import { type SandboxedApplication, startSandboxed } from "./application.ts";

const NOBODY = new AbortController().signal;

describe("single resources of three clouds, asked for by id", () => {
  let app: SandboxedApplication;
  beforeAll(async () => {
    app = await startSandboxed({ estate: { seed: 23, resources: 600 } });
  });
  afterAll(() => app.close());

  function validate(ids: readonly string[], refresh = false): Promise<ValidateResourcesResult> {
    return app.app.validateResources({ ids, maxAgeMinutes: 60, refresh, signal: NOBODY });
  }

  /** The first planted resources of each cloud. */
  function planted(): readonly EstateResource[] {
    const { estate } = app.sandbox;
    return CLOUDS.flatMap((cloud) =>
      estate.groups
        .filter((group) => group.cloud === cloud)
        .slice(0, 6)
        .map((group) => estate.resource(group, 0)),
    );
  }

  test("without any scan before: only the places that the ids name are read", async () => {
    const [first] = planted();
    if (first === undefined) throw new Error("The estate is empty.");
    const { results, scanned } = await validate([first.id]);
    expect(scanned).toBe(true);
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({ id: first.id, resource: { id: first.id } });
  });

  test("agree with the scan of everything", async () => {
    await app.check();
    const ids = planted().map(({ id }) => id);
    const { results, scanned } = await validate(ids);
    expect(scanned).toBe(false);
    expect(results.map(({ id }) => id)).toEqual(ids);
    const { violations } = await app.check({ refresh: false, limit: 1000 });
    for (const one of results) {
      const kinds = violations.filter(({ resourceId }) => resourceId === one.id);
      expect("violations" in one ? one.violations.length : -1).toBe(kinds.length);
      const broken = kinds.some(({ severity }) => severity === "error");
      expect(one.status === "non_compliant").toBe(broken);
    }
  });

  test("show what they inherit apart from their own tags, and are not judged by it", async () => {
    const gcp = planted().filter(({ cloud }) => cloud === "gcp");
    const result = await validate(gcp.map(({ id }) => id));
    const rows = toValidationOutput(result, "detailed").results;
    expect(rows).toHaveLength(6);
    for (const [at, { tags, inherited_tags: inherited }] of rows.entries()) {
      const own = Object.fromEntries((gcp[at]?.tags ?? []).map(({ key, value }) => [key, value]));
      expect(tags).toEqual(own);
      expect(inherited).toMatchObject([
        { key: expect.stringMatching(/data-residency$/), value: "eu" },
      ]);
    }
    const concise = toValidationOutput(result, "concise").results;
    for (const row of concise) expect("inherited_tags" in row).toBe("violations" in row);
  });

  test("that are not there, or are no ids, are neither compliant nor untagged", async () => {
    const [aws] = planted();
    const absent = aws?.id.replace(/.{8}$/, "00000000") ?? "";
    const { results } = await validate([
      absent,
      "i-0123456789",
      "arn:aws:newservice:eu-west-1:123456789012:thing/x",
    ]);
    expect(results).toEqual([
      { id: absent, status: "not_found", goneAt: null },
      { id: "i-0123456789", status: "not_an_id" },
      {
        id: "arn:aws:newservice:eu-west-1:123456789012:thing/x",
        status: "unknown",
        reason: "type_not_known",
      },
    ]);
  });

  test("whose place is denied now are unknown, whatever was known before", async () => {
    const gcp = planted().find(({ cloud }) => cloud === "gcp");
    if (gcp === undefined) throw new Error("The estate has nothing in GCP.");
    app.sandbox.faults.replace([{ cloud: "gcp", kind: "deny" }]);
    const { results } = await validate([gcp.id], true);
    expect(results).toEqual([
      { id: gcp.id, status: "unknown", reason: expect.any(String) as unknown },
    ]);
    app.sandbox.faults.replace([]);
  });
});
