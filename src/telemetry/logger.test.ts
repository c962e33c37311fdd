import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

const logged = (code: string): { stdout: string; lines: Record<string, unknown>[] } => {
  const module = new URL("./logger.ts", import.meta.url).href;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "-e", `import { createLogger } from "${module}"; ${code}`],
    { encoding: "utf8" },
  );
  const lines = stderr.split("\n").filter((line) => line.startsWith("{"));
  return { stdout, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
};

test("writes JSON lines to stderr only, and nothing below the level", () => {
  const { stdout, lines } = logged(
    `const log = createLogger("warn"); log.info("quiet"); log.warn("loud", { cells: 3 });`,
  );
  expect(stdout).toBe("");
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ msg: "loud", cells: 3 });
});

test("a secret in the fields is redacted at any of the depths we log", () => {
  const { lines } = logged(
    `createLogger("info").info("x", { token: "s3cret", a: { authorization: "s3cret", b: { password: "s3cret" } } });`,
  );
  expect(lines).toHaveLength(1);
  expect(JSON.stringify(lines)).not.toContain("s3cret");
});
