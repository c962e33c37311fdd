import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/index.ts";
import { missingPostgres, type PostgresServer, startPostgres } from "../storage/postgres-server.ts";
import { type Process, runCommand, startProcess, toolCall } from "./product-process.ts";
import { missingRedis, type RedisServer, startRedis } from "./redis-server.ts";

const missing = missingPostgres ?? missingRedis;

/** Two servers of the product behind one database and one Redis, as behind a load balancer. */
describe.skipIf(missing !== undefined)(`two replicas${missing ?? ""}`, () => {
  let sandbox: Sandbox;
  let postgres: PostgresServer;
  let redis: RedisServer;
  let folder: string;
  let started: Process[] = [];
  beforeAll(async () => {
    [sandbox, postgres, redis] = await Promise.all([
      startSandbox({ estate: { seed: 7, resources: 300 } }),
      startPostgres(),
      startRedis(),
    ]);
    folder = mkdtempSync(join(tmpdir(), "replicas-"));
  }, 60_000);
  afterAll(async () => {
    await Promise.all(started.map((one) => one.stop()));
    await Promise.all([sandbox.close(), postgres.stop(), redis.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  interface Replicas {
    readonly urls: readonly [string, string];
    readonly environment: Readonly<Record<string, string>>;
  }

  const serve = async (name: string, safety: object): Promise<Replicas> => {
    const config = join(folder, `${name}.yaml`);
    writeFileSync(
      config,
      JSON.stringify({
        clouds: { aws: { role_name: "TagComplianceRead" } },
        storage: { url: await postgres.createDatabase() },
        cache: { url: redis.url, key_prefix: name },
        safety,
      }),
    );
    const environment = { ...sandbox.env, HOME: folder, TAG_COMPLIANCE_CONFIG: config };
    const pair = ["a", "b"].map((replica) =>
      startProcess(["serve", "--http", "--port", "0"], {
        ...environment,
        TAG_COMPLIANCE_DATA_DIR: join(folder, `${name}-${replica}`),
      }),
    );
    started = [...started, ...pair];
    const [a, b] = await Promise.all(
      pair.map(async (one) => (await one.said(/(http:\S+\/mcp)/))[1] ?? ""),
    );
    return { urls: [a ?? "", b ?? ""], environment };
  };

  const call = async (url: string, name: string, args: object): Promise<string> => {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": "2026-07-28",
        "mcp-method": "tools/call",
        "mcp-name": name,
      },
      body: toolCall(1, name, args),
    });
    return response.text();
  };

  it("let exactly 100 of 150 calls pass that are made at once, and share one chain", async () => {
    const { urls, environment } = await serve("budget", {
      budget: { calls: 100 },
      loops: { repeats: 1000, stop_after: 1000 },
    });
    const answers = await Promise.all(
      Array.from({ length: 150 }, (_, turn) =>
        call(turn % 2 === 0 ? urls[0] : urls[1], "get_tagging_policy", {}),
      ),
    );
    const refused = answers.filter((answer) => answer.includes("budget_exhausted"));
    expect(refused).toHaveLength(50);
    expect(answers.filter((answer) => answer.includes('"structuredContent"'))).toHaveLength(100);
    const verified = await runCommand(["audit", "verify", "--json"], environment);
    expect(JSON.parse(verified.stdout)).toMatchObject({ records: 150, problems: [] });
  }, 120_000);

  it("see a loop that goes through both, and take a confirmation of the other, once", async () => {
    const { urls } = await serve("intent", {
      loops: { repeats: 3 },
      approval: { max_resources_without_approval: 10, max_seconds_without_approval: 0 },
    });
    const [a, b] = urls;
    for (const url of [a, b])
      expect(await call(url, "get_tagging_policy", {})).not.toContain("loop_detected");
    expect(await call(a, "get_tagging_policy", {})).toContain("loop_detected");

    // How much there is is not known before the first scan, which runs.
    expect(await call(a, "check_tag_compliance", {})).toContain("compliance_score");
    const asked = await call(a, "check_tag_compliance", { refresh: true });
    const token = /"token":"([\w-]{22})"/.exec(asked)?.[1];
    expect(token).toBeDefined();
    const again = { refresh: true, confirm: token };
    expect(await call(b, "check_tag_compliance", again)).toContain("compliance_score");
    expect(await call(a, "check_tag_compliance", again)).toContain("confirmation_invalid");
  }, 120_000);
});
