import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningHttp, startHttp } from "../../src/http/server.ts";
import { createMcp } from "../../src/mcp/server.ts";
import { tools } from "../../src/mcp/tools/index.ts";
import { fakeApp } from "../mcp/fake-app.ts";
import { EXPECTED_FAILURES, NEED_FIXTURE_TOOLS } from "./expected-failures.ts";
import { fixtureTools } from "./fixture-tools.ts";
import { type Revision, runOfficialSuite } from "./official-suite.ts";

/** What must pass with tools alone; named, so that a suite that runs nothing is noticed. */
const MUST_PASS: Readonly<Record<Revision, readonly string[]>> = {
  "2025-11-25": [
    "server-initialize",
    "server-session-lifecycle",
    "ping",
    "tools-list",
    "server-sse-multiple-streams",
    "dns-rebinding-protection",
    ...NEED_FIXTURE_TOOLS,
  ],
  "2026-07-28": [
    "tools-list",
    "server-sse-multiple-streams",
    "dns-rebinding-protection",
    "http-header-validation",
    "input-required-result-unsupported-methods",
    ...NEED_FIXTURE_TOOLS,
  ],
};

let http: RunningHttp;
beforeAll(async () => {
  const { deps } = fakeApp();
  http = await startHttp(
    {
      ...deps,
      createServer: createMcp(deps, [...tools, ...fixtureTools]),
      health: async () => ({ status: "ok" }),
    },
    { port: 0 },
  );
});
afterAll(() => http.close());

describe("the official conformance suite", () => {
  it.each(["2025-11-25", "2026-07-28"] as const)(
    "passes what %s requires, but for features not offered",
    { timeout: 120_000 },
    async (revision) => {
      const run = await runOfficialSuite(`${http.url}/mcp`, revision, EXPECTED_FAILURES[revision]);
      const passed = [...run.scenarios].filter(([, ok]) => ok).map(([name]) => name);
      expect(passed).toEqual(expect.arrayContaining([...MUST_PASS[revision]]));
      // In one object, so that a failure shows what the suite found.
      const verdict = run.output.slice(run.output.lastIndexOf("=== SUMMARY"));
      expect({ exitCode: run.exitCode, verdict }).toEqual({ exitCode: 0, verdict });
    },
  );
});
