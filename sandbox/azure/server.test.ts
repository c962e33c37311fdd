import {
  createDefaultHttpClient,
  createPipelineFromOptions,
  createPipelineRequest,
  type HttpMethods,
} from "@azure/core-rest-pipeline";
import { ManagedIdentityCredential } from "@azure/identity";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { createAzureOracle } from "../../test/spec-oracles/azure.ts";
import { withSpecOracle, type WatchedServer } from "../../test/spec-oracles/proxy.ts";
import { isPublished } from "../../test/spec-oracles/published.ts";
import { createEstate } from "../estate/estate.ts";
import { createFaultPlan, type FaultKind, type SandboxCall } from "../faults.ts";
import type { CloudServer } from "../server.ts";
import { startAzure, type AzureServerOptions } from "./server.ts";
import { TENANT_ID } from "./table.ts";

const GRAPH = "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01";
const SUBSCRIPTIONS = "/subscriptions?api-version=2022-12-01";
const SCAN = "resources | project id, name, type, location, subscriptionId, tags | order by id asc";
const GROUPS =
  "resourcecontainers | where type in~ ('Microsoft.Resources/subscriptions', 'Microsoft.Resources/subscriptions/resourceGroups') | project id, tags";

const estate = createEstate({ seed: 20, resources: 20_000 });
const subscriptions = estate.accounts.filter(({ cloud }) => cloud === "azure").map(({ id }) => id);
const [first = "", second = ""] = subscriptions;
const faults = createFaultPlan();
const calls: SandboxCall[] = [];
const base: AzureServerOptions = {
  estate,
  faults,
  port: 0,
  latencyMs: 0,
  quota: "off",
  onCall: (call) => calls.push(call),
};

/** In front of it stands Microsoft's validator, where its specifications are there. */
let server: CloudServer & Partial<WatchedServer>;
let token: string;
const others: CloudServer[] = [];

beforeAll(async () => {
  const plain = await startAzure(base);
  server = isPublished("specs/azure")
    ? await withSpecOracle(plain, await createAzureOracle())
    : plain;
  token = await signIn(server);
});
afterEach(() => {
  faults.replace([]);
  calls.length = 0;
  vi.unstubAllEnvs();
});
afterAll(async () => {
  await Promise.all([server, ...others].map((one) => one.close()));
});

/** A token as the product gets one: from Microsoft's client library and the environment. */
async function signIn({ env }: CloudServer): Promise<string> {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const credential = new ManagedIdentityCredential();
  return (await credential.getToken("https://management.azure.com/.default")).token;
}

const pipeline = createPipelineFromOptions({ retryOptions: { maxRetries: 0 } });
const client = createDefaultHttpClient();

interface Ask {
  readonly method?: HttpMethods;
  readonly body?: object;
  readonly authorization?: string | undefined;
  readonly url?: string;
  readonly signal?: AbortSignal;
}

/** One request through Microsoft's own pipeline. */
async function ask(target: string, options: Ask = {}) {
  const authorization = "authorization" in options ? options.authorization : `Bearer ${token}`;
  const response = await pipeline.sendRequest(
    client,
    createPipelineRequest({
      url: target.startsWith("http") ? target : (options.url ?? server.url) + target,
      method: options.method ?? (options.body ? "POST" : "GET"),
      allowInsecureConnection: true,
      ...(options.body ? { body: JSON.stringify(options.body) } : {}),
      ...(options.signal ? { abortSignal: options.signal } : {}),
      headers: createHeaders(authorization),
    }),
  );
  const body: unknown = JSON.parse(response.bodyAsText ?? "null");
  return { status: response.status, header: (name: string) => response.headers.get(name), body };
}

function createHeaders(authorization: string | undefined) {
  const { headers } = createPipelineRequest({ url: "http://127.0.0.1" });
  headers.set("content-type", "application/json");
  if (authorization !== undefined) headers.set("authorization", authorization);
  return headers;
}

const pageSchema = z.object({
  totalRecords: z.int(),
  count: z.int(),
  resultTruncated: z.enum(["true", "false"]),
  $skipToken: z.string().optional(),
  data: z.array(z.record(z.string(), z.unknown())),
});
const errorSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.array(z.looseObject({ code: z.string() })).default([]),
  }),
});

async function graph(body: object) {
  const answer = await ask(GRAPH, { body });
  expect(answer.status).toBe(200);
  return pageSchema.parse(answer.body);
}

