import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const FIXTURE = fileURLToPath(new URL("fixture-stdio.ts", import.meta.url));

const INITIALIZE = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "raw", version: "1" },
  },
};
const call = (id: number, account: string): object => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params: { name: "check_tag_compliance", arguments: { accounts: [account] } },
});

/** A server process; `until` waits for its nth line on stdout. */
function start() {
  const child = spawn(process.execPath, [FIXTURE], { stdio: ["pipe", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    child,
    exit,
    send: (message: object) => child.stdin.write(`${JSON.stringify(message)}\n`),
    lines: () => stdout.split("\n").filter((line) => line !== ""),
    stderr: () => stderr,
    async until(count: number) {
      while (stdout.split("\n").length <= count) {
        await Promise.race([
          new Promise((resolve) => child.stdout.once("data", resolve)),
          exit.then(() => Promise.reject(new Error(`exited early: ${stderr}`))),
        ]);
      }
    },
  };
}

describe("the stdio server process", () => {
  it("writes nothing but JSON-RPC to stdout, even when a library prints", async () => {
    const server = start();
    server.send(INITIALIZE);
    await server.until(1);
    server.send(call(2, "prints"));
    await server.until(2);
    server.child.stdin.end();
    expect(await server.exit).toBe(0);
    expect(server.lines().map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ jsonrpc: "2.0", id: 1 }),
      expect.objectContaining({ jsonrpc: "2.0", id: 2 }),
    ]);
    expect(server.stderr()).toContain("a library that prints");
  });

  it("survives a line that is not JSON", async () => {
    const server = start();
    server.child.stdin.write("this is not JSON\n");
    server.send(INITIALIZE);
    await server.until(1);
    server.child.stdin.end();
    expect(await server.exit).toBe(0);
    expect(server.lines()).toHaveLength(1);
  });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "ends cleanly on %s while a call runs",
    async (signal) => {
      const server = start();
      server.send(INITIALIZE);
      await server.until(1);
      server.send(call(2, "slow"));
      server.child.kill(signal);
      expect(await server.exit).toBe(0);
    },
  );

  it("ends when stdin ends while a call runs", async () => {
    const server = start();
    server.send(INITIALIZE);
    await server.until(1);
    server.send(call(2, "slow"));
    server.child.stdin.end();
    expect(await server.exit).toBe(0);
  });

  it("ends when nobody reads its stdout any more", async () => {
    const server = start();
    server.send(INITIALIZE);
    await server.until(1);
    server.child.stdout.destroy();
    server.send(call(2, ""));
    expect(await server.exit).toBe(0);
  });

  it("loads no HTTP library", async () => {
    const probe = spawn(
      process.execPath,
      [
        "--import",
        "data:text/javascript,import{registerHooks}from'node:module';registerHooks({load(u,c,n){process.stderr.write(u+'\\n');return n(u,c)}})",
        FIXTURE,
      ],
      { stdio: ["pipe", "ignore", "pipe"] },
    );
    let loaded = "";
    probe.stderr.on("data", (chunk: Buffer) => (loaded += chunk.toString()));
    const exit = new Promise((resolve) => probe.once("close", resolve));
    probe.stdin.end();
    await exit;
    expect(loaded).toContain("/src/mcp/stdio.ts");
    expect(loaded).not.toMatch(/hono|\/src\/http\//);
  });
});
