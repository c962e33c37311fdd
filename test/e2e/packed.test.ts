import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSandbox } from "../../sandbox/index.ts";
import { connectProduct } from "./product-client.ts";

/** What users get: the tarball, installed into an empty folder, with nothing of the repository beside it. */
describe("the packed package", () => {
  let folder: string;
  let installed: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "packed-"));
    const npm = (args: readonly string[], cwd: string): string =>
      execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    // The bundle is built by `npm test` before; packing must not rebuild it under other tests' feet.
    npm(["pack", "--ignore-scripts", "--pack-destination", folder], process.cwd());
    const [tarball] = readdirSync(folder);
    if (tarball === undefined) throw new Error("npm pack made no tarball.");
    writeFileSync(join(folder, "package.json"), '{ "private": true }');
    // Without what is optional: DuckDB is only needed to read bill files.
    npm(
      ["install", "--offline", "--omit=optional", "--no-audit", "--no-fund", join(folder, tarball)],
      folder,
    );
    installed = join(folder, "node_modules/finops-tag-compliance-mcp");
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("needs no dependency, and brings the licences of what it bundles", () => {
    expect(
      readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith(".")),
    ).toEqual(["finops-tag-compliance-mcp"]);
    expect(readdirSync(join(installed, "dist"))).toContain("THIRD_PARTY_LICENSES.txt");
    expect(readdirSync(installed)).toEqual(
      expect.arrayContaining(["LICENSE", "NOTICE", "README.md"]),
    );
  });

  test("runs the demo", () => {
    const shown = execFileSync(
      process.execPath,
      [join(folder, "node_modules/.bin/tag-compliance"), "demo", "--once", "--resources", "300"],
      { cwd: folder, encoding: "utf8", env: { PATH: process.env["PATH"] ?? "" } },
    );
    expect(shown).toMatch(/^aws +\d/m);
    expect(shown).toMatch(/^azure +\d/m);
    expect(shown).toMatch(/^gcp +\d/m);
    expect(shown).toMatch(/Coverage: (\d+) of \1 cells/);
  }, 60_000);

  test("serves over stdio and scans", async () => {
    const sandbox = await startSandbox({ estate: { seed: 3, resources: 300 } });
    const environment = {
      ...sandbox.env,
      TAG_COMPLIANCE_DATA_DIR: join(folder, "data"),
      TAG_COMPLIANCE_POLICY_FILE: join(installed, "sandbox/policy.yaml"),
    };
    const product = await connectProduct(environment, {
      launcher: join(installed, "bin/tag-compliance.js"),
    });
    try {
      const answer = await product.check({ cloud_provider: "gcp" });
      const truth = sandbox.estate.truth("gcp");
      expect(answer.compliant_resources).toBe(truth.compliant);
      expect(answer.non_compliant_resources).toBe(truth.nonCompliant);
    } finally {
      await product.client.close();
      await sandbox.close();
    }
  }, 60_000);
});
