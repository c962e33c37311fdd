import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { parseSecretReference } from "../domain/secret-reference.ts";
import { loadSettings } from "./load.ts";
import { annotatedConfig, masked, secretReferences } from "./show.ts";

const folder = mkdtempSync(join(tmpdir(), "config-show-"));
afterAll(() => rmSync(folder, { recursive: true }));

function settings(
  text: string,
  environment: Record<string, string> = {},
): ReturnType<typeof loadSettings> {
  const file = join(folder, "config.yaml");
  writeFileSync(file, text);
  return loadSettings(file, environment);
}

describe("the configuration as people see it", () => {
  test("says of each value whether file, environment or default gave it", () => {
    const lines = annotatedConfig(
      settings("scan: {cell_concurrency: 7}\nclouds: {aws: {regions: [eu-west-1]}}\n", {
        TAG_COMPLIANCE_LOG_LEVEL: "error",
      }),
    ).split("\n");
    expect(lines).toContain("  cell_concurrency: 7");
    expect(lines).toContain("  level: error # TAG_COMPLIANCE_LOG_LEVEL");
    expect(lines).toContain("  port: 8080 # default");
    const accounts = lines.indexOf("    accounts: []");
    expect(lines[accounts - 1]).toBe("    # default");
  });

  test("is a file that means the same", () => {
    const given = settings("clouds: {azure: {client_id: a, client_secret: env://X}}\n");
    const again = settings(annotatedConfig(given));
    expect(again.config).toEqual(given.config);
    expect(parse(annotatedConfig(given))).toEqual(given.config);
  });

  test("hides a password in a URL and keeps the rest", () => {
    expect(masked({ a: ["postgres://user:p%40ss@db:5432/x"], b: 1, c: null })).toEqual({
      a: ["postgres://user:****@db:5432/x"],
      b: 1,
      c: null,
    });
  });

  test("knows where secrets are referred to", () => {
    const { config } = settings(
      "clouds: {azure: {tenants: [{tenant_id: t, client_secret: file:///s}]}}\n",
    );
    expect(secretReferences(config, (text) => parseSecretReference(text) !== undefined)).toEqual([
      { path: "clouds.azure.tenants[0].client_secret", reference: "file:///s" },
    ]);
  });
});
