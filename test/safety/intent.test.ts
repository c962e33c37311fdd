import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { type RunningHttp, startHttp } from "../../src/http/server.ts";
import { createMcp } from "../../src/mcp/server.ts";
import type { AuditEvent } from "../../src/ports/audit.ts";
import type { Breakdown } from "../../src/ports/inventory.ts";
import type { EstimateScan, ScanEstimate } from "../../src/safety/intent/scan-estimate.ts";
import { ERAS, type Mode } from "../mcp/connect.ts";
import { fakeApp } from "../mcp/fake-app.ts";
import { GENEROUS, generousSafety } from "./generous-safety.ts";

const place = (region: string, resourceType: string, nonCompliant: number): Breakdown => ({
  cloud: "aws",
  account: "123456789012",
  region,
  resourceType,
  counts: { compliant: 0, non_compliant: nonCompliant, exempt: 0, unknown: 0, out_of_scope: 0 },
});
const PLACES = [
  place("eu-west-1", "ec2:instance", 9000),
  place("eu-west-1", "s3:bucket", 400),
  place("us-east-1", "ec2:instance", 2600),
];
const LARGE: ScanEstimate = {
  answersFrom: "clouds",
  cells: 3,
  resources: 12_000,
  apiCalls: 123,
  apiCostMicros: 0,
  seconds: 180,
  costDays: 0,
  storedAgeMinutes: 1560,
  assumptions: [],
  places: PLACES,
  everywhere: PLACES,
};

const Asked = z.object({
  ambiguities: z.array(
    z.object({
      options: z.array(
        z.object({
          value: z.string(),
          arguments: z.record(z.string(), z.unknown()),
          requires_approval: z.boolean(),
          estimated_resources: z.number(),
        }),
      ),
    }),
  ),
  confirm: z.object({ token: z.string() }),
});

let running: RunningHttp | undefined;
let clients: Client[] = [];
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  clients = [];
  await running?.close();
  running = undefined;
});

async function serve(estimateScan: EstimateScan = async () => LARGE) {
  const events: AuditEvent[] = [];
  const logged: Record<string, unknown>[] = [];
  const app = fakeApp({
    safety: generousSafety({
      estimateScan,
      append: async (event) => {
        events.push(event);
        return events.length;
      },
    }),
  });
  const { deps } = app;
  const logger = {
    ...deps.logger,
    info: (message: string, fields: Record<string, unknown> = {}) => {
      if (message === "tool call") logged.push(fields);
    },
  };
  running = await startHttp(
    {
      ...deps,
      createServer: createMcp({ ...deps, logger }),
      health: async () => ({ status: "ok" }),
    },
    { port: 0 },
  );
  return { url: new URL(`${running.url}/mcp`), requests: app.requests, events, logged };
}

type Choose = (options: readonly string[], message: string) => string | undefined;

async function connect(url: URL, mode: Mode, choose?: Choose): Promise<Client> {
  const client = new Client(
    { name: "tester", version: "1" },
    {
      versionNegotiation: { mode },
      ...(choose === undefined ? {} : { capabilities: { elicitation: { form: {} } } }),
    },
  );
  if (choose !== undefined)
    client.setRequestHandler("elicitation/create", (request) => {
      const { message, requestedSchema } = request.params as unknown as {
        message: string;
        requestedSchema: { properties: { choice: { enum: string[] } } };
      };
      const choice = choose(requestedSchema.properties.choice.enum, message);
      return choice === undefined
        ? { action: "decline" }
        : { action: "accept", content: { choice } };
    });
  await client.connect(new StreamableHTTPClientTransport(url));
  clients.push(client);
  return client;
}

const check = (client: Client, args: Record<string, unknown> = {}) =>
  client.callTool({ name: "check_tag_compliance", arguments: args });

