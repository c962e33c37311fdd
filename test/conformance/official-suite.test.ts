import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningHttp, startHttp } from "../../src/http/server.ts";
import { prompts } from "../../src/mcp/prompts/index.ts";
import { resources } from "../../src/mcp/resources/index.ts";
import { createMcp } from "../../src/mcp/server.ts";
import { tools } from "../../src/mcp/tools/index.ts";
import { fakeApp } from "../mcp/fake-app.ts";
import { withDirectFixtures } from "./direct-fixtures.ts";
import { fixturePrompts, fixtureResources } from "./fixture-resources.ts";
import { fixtureTools } from "./fixture-tools.ts";
import { type Revision, runOfficialSuite } from "./official-suite.ts";

/** Some of what must pass in each; named, so that a suite that runs nothing is noticed. */
const BOTH = [
  "completion-complete",
  "tools-list",
  "tools-call-simple-text",
  "tools-call-error",
  "tools-call-with-progress",
  "server-sse-multiple-streams",
  "resources-list",
  "resources-read-text",
  "resources-read-binary",
  "resources-templates-read",
  "prompts-list",
  "prompts-get-with-args",
  "dns-rebinding-protection",
];
const MUST_PASS: Readonly<Record<Revision, readonly string[]>> = {
  "2025-11-25": [
    ...BOTH,
    "server-initialize",
    "server-session-lifecycle",
    "logging-set-level",
    "tools-call-with-logging",
    "resources-subscribe",
    "resources-unsubscribe",
    "ping",
    "tools-call-sampling",
    "tools-call-elicitation",
    "elicitation-sep1330-enums",
  ],
  "2026-07-28": [
    ...BOTH,
    "server-stateless",
    "caching",
    "sep-2164-resource-not-found",
    "http-header-validation",
    "input-required-result-multi-round",
    "input-required-result-tampered-state",
  ],
};

let http: RunningHttp;
beforeAll(async () => {
  const { deps } = fakeApp();
  http = await startHttp(
    {
      ...deps,
      createServer: withDirectFixtures(
        createMcp(deps, [...tools, ...fixtureTools], {
          resources: [...resources, ...fixtureResources],
          prompts: [...prompts, ...fixturePrompts],
        }),
      ),
      health: async () => ({ status: "ok" }),
    },
    { port: 0 },
  );
});
afterAll(() => http.close());

describe("the official conformance suite", () => {
  it.each(["2025-11-25", "2026-07-28"] as const)(
    "passes all that %s requires",
    { timeout: 120_000 },
    async (revision) => {
      const run = await runOfficialSuite(`${http.url}/mcp`, revision, []);
      const passed = [...run.scenarios].filter(([, ok]) => ok).map(([name]) => name);
      expect(passed).toEqual(expect.arrayContaining([...MUST_PASS[revision]]));
      // In one object, so that a failure shows what the suite found.
      const verdict = run.output.slice(run.output.lastIndexOf("=== SUMMARY"));
      expect({ exitCode: run.exitCode, verdict }).toEqual({ exitCode: 0, verdict });
    },
  );
});