async function everyRow(query: string, scope: object = {}, $top = 1000) {
  const rows: Readonly<Record<string, unknown>>[] = [];
  let options: object = { $top };
  for (;;) {
    const page = await graph({ query, ...scope, options });
    expect(page.count).toBe(page.data.length);
    expect(page.resultTruncated).toBe("false");
    rows.push(...page.data);
    expect(rows.length === page.totalRecords).toBe(page.$skipToken === undefined);
    if (page.$skipToken === undefined) return rows;
    options = { $top, $skipToken: page.$skipToken };
  }
}

describe("Resource Graph", () => {
  it("lists the whole estate, each resource once and with its tags", async () => {
    const rows = [...(await everyRow(SCAN)), ...(await everyRow(GROUPS))];
    expect(rows).toHaveLength(estate.truth("azure").total);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    for (const row of rows) {
      const planted = estate.find("azure", String(row["id"]));
      expect(row["tags"] ?? {}).toEqual(
        Object.fromEntries(
          planted?.tags.map(({ key, value }) => [key, value]) ?? [["not", "found"]],
        ),
      );
    }
  });

  it("gives types in lower case, and no tags as null or as an empty object", async () => {
    const rows = await everyRow(SCAN);
    expect(rows.every(({ type }) => type === String(type).toLowerCase())).toBe(true);
    expect(rows.some(({ tags }) => tags === null)).toBe(true);
  });

  it("serves 100 rows unless asked for more, and never more than 1000", async () => {
    expect((await graph({ query: SCAN })).count).toBe(100);
    expect((await graph({ query: SCAN, options: { $top: 1000 } })).count).toBe(1000);
    expect((await graph({ query: SCAN, options: { $skip: 7, $top: 1 } })).data[0]?.["id"]).toBe(
      (await graph({ query: SCAN })).data[7]?.["id"],
    );
  });

  it("filters by subscription, type and location", async () => {
    const query = `resources | where type =~ 'microsoft.compute/disks' and location == 'westeurope' | project id, type, location`;
    const rows = await everyRow(query, { subscriptions: [first] }, 20);
    const expected = estate.truth(
      "azure",
      ({ account, type, region }) =>
        account === first && type === "Microsoft.Compute/disks" && region === "westeurope",
    );
    expect(expected.total).toBeGreaterThan(20);
    expect(rows).toHaveLength(expected.total);
  });

  it("counts by type", async () => {
    const { data } = await graph({ query: "resources | summarize count() by type" });
    const disks = estate.truth("azure", ({ type }) => type === "Microsoft.Compute/disks").total;
    expect(data).toContainEqual({ type: "microsoft.compute/disks", count_: disks });
  });

  it("knows the subscriptions as containers, and the tenant as root management group", async () => {
    const query = "resourcecontainers | where type == 'microsoft.resources/subscriptions'";
    const rows = await everyRow(query, { managementGroups: [TENANT_ID] });
    expect(rows.map(({ subscriptionId }) => subscriptionId)).toEqual(subscriptions);
  });

  it("cuts a result without ids after one page, and says so", async () => {
    const page = await graph({ query: "resources | project name", options: { $top: 1000 } });
    expect(page).toMatchObject({ count: 1000, resultTruncated: "true" });
    expect(page.$skipToken).toBeUndefined();
  });

  it("can answer as a table", async () => {
    const body = {
      query: "resources | project id, tags",
      options: { resultFormat: "table", $top: 1 },
    };
    const { data } = z.object({ data: z.unknown() }).parse((await ask(GRAPH, { body })).body);
    expect(data).toMatchObject({
      columns: [
        { name: "id", type: "string" },
        { name: "tags", type: "object" },
      ],
      rows: [[expect.stringContaining("/subscriptions/"), expect.anything()]],
    });
  });

  it.each([
    ["a construct it does not have", { query: "resources | extend x = 1" }, "ParserFailure"],
    [
      "the token of another query",
      { query: SCAN, options: { $skipToken: "MTAwOmFiY2Q=" } },
      "InvalidSkipToken",
    ],
    [
      "subscriptions that are not there",
      { query: SCAN, subscriptions: [TENANT_ID] },
      "NoValidSubscriptionsInQueryRequest",
    ],
    [
      "a management group that is not there",
      { query: SCAN, managementGroups: ["x"] },
      "BadRequest",
    ],
  ])("refuses %s", async (_, body, code) => {
    const answer = await ask(GRAPH, { body });
    expect(answer.status).toBe(400);
    const { error } = errorSchema.parse(answer.body);
    expect(error.code).toBe("BadRequest");
    expect(error.details.at(-1)?.code).toBe(code);
  });

  it("says how much of the quota is left", async () => {
    const limited = await startAzure({ ...base, quota: "real" });
    others.push(limited);
    const authorization = `Bearer ${await signIn(limited)}`;
    const answer = await ask(GRAPH, { url: limited.url, authorization, body: { query: SCAN } });
    expect(answer.header("x-ms-user-quota-remaining")).toBe("14");
    expect(answer.header("x-ms-user-quota-resets-after")).toBe("00:00:05");
  });

  it("refuses a page above 1000 rows and a body that is no JSON object", async () => {
    const plain = await startAzure(base);
    others.push(plain);
    const authorization = `Bearer ${await signIn(plain)}`;
    for (const body of [{ query: SCAN, options: { $top: 5000 } }, { facets: [] }, []]) {
      const answer = await ask(GRAPH, { url: plain.url, authorization, body });
      expect(answer.status).toBe(400);
    }
  });
});