describe.each(ERAS)("an expensive call without a named scope ($era)", ({ mode }) => {
  it("is asked about where the client cannot put a question, and runs once confirmed", async () => {
    const { url, requests, events, logged } = await serve();
    const client = await connect(url, mode);
    const first = await check(client);
    expect(first.isError ?? false).toBe(false);
    const asked = Asked.parse(first.structuredContent);
    expect(first.structuredContent).toMatchObject({
      clarification_needed: true,
      reason: "ambiguous_and_expensive",
      intent: { operation: "check_tag_compliance", estimated_scope: { resources: 12_000 } },
    });
    expect(requests).toEqual([]);
    const options = asked.ambiguities.flatMap((one) => one.options);
    expect(options.map(({ value }) => value)).toEqual([
      "sample",
      "largest_part",
      "everything",
      "stored",
      "everything",
    ]);
    expect(options[0]).toMatchObject({
      arguments: { regions: ["eu-west-1"], resource_types: ["s3:bucket"] },
      estimated_resources: 400,
      requires_approval: false,
    });

    const { token } = asked.confirm;
    expect((await check(client, { confirm: token })).structuredContent).toMatchObject({
      total_resources: 2100,
    });
    expect(requests).toHaveLength(1);
    const replayed = await check(client, { confirm: token });
    expect(JSON.stringify(replayed.content)).toContain("confirmation_invalid");
    // Chosen once, not asked again within the hour.
    expect((await check(client)).structuredContent).toMatchObject({ total_resources: 2100 });

    const intent = events.find(({ event }) => event === "asked")?.correlationId;
    const linked = events.filter(({ correlationId }) => correlationId === intent);
    expect(linked.map(({ event, outcome }) => `${event} ${outcome}`)).toEqual([
      "asked asked",
      "confirmed ok",
      "call ok",
    ]);
    expect(JSON.stringify(events)).not.toContain(token);
    expect(logged.filter(({ correlationId }) => correlationId === intent)).toHaveLength(2);
  });

  it("takes a token only for the caller's own arguments", async () => {
    const { url, requests } = await serve();
    const client = await connect(url, mode);
    const asked = Asked.parse((await check(client)).structuredContent);
    const { token } = asked.confirm;
    for (const args of [
      { confirm: token, refresh: true },
      { confirm: `${token}x` },
      { confirm: "AAAAAAAAAAAAAAAAAAAAAA" },
    ])
      expect((await check(client, args)).isError).toBe(true);
    const other = await client.callTool({
      name: "check_cross_cloud_consistency",
      arguments: { confirm: token },
    });
    expect(other.isError).toBe(true);
    expect(requests).toEqual([]);
    // None of that used it up.
    expect((await check(client, { confirm: token })).isError ?? false).toBe(false);
  });

  it("is put to the user where the client can: everything", async () => {
    const { url, requests } = await serve();
    let offered: readonly string[] = [];
    const client = await connect(url, mode, (options) => {
      offered = options;
      return "everything";
    });
    expect((await check(client)).structuredContent).toMatchObject({ total_resources: 2100 });
    expect(offered).toEqual(["stored", "sample", "largest_part", "everything", "stop"]);
    expect(requests).toHaveLength(1);
    offered = [];
    await check(client);
    expect(offered).toEqual([]);
  });

  it("reads what the user chose: the sample, or what is stored", async () => {
    const { url, requests } = await serve();
    const picks = ["sample", "stored"];
    const client = await connect(url, mode, () => picks.shift());
    await check(client);
    expect(requests[0]).toMatchObject({ regions: ["eu-west-1"], resourceTypes: ["s3:bucket"] });
    await check(client, { limit: 30 });
    expect(requests[1]).toMatchObject({ regions: [], maxAgeMinutes: 43_200, limit: 30 });
  });

  it.each([undefined, "stop"])("does nothing when the user declines (%s)", async (answer) => {
    const { url, requests, events, logged } = await serve();
    const client = await connect(url, mode, () => answer);
    const result = await check(client);
    expect(result.isError).toBe(true);
    expect(JSON.stringify(result.content)).toContain("cancelled");
    expect(requests).toEqual([]);
    expect(events.map(({ event, outcome }) => `${event} ${outcome}`)).toEqual([
      "asked asked",
      "declined ok",
      "call cancelled",
    ]);
    const ids = new Set([...events, ...logged].map(({ correlationId }) => correlationId));
    expect(ids.size).toBe(1);
    expect(JSON.stringify(result.content)).toContain([...ids][0]);
  });
});

describe("what is never interrupted", () => {
  const quiet: readonly (readonly [string, Partial<ScanEstimate>])[] = [
    ["a fresh inventory", { answersFrom: "stored" }],
    ["an estate whose size is not known", { resources: null, seconds: null }],
    ["many resources that are read in seconds", { resources: 4200, seconds: 12 }],
    ["few resources that take long", { resources: 400, seconds: 400 }],
  ];
  it.each(quiet)("%s", async (_, known) => {
    const { url, requests } = await serve(async () => ({ ...LARGE, ...known }));
    await check(await connect(url, "legacy"));
    expect(requests).toHaveLength(1);
  });

  it("a caller who was told never to be asked", async () => {
    const settings = { intent: { ...GENEROUS.intent, ask: "never" as const } };
    const app = fakeApp({ safety: generousSafety({ settings, estimateScan: async () => LARGE }) });
    running = await startHttp(
      { ...app.deps, createServer: createMcp(app.deps), health: async () => ({ status: "ok" }) },
      { port: 0 },
    );
    await check(await connect(new URL(`${running.url}/mcp`), "legacy"));
    expect(app.requests).toHaveLength(1);
  });
});

describe("a dry run", () => {
  it("estimates, reads nothing and says what one may regret", async () => {
    const narrow = { ...LARGE, places: [PLACES[1] as Breakdown], resources: 400, seconds: 6 };
    const { url, requests, events } = await serve(async () => narrow);
    const client = await connect(url, "legacy");
    // The client holds the answer against the tool's own output schema.
    await client.listTools();
    const result = await check(client, { regions: ["eu-west-1"], dry_run: true });
    expect(result.structuredContent).toMatchObject({
      dry_run: true,
      estimate: { resources: 400, seconds: 6, api_cost: { micros: 0, currency: "USD" } },
      potential_regrets: [expect.stringContaining("97 % of the 12000 resources")],
      would_ask: false,
    });
    expect(requests).toEqual([]);
    expect(events.map(({ event }) => event)).toEqual(["dry_run"]);
  });
});
