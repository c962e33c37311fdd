import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ComplianceOutput } from "../../src/mcp/compliance-output.ts";
import { SEEDED_REGIONS, SEEDED_ROLE, seedEstate, type SeededResource } from "../moto/estate.ts";
import { motoMissing, type MotoServer, startMoto } from "../moto/server.ts";
import { connectProduct, type ProductClient } from "./product-client.ts";

/** CostCenter and Environment must have one of these values, Owner any: judged by hand below. */
const POLICY = `
version: "2.0"
required_tags:
  - { name: CostCenter, allowed_values: [Engineering] }
  - { name: Environment, allowed_values: [production] }
  - { name: Owner }
tag_naming_rules: { case_sensitivity: true }
`;

/** What a person finds who holds the seeded tags against the policy above. */
function keepsPolicy({ tags }: SeededResource): boolean {
  const value = (key: string): string | undefined => tags.find((tag) => tag.key === key)?.value;
  return (
    value("CostCenter") === "Engineering" &&
    value("Environment") === "production" &&
    (value("Owner") ?? "") !== ""
  );
}

describe.skipIf(motoMissing !== undefined)(
  `check_tag_compliance over MCP against moto${motoMissing === undefined ? "" : ` (${motoMissing})`}`,
  () => {
    let moto: MotoServer;
    let seeded: readonly SeededResource[];
    let product: ProductClient;
    let dataDir: string;

    beforeAll(async () => {
      moto = await startMoto();
      ({ resources: seeded } = await seedEstate(moto));
      dataDir = mkdtempSync(join(tmpdir(), "moto-e2e-"));
      writeFileSync(join(dataDir, "policy.yaml"), POLICY);
      writeFileSync(
        join(dataDir, "config.yaml"),
        JSON.stringify({
          clouds: { aws: { role_name: SEEDED_ROLE, regions: [...SEEDED_REGIONS] } },
          policy: { file: "policy.yaml" },
        }),
      );
      product = await connectProduct({ ...moto.env, TAG_COMPLIANCE_DATA_DIR: dataDir });
    }, 120_000);
    afterAll(async () => {
      await product.client.close();
      await moto.close();
      rmSync(dataDir, { recursive: true, force: true });
    });

    test("counts EC2 instances and S3 buckets as seeded [P1-CORE-2] [P1-COVERAGE-1]", async () => {
      const expected = seeded.filter(({ type }) => type !== "ec2:volume");
      const answer = await product.check({ resource_types: ["ec2:instance", "s3:bucket"] });
      expect(answer.total_resources).toBe(expected.length);
      expect(answer.compliant_resources).toBe(expected.filter(keepsPolicy).length);
      expect(answer.unknown_resources).toBe(0);
      expect(answer.coverage.complete).toBe(true);
    });

    test("names each violating resource once, and no other", async () => {
      const violating = await allViolating(product);
      const expected = seeded.filter(
        (resource) => resource.type !== "ec2:volume" && !keepsPolicy(resource),
      );
      expect([...violating].toSorted()).toEqual(expected.map(({ id }) => id).toSorted());
    });

    test("finds resources that never had a tag [P1-COVERAGE-6]", async () => {
      const never = seeded.filter(
        ({ type, planted }) => type !== "ec2:volume" && planted === "never_tagged",
      );
      const violating = await allViolating(product);
      expect(never.length).toBeGreaterThan(0);
      expect(never.map(({ id }) => id).filter((id) => !violating.has(id))).toEqual([]);
    });
  },
);

async function allViolating(product: ProductClient): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  let page: ComplianceOutput | undefined;
  do {
    page = await product.check({
      resource_types: ["ec2:instance", "s3:bucket"],
      severity: "errors_only",
      limit: 100,
      ...(page?.next_cursor == null ? {} : { cursor: page.next_cursor }),
    });
    for (const { resource_id: id } of page.violations) ids.add(id);
  } while (page.next_cursor !== null);
  return ids;
}
