import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";

interface Rule {
  readonly name: string;
}
const require = createRequire(import.meta.url);
const { forbidden } = require("../../.dependency-cruiser.cjs") as { forbidden: readonly Rule[] };

/** One import that each rule must catch: [importing file, imported specifier, files that must exist]. */
const SEEDS: Readonly<Record<string, readonly [from: string, imports: string, target?: string]>> = {
  "no-circular": ["src/app/a.ts", "./cycle.ts"],
  "domain-is-pure": ["src/domain/a.ts", "../ports/b.ts", "src/ports/b.ts"],
  "domain-no-io": ["src/domain/a.ts", "node:fs"],
  "ports-know-domain": ["src/ports/a.ts", "../app/b.ts", "src/app/b.ts"],
  safety: ["src/safety/a.ts", "../app/b.ts", "src/app/b.ts"],
  app: ["src/app/a.ts", "../mcp/b.ts", "src/mcp/b.ts"],
  clouds: ["src/clouds/aws/a.ts", "../../app/b.ts", "src/app/b.ts"],
  storage: ["src/storage/a.ts", "../app/b.ts", "src/app/b.ts"],
  telemetry: ["src/telemetry/a.ts", "../app/b.ts", "src/app/b.ts"],
  cache: ["src/cache/a.ts", "../app/b.ts", "src/app/b.ts"],
  secrets: ["src/secrets/a.ts", "../app/b.ts", "src/app/b.ts"],
  "cost-files": ["src/cost-files/a.ts", "../app/b.ts", "src/app/b.ts"],
  reports: ["src/reports/a.ts", "../app/b.ts", "src/app/b.ts"],
  scheduler: ["src/scheduler/a.ts", "../storage/b.ts", "src/storage/b.ts"],
  config: ["src/config/a.ts", "../ports/b.ts", "src/ports/b.ts"],
  mcp: ["src/mcp/a.ts", "../http/b.ts", "src/http/b.ts"],
  http: ["src/http/a.ts", "../storage/b.ts", "src/storage/b.ts"],
  "clouds-do-not-mix": ["src/clouds/aws/a.ts", "../gcp/b.ts", "src/clouds/gcp/b.ts"],
  "only-compose-wires": ["src/cli/a.ts", "../storage/b.ts", "src/storage/b.ts"],
  "nothing-imports-the-cli": ["src/mcp/a.ts", "../cli/b.ts", "src/cli/b.ts"],
  "not-to-sandbox": ["src/app/a.ts", "../../sandbox/b.ts", "sandbox/b.ts"],
  "not-to-test": ["src/app/a.ts", "./b.test.ts", "src/app/b.test.ts"],
};

interface Broken {
  readonly rule: string;
  readonly from: string;
}

/** Rules broken in a tree of its own that holds only these files. */
function brokenRules(files: Readonly<Record<string, string>>): readonly Broken[] {
  const root = mkdtempSync(join(tmpdir(), "boundaries-"));
  for (const folder of ["src", "sandbox", "test"]) mkdirSync(join(root, folder));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  cpSync(".dependency-cruiser.cjs", join(root, ".dependency-cruiser.cjs"));
  symlinkSync(resolve("node_modules"), join(root, "node_modules"));
  const cruiser = resolve("node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [cruiser, "--config", ".dependency-cruiser.cjs", "--output-type", "json", "src", "sandbox"],
    { cwd: root, encoding: "utf8" },
  );
  rmSync(root, { recursive: true, force: true });
  if (stdout === "") throw new Error(`dependency-cruiser printed no report: ${stderr}`);
  const report = JSON.parse(stdout) as {
    summary: { violations: { from: string; rule: { name: string } }[] };
  };
  return report.summary.violations.map(({ from, rule }) => ({ rule: rule.name, from }));
}

/** Every seed in one tree: each rule's importing file is named after the rule. */
function seededTree(): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const [rule, [from, imports, target]] of Object.entries(SEEDS)) {
    files[named(from, rule)] = `import ${JSON.stringify(imports)};\n`;
    if (target !== undefined) files[target] = "export const here = 1;\n";
  }
  files["src/app/cycle.ts"] = 'import "./a-no-circular.ts";\n';
  return files;
}

const named = (from: string, rule: string): string => from.replace("/a.ts", `/a-${rule}.ts`);

describe("import boundaries", () => {
  const broken = brokenRules(seededTree());

  test("every rule has a seeded violation here", () => {
    expect(Object.keys(SEEDS).toSorted()).toEqual(forbidden.map(({ name }) => name).toSorted());
  });

  test.each(Object.entries(SEEDS))("%s is caught", (rule, [from]) => {
    expect(broken).toContainEqual({ rule, from: named(from, rule) });
  });

  test("a tree that keeps the rules is not accused", () => {
    expect(
      brokenRules({
        "src/domain/a.ts": 'import "zod";\n',
        "src/ports/a.ts": 'import "../domain/a.ts";\n',
        "src/app/a.ts": 'import "../ports/a.ts";\n',
        "src/compose.ts": 'import "./storage/a.ts";\nimport "./app/a.ts";\n',
        "src/compose/a.ts": 'import "../storage/a.ts";\nimport "../app/a.ts";\n',
        "src/storage/a.ts": 'import "../ports/a.ts";\nimport "node:fs";\n',
      }),
    ).toEqual([]);
  });
});