describe("subscriptions", () => {
  it("are listed page by page", async () => {
    const found: string[] = [];
    const pageOf = z.object({
      value: z.array(z.object({ subscriptionId: z.string(), state: z.literal("Enabled") })),
      nextLink: z.string(),
    });
    let pages = 0;
    for (let next = SUBSCRIPTIONS; next !== ""; pages += 1) {
      const page = pageOf.parse((await ask(next)).body);
      found.push(...page.value.map(({ subscriptionId }) => subscriptionId));
      next = page.nextLink;
    }
    expect(found).toEqual(subscriptions);
    expect(pages).toBe(Math.ceil(subscriptions.length / 3));
    expect(pages).toBeGreaterThan(1);
  });

  it("have locations", async () => {
    const { status, body } = await ask(`/subscriptions/${first}/locations?api-version=2022-12-01`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      value: expect.arrayContaining([
        expect.objectContaining({ name: "westeurope", displayName: "West Europe" }),
      ]),
    });
    const unknown = await ask(`/subscriptions/${TENANT_ID}/locations?api-version=2022-12-01`);
    expect(unknown.status).toBe(404);
    expect(errorSchema.parse(unknown.body).error.code).toBe("SubscriptionNotFound");
  });
});

describe("credentials", () => {
  it.each([
    ["no token", undefined, "AuthenticationFailed"],
    ["a token of someone else", "Bearer a.b.c", "InvalidAuthenticationToken"],
  ])("%s", async (_, authorization, code) => {
    const answer = await ask(GRAPH, { authorization, body: { query: SCAN } });
    expect(answer.status).toBe(401);
    expect(errorSchema.parse(answer.body).error.code).toBe(code);
    expect(answer.header("www-authenticate")).toContain("Bearer authorization_uri=");
    expect(calls).toEqual([]);
  });

  it("expire", async () => {
    const brief = await startAzure({ ...base, tokenLifetimeS: 0 });
    others.push(brief);
    const identity = await ask(
      `${brief.env["IDENTITY_ENDPOINT"]}?api-version=2019-08-01&resource=https://management.azure.com`,
    );
    expect(identity.status).toBe(401);
    const response = await fetch(
      `${brief.env["IDENTITY_ENDPOINT"]}?api-version=2019-08-01&resource=https://management.azure.com`,
      { headers: { "x-identity-header": brief.env["IDENTITY_HEADER"] ?? "" } },
    );
    const issued = z.object({ access_token: z.string() }).parse(await response.json());
    const answer = await ask(SUBSCRIPTIONS, {
      url: brief.url,
      authorization: `Bearer ${issued.access_token}`,
    });
    expect(answer.status).toBe(401);
    expect(errorSchema.parse(answer.body).error.code).toBe("ExpiredAuthenticationToken");
  });
});

it("answers the sandbox's own interface before anything else", async () => {
  const controlled = await startAzure({
    ...base,
    control: ({ url }) => (url.pathname === "/own" ? { status: 200, body: "mine" } : undefined),
  });
  others.push(controlled);
  expect(await (await fetch(`${controlled.url}/own`)).text()).toBe("mine");
  expect((await fetch(controlled.url + SUBSCRIPTIONS)).status).toBe(401);
});

