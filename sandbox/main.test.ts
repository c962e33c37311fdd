import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { AppError } from "../src/domain/errors.ts";
import { runSandbox } from "./main.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** The command in a process of its own, as a shell would run it. */
function run(args: readonly string[]) {
  const script = `import(${JSON.stringify(MAIN)}).then((m) => m.runSandbox(process.argv.slice(1)))`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script, "--", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  return child;
}

describe("tag-compliance sandbox", () => {
  test("prints what a shell needs, serves until SIGTERM, then ends well", async () => {
    const child = run(["--resources", "300", "--seed", "4"]);
    const printed: string[] = [];
    child.stdout.on("data", (chunk: Buffer) => printed.push(chunk.toString()));
    const summary = text(child.stderr);
    await once(child.stdout, "data");
    const url = /AWS_ENDPOINT_URL='([^']+)'/.exec(printed.join(""))?.[1];
    const truth = await fetch(`${url}/__sandbox/truth`);
    expect(await truth.json()).toMatchObject({
      aws: { total: 180 },
      azure: { total: 75 },
      gcp: { total: 45 },
    });
    for (const line of printed.join("").trim().split("\n"))
      expect(line).toMatch(/^export [A-Z0-9_]+='[^']*'$/);
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
    expect(await summary).toContain("3 accounts, 180 resources");
    await expect(fetch(`${url}/__sandbox/truth`)).rejects.toThrow("fetch failed");
  });

  test("with --print-env says nothing to people", async () => {
    const child = run(["--resources", "300", "--print-env"]);
    const summary = text(child.stderr);
    await once(child.stdout, "data");
    const ended = once(child, "exit");
    child.kill("SIGINT");
    expect(await ended).toEqual([0, null]);
    expect(await summary).toBe("");
  });

  test("takes its faults from a file", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "sandbox-faults-"));
    const file = path.join(folder, "faults.json");
    await writeFile(file, JSON.stringify([{ kind: "deny", cloud: "aws" }]));
    const child = run(["--resources", "300", "--faults", file]);
    const [chunk] = await once(child.stdout, "data");
    const url = /AWS_ENDPOINT_URL='([^']+)'/.exec(String(chunk))?.[1];
    const answer = await fetch(`${url}/`, {
      method: "POST",
      body: "Action=GetCallerIdentity",
      headers: {
        authorization:
          "AWS4-HMAC-SHA256 Credential=SANDBOXMANAGEMENTKEY/20261101/us-east-1/sts/aws4_request",
      },
    });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("<Code>AccessDenied</Code>");
    await rm(folder, { recursive: true });
  });

  test.each([
    ["a size out of range", ["--resources", "5"]],
    ["a fault file that is not there", ["--faults", "no-such-file.json"]],
  ])("refuses %s", async (_, args) => {
    await expect(runSandbox(args)).rejects.toThrow(AppError);
  });
});
