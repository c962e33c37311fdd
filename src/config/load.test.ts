import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AppError } from "../domain/errors.ts";
import { loadSettings } from "./load.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "config-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function file(text: string, name = "config.yaml"): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const failureOf = (run: () => unknown): AppError => {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("It was accepted.");
};

describe("the configuration", () => {
  test("has a default for everything", () => {
    const settings = loadSettings(undefined, { TAG_COMPLIANCE_DATA_DIR: folder });
    expect(settings.config.http).toEqual({ host: "127.0.0.1", port: 8080 });
    expect(settings).toMatchObject({ configFile: null, policyFile: null, dataDir: folder });
  });

  test("comes from JSON as well as YAML", () => {
    const path = file('{ "http": { "port": 9000 } }', "config.json");
    expect(loadSettings(path, {}).config.http.port).toBe(9000);
  });

  test("the environment wins over the file", () => {
    const path = file(`policy: { file: from-file.yaml }\nstorage: { data_dir: ${folder} }\n`);
    const settings = loadSettings(path, {
      TAG_COMPLIANCE_POLICY_FILE: "from-environment.yaml",
      TAG_COMPLIANCE_LOG_LEVEL: "debug",
    });
    expect(settings.policyFile).toBe(resolve("from-environment.yaml"));
    expect(settings.config.log.level).toBe("debug");
  });

  test("paths in the file are relative to the file", () => {
    const path = file("policy: { file: tags.yaml }\n");
    expect(loadSettings(path, {}).policyFile).toBe(join(folder, "tags.yaml"));
  });

  test("a config.yaml in the data folder is found by itself", () => {
    file("http: { port: 9001 }\n");
    const settings = loadSettings(undefined, { TAG_COMPLIANCE_DATA_DIR: folder });
    expect(settings.config.http.port).toBe(9001);
  });

  test("naming a cloud puts it in use; switching it off takes it out", () => {
    const path = file("clouds:\n  gcp: {}\n  aws: { enabled: false }\n");
    const settings = loadSettings(path, { AWS_PROFILE: "x", HOME: folder });
    expect(settings.clouds).toContain("gcp");
    expect(settings.clouds).not.toContain("aws");
  });
});

describe("a broken configuration", () => {
  test("is refused with every error at once, each with key and line", () => {
    const path = file(
      [
        "clouds:",
        "  aws:",
        "    accounts: [12]",
        "    regoins: [eu-west-1]",
        "http:",
        "  port: many",
        "",
      ].join("\n"),
    );
    const failure = failureOf(() => loadSettings(path, {}));
    expect(failure.code).toBe("config_invalid");
    expect(failure.issues.map(({ path: at, line }) => [at, line])).toEqual([
      ["clouds.aws.accounts[0]", 3],
      ["clouds.aws.regoins", 4],
      ["http.port", 6],
    ]);
  });

  test("with broken syntax names the line", () => {
    const failure = failureOf(() => loadSettings(file("http:\n  port: [1\n"), {}));
    expect(failure.issues[0]?.line).toBeGreaterThan(1);
  });

  test("that is not there says which file", () => {
    const path = join(folder, "absent.yaml");
    const failure = failureOf(() => loadSettings(path, {}));
    expect(failure).toMatchObject({ code: "config_invalid", details: { path } });
  });
});