describe("faults", () => {
  const later = async () => (await graph({ query: SCAN })).$skipToken;

  it.each<[FaultKind, "first" | "later", number, string]>([
    ["throttle", "first", 429, "RateLimiting"],
    ["deny", "first", 403, "AuthorizationFailed"],
    ["expire", "first", 401, "ExpiredAuthenticationToken"],
    ["expire", "later", 400, "BadRequest"],
  ])("%s on a %s page of Resource Graph", async (kind, page, status, code) => {
    const $skipToken = page === "later" ? await later() : undefined;
    faults.replace([{ service: "resourcegraph", kind }]);
    const options = $skipToken === undefined ? {} : { options: { $skipToken } };
    const answer = await ask(GRAPH, { body: { query: SCAN, ...options } });
    expect(answer.status).toBe(status);
    expect(errorSchema.parse(answer.body).error.code).toBe(code);
  });

  it("throttle: says when to come back", async () => {
    faults.replace([{ kind: "throttle", times: 1 }]);
    const answer = await ask(GRAPH, { body: { query: SCAN } });
    expect(answer.header("retry-after")).toBe("1");
    expect(answer.header("x-ms-user-quota-remaining")).toBe("0");
    expect(answer.header("x-ms-user-quota-resets-after")).toBe("00:00:01");
    expect((await ask(GRAPH, { body: { query: SCAN } })).status).toBe(200);
  });

  it("partial: truncated, with no way to go on", async () => {
    faults.replace([{ service: "resourcegraph", kind: "partial" }]);
    const page = await graph({ query: GROUPS, subscriptions: [first], options: { $top: 1000 } });
    expect(page.resultTruncated).toBe("true");
    expect(page.$skipToken).toBeUndefined();
    expect(page.count).toBeLessThan(page.totalRecords);
  });

  it("hang: silence until the client gives up", async () => {
    faults.replace([{ kind: "hang" }]);
    const giveUp = new AbortController();
    const answer = ask(SUBSCRIPTIONS, { signal: giveUp.signal });
    await vi.waitUntil(() => calls.length > 0);
    giveUp.abort();
    await expect(answer).rejects.toMatchObject({ name: "AbortError" });
  });

  it("leaves a denied subscription out of a wider query without a word", async () => {
    const query = "resources | project id, subscriptionId";
    const all = await everyRow(query);
    faults.replace([{ kind: "deny", account: second }]);
    const rows = await everyRow(query);
    expect(rows).toEqual(all.filter(({ subscriptionId }) => subscriptionId !== second));
    expect(all.some(({ subscriptionId }) => subscriptionId === second)).toBe(true);
    const answer = await ask(GRAPH, { body: { query: SCAN, subscriptions: [second] } });
    expect(answer.status).toBe(403);
    expect(errorSchema.parse(answer.body).error.message).toContain(`/subscriptions/${second}`);
  });

  it.each<[FaultKind, number, string]>([
    ["throttle", 429, "SubscriptionRequestsThrottled"],
    ["deny", 403, "AuthorizationFailed"],
    ["expire", 401, "ExpiredAuthenticationToken"],
  ])("%s on the list of subscriptions", async (kind, status, code) => {
    faults.replace([{ service: "subscriptions", kind }]);
    const answer = await ask(SUBSCRIPTIONS);
    expect(answer.status).toBe(status);
    expect(errorSchema.parse(answer.body).error.code).toBe(code);
  });

  it("partial on the list of subscriptions: a page, then a failure", async () => {
    faults.replace([{ service: "subscriptions", kind: "partial" }]);
    const page = z.object({ nextLink: z.string() }).parse((await ask(SUBSCRIPTIONS)).body);
    expect((await ask(page.nextLink)).status).toBe(503);
  });
});

it("tells of each call what it was and whose", async () => {
  await graph({ query: SCAN, subscriptions: [first] });
  await graph({ query: SCAN });
  await ask(SUBSCRIPTIONS);
  expect(calls.map(({ service, operation, account }) => [service, operation, account])).toEqual([
    ["resourcegraph", "Resources", first],
    ["resourcegraph", "Resources", ""],
    ["subscriptions", "List", ""],
  ]);
});

describe.skipIf(!isPublished("specs/azure"))(
  "all of the above (needs ../shared/data/specs/azure)",
  () => {
    it("is as Microsoft publishes it", () => {
      const seen = new Set(server.exchanges?.map(({ operation }) => operation));
      expect(seen).toEqual(
        new Set([undefined, "Resources", "Subscriptions_List", "Subscriptions_ListLocations"]),
      );
      expect(server.violations).toEqual([]);
    });
  },
);
