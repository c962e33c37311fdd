import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

/** Imports a module in a process of its own, and tells which packages that loaded. */
async function packagesLoadedBy(file: string): Promise<readonly string[]> {
  const code = `
    import { registerHooks } from "node:module";
    const packages = new Set();
    registerHooks({
      resolve: (specifier, context, next) => {
        if (/^[@a-z]/.test(specifier) && !/^(node|file|data):/.test(specifier)) packages.add(specifier);
        return next(specifier, context);
      },
    });
    await import(${JSON.stringify(new URL(file, import.meta.url).href)});
    console.log(JSON.stringify([...packages]));
  `;
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", code]);
  return JSON.parse(stdout) as string[];
}

describe("importing a cloud's provider", () => {
  it.each(["azure", "gcp"])(
    "%s loads no SDK: a start must not pay for clouds it does not use",
    async (cloud) => {
      const packages = await packagesLoadedBy(`../../src/clouds/${cloud}/provider.ts`);
      expect(packages).toContain("zod");
      expect(packages.filter((name) => /^(@azure|google-auth|gaxios|@aws)/.test(name))).toEqual([]);
    },
  );

  it("would be noticed", async () => {
    expect(
      await packagesLoadedBy("../../node_modules/google-auth-library/build/src/index.js"),
    ).toEqual(expect.arrayContaining(["gaxios"]));
  });
});
