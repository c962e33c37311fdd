import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startAws } from "../sandbox/aws/server.ts";
import { createEstate } from "../sandbox/estate/estate.ts";
import { createFaultPlan } from "../sandbox/faults.ts";
import type { CloudServer } from "../sandbox/server.ts";
import { diskPolicyFolder } from "../src/storage/policy-files/disk-policy-folder.ts";
import { createImportAwsPolicy } from "../src/app/policy-import/import-aws-policy.ts";
import { diskPolicyFile } from "../src/storage/policy-files/disk-policy-file.ts";
import { createPolicyStore } from "../src/app/policy/policy-store.ts";
import { createAwsOrgPolicies } from "../src/clouds/aws/org-policies.ts";
import { createCatalogue } from "../src/domain/resource-type.ts";
import { sha256 } from "./fake-organization.ts";
import { silent } from "./moto/read-inventory.ts";
import { setEnvironment } from "./moto/server.ts";

/** From a simulated organization over the wire to the policy in force. */
describe("importing an organization's tag policy", () => {
  let server: CloudServer;
  let restore: () => void;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "policy-import-"));
    server = await startAws({
      estate: createEstate({ seed: 7, resources: 300 }),
      faults: createFaultPlan(),
      port: 0,
      latencyMs: 0,
      onCall: () => undefined,
    });
    restore = setEnvironment(server.env);
  });

  afterAll(async () => {
    restore();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  test("saves it and puts it into force", async () => {
    const clock = { now: () => Date.UTC(2026, 10, 22) };
    const orgPolicies = createAwsOrgPolicies({ logger: silent });
    const files = diskPolicyFolder(folder);
    const store = createPolicyStore({
      file: diskPolicyFile(files.pathOf("tagging_policy.json")),
      catalogue: createCatalogue([]),
      clock,
    });
    const importAwsPolicy = createImportAwsPolicy({
      orgPolicies,
      files,
      reload: () => store.reload(),
      clock,
      sha256,
    });
    const { signal } = new AbortController();
    const result = await importAwsPolicy({ policyId: "effective" }, signal);
    const again = await importAwsPolicy({ policyId: "effective" }, signal);
    await orgPolicies.close();

    expect(result).toMatchObject({ kind: "imported", saved: { changed: true } });
    expect(again).toMatchObject({ kind: "imported", saved: { changed: false } });
    const { document, path, lastError } = await store.status();
    expect(lastError).toBeNull();
    expect(path).toBe(join(folder, "tagging_policy.json"));
    expect(document).toEqual(JSON.parse(await readFile(path ?? "", "utf8")));
    expect(document.required_tags.map(({ name }) => name)).toEqual(["Environment"]);
    expect(document.optional_tags.map(({ name }) => name)).toEqual(["CostCenter", "Owner"]);
  });
});
