import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";

/** Modules that a fresh process loads to run `code`. */
function modulesLoadedBy(code: string): readonly string[] {
  const script = `
    import { registerHooks } from "node:module";
    const loaded = [];
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
    ${code}
    console.log(JSON.stringify(loaded));
  `;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", script],
    { cwd: new URL("../../..", import.meta.url), encoding: "utf8" },
  );
  try {
    return JSON.parse(stdout) as string[];
  } catch {
    throw new Error(`the process failed: ${stderr}`);
  }
}

const isSdk = (url: string): boolean => /node_modules\/@(?:aws-sdk|smithy)\//.test(url);

describe("what loading the adapter costs", () => {
  test("making a provider loads no SDK module", () => {
    const loaded = modulesLoadedBy(`
      const { createAwsProvider } = await import("./src/clouds/aws/provider.ts");
      const log = () => undefined;
      createAwsProvider({ logger: { debug: log, info: log, warn: log, error: log } });
    `);
    expect(loaded.some((url) => url.endsWith("/provider.ts"))).toBe(true);
    expect(loaded.filter(isSdk)).toEqual([]);
  });

  test("a client's own file does, so the test above can fail", () => {
    const loaded = modulesLoadedBy(`await import("./src/clouds/aws/sdk/sts.ts");`);
    expect(loaded.some(isSdk)).toBe(true);
  });
});
