import { GoogleAuth, OAuth2Client } from "google-auth-library";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { createGcpOracle } from "../../test/spec-oracles/gcp.ts";
import { withSpecOracle, type WatchedServer } from "../../test/spec-oracles/proxy.ts";
import { isPublished } from "../../test/spec-oracles/published.ts";
import { createEstate } from "../estate/estate.ts";
import { createFaultPlan, type FaultKind, type SandboxCall } from "../faults.ts";
import type { CloudServer } from "../server.ts";
import { FOLDER, ORGANIZATION } from "./hierarchy.ts";
import { startGcp, type GcpServerOptions } from "./server.ts";

const estate = createEstate({ seed: 21, resources: 20_000 });
const accounts = estate.accounts.filter(({ cloud }) => cloud === "gcp");
const first = accounts[0]?.id ?? "";
const faults = createFaultPlan();
const calls: SandboxCall[] = [];
const base: GcpServerOptions = {
  estate,
  faults,
  port: 0,
  latencyMs: 0,
  onCall: (call) => calls.push(call),
};
const EVERYTHING = `/v1/${ORGANIZATION}:searchAllResources`;

/** In front of it stands the judge of Google's discovery documents, where they are there. */
let server: CloudServer & Partial<WatchedServer>;
let auth: GoogleAuth;
const others: CloudServer[] = [];

beforeAll(async () => {
  const plain = await startGcp(base);
  server = isPublished("specs/gcp") ? await withSpecOracle(plain, createGcpOracle()) : plain;
  auth = signInTo(server);
  await auth.getClient();
});
afterEach(() => {
  faults.replace([]);
  calls.length = 0;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all([server, ...others].map((one) => one.close()));
});

/** Credentials as the product finds them: by Google's client library and the environment. */
function signInTo({ env }: CloudServer): GoogleAuth {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  return new GoogleAuth({ scopes: ["https://www.googleapis.com/auth/cloud-platform"] });
}

interface Client {
  request(options: object): Promise<{ status: number; data: unknown; headers: Headers }>;
}

/** One request through Google's own library, which takes no retries unless told to. */
async function ask(
  target: string,
  params: readonly (readonly [string, string])[] = [],
  options: { readonly client?: Client; readonly signal?: AbortSignal } = {},
) {
  const client = options.client ?? (await auth.getClient());
  const url = new URL(server.url + target);
  for (const [name, value] of params) url.searchParams.append(name, value);
  const signal = options.signal ? { signal: options.signal } : {};
  const { status, data, headers } = await client.request({
    url,
    validateStatus: () => true,
    ...signal,
  });
  return { status, body: data, headers };
}

const searchSchema = z.object({
  results: z.array(z.record(z.string(), z.unknown())).default([]),
  nextPageToken: z.string().optional(),
});
const errorSchema = z.object({
  error: z.object({
    code: z.int(),
    status: z.string(),
    message: z.string(),
    details: z.array(z.looseObject({ "@type": z.string() })).default([]),
  }),
});

type Params = readonly (readonly [string, string])[];

async function everyResult(target: string, params: Params = [], pageSize = 500) {
  const results: Readonly<Record<string, unknown>>[] = [];
  const sizes: number[] = [];
  for (let token = ""; ; ) {
    const more: Params = token === "" ? [] : [["pageToken", token]];
    const answer = await ask(target, [["pageSize", String(pageSize)], ...params, ...more]);
    expect(answer.status).toBe(200);
    const page = searchSchema.parse(answer.body);
    sizes.push(page.results.length);
    results.push(...page.results);
    if (page.nextPageToken === undefined) return { results, sizes };
    token = page.nextPageToken;
  }
}

describe("searchAllResources", () => {
  it.each([
    ["the organization", ORGANIZATION],
    ["its folder", FOLDER],
  ])("lists the whole estate of %s, each resource once and with its labels", async (_, scope) => {
    const { results } = await everyResult(`/v1/${scope}:searchAllResources`);
    expect(results).toHaveLength(estate.truth("gcp").total);
    expect(new Set(results.map(({ name }) => name)).size).toBe(results.length);
    for (const result of results) {
      const planted = estate.find("gcp", String(result["name"]));
      const labels = planted?.tags.map(({ key, value }) => [key, value]) ?? [["not", "found"]];
      // Absent, not empty, when there is none.
      expect(result["labels"]).toEqual(labels.length > 0 ? Object.fromEntries(labels) : undefined);
      expect(result).toMatchObject({ assetType: planted?.type, displayName: planted?.name });
    }
    expect(results.some((result) => !("labels" in result))).toBe(true);
  });

  it("serves a project under its id and under its number, in pages of at most 500", async () => {
    const byId = await everyResult(`/v1/projects/${first}:searchAllResources`);
    expect(byId.results).toHaveLength(
      estate.truth("gcp", ({ account }) => account === first).total,
    );
    const number = String(byId.results[0]?.["project"]);
    expect(number).toMatch(/^projects\/\d{12}$/);
    const byNumber = await everyResult(`/v1/${number}:searchAllResources`);
    expect(byNumber.results).toEqual(byId.results);
    const all = await everyResult(EVERYTHING, [], 5000);
    expect(Math.max(...all.sizes)).toBe(500);
    const { body } = await ask(EVERYTHING);
    expect(searchSchema.parse(body).results).toHaveLength(100);
  });

  it("filters by asset types, repeated and as expressions, and by location", async () => {
    const params: Params = [
      ["assetTypes", "compute.googleapis.com/Instance"],
      ["assetTypes", ".*googleapis.com/Bucket"],
      ["query", "location:us-central1"],
    ];
    const { results } = await everyResult(EVERYTHING, params, 50);
    const types = new Set(["compute.googleapis.com/Instance", "storage.googleapis.com/Bucket"]);
    const expected = estate.truth(
      "gcp",
      ({ type, region }) => types.has(type) && region === "us-central1",
    );
    expect(expected.total).toBeGreaterThan(100);
    expect(results).toHaveLength(expected.total);
    // A virtual machine is located in a zone, a bucket in a region.
    expect(new Set(results.map(({ location }) => location))).toEqual(
      new Set(["us-central1", "us-central1-a", "us-central1-b", "us-central1-c"]),
    );
    const zone = await everyResult(EVERYTHING, [["query", "location:us-central1-b"]], 50);
    expect(new Set(zone.results.map(({ location }) => location))).toEqual(
      new Set(["us-central1-b"]),
    );
  });

  it("lists the projects themselves to those who ask for them", async () => {
    const type = "cloudresourcemanager.googleapis.com/Project";
    const { results } = await everyResult(EVERYTHING, [["assetTypes", type]]);
    expect(results).toMatchObject(
      accounts.map(({ id }) => ({
        name: `//cloudresourcemanager.googleapis.com/projects/${id}`,
        assetType: type,
        state: "ACTIVE",
      })),
    );
  });

  it("gives the fields of a read mask and no others", async () => {
    const { body } = await ask(EVERYTHING, [
      ["pageSize", "1"],
      ["readMask", "name,assetType,location,effectiveTags"],
    ]);
    expect(Object.keys(searchSchema.parse(body).results[0] ?? {})).toEqual([
      "name",
      "assetType",
      "location",
      "effectiveTags",
    ]);
  });

  it.each<[string, Params, string]>([
    ["types joined by a comma", [["assetTypes", "a/B,c/D"]], "asset_types"],
    ["a query outside the subset", [["query", "NOT labels.env:*"]], "query"],
    ["an order it cannot keep", [["orderBy", "createTime DESC"]], "order_by"],
    ["a read mask of fields there are not", [["readMask", "name,cost"]], "read_mask"],
    ["a page token of nobody", [["pageToken", "abc"]], "page_token"],
  ])("refuses %s", async (_, params, field) => {
    const answer = await ask(EVERYTHING, params);
    const { error } = errorSchema.parse(answer.body);
    expect([answer.status, error.status]).toEqual([400, "INVALID_ARGUMENT"]);
    expect(error.details).toMatchObject([{ fieldViolations: [{ field }] }]);
  });

  it("refuses the page token of another search, and a scope that is not there", async () => {
    const { nextPageToken = "" } = searchSchema.parse((await ask(EVERYTHING)).body);
    const moved = await ask(`/v1/${FOLDER}:searchAllResources`, [["pageToken", nextPageToken]]);
    expect(moved.status).toBe(400);
    expect((await ask("/v1/projects/nobody-here:searchAllResources")).status).toBe(403);
  });
});

describe("projects", () => {
  const pageSchema = z.object({
    projects: z.array(z.object({ projectId: z.string(), name: z.string() })).default([]),
    nextPageToken: z.string().optional(),
  });

  async function everyProject(target: string, params: Params = []) {
    const ids: string[] = [];
    for (let token: string | undefined = ""; token !== undefined; ) {
      const more: Params = token === "" ? [] : [["pageToken", token]];
      const page = pageSchema.parse((await ask(target, [...params, ...more])).body);
      ids.push(...page.projects.map(({ projectId }) => projectId));
      token = page.nextPageToken;
    }
    return ids;
  }

  it.each<[string, Params]>([
    ["/v3/projects:search", []],
    ["/v3/projects:search", [["query", "state:ACTIVE"]]],
    ["/v3/projects", [["parent", FOLDER]]],
  ])("are found by %s with %j", async (target, params) => {
    expect(await everyProject(target, params)).toEqual(accounts.map(({ id }) => id));
    expect(calls.length).toBe(Math.ceil(accounts.length / 3));
    expect(calls.length).toBeGreaterThan(1);
  });

  it("are no direct children of the organization", async () => {
    expect((await ask("/v3/projects", [["parent", ORGANIZATION]])).body).toEqual({});
  });

  it("can be read one by one, and not when they are not there", async () => {
    const { body } = await ask(`/v3/projects/${first}`);
    expect(body).toMatchObject({ projectId: first, state: "ACTIVE", parent: FOLDER });
    const unknown = await ask("/v3/projects/nobody-here");
    expect(errorSchema.parse(unknown.body).error.status).toBe("PERMISSION_DENIED");
  });
});

describe("credentials", () => {
  it("come from the metadata server, whose project is the first", async () => {
    const client = await auth.getClient();
    expect(client.constructor.name).toBe("Compute");
    const project = await fetch(`${server.url}/computeMetadata/v1/project/project-id`, {
      headers: { "metadata-flavor": "Google" },
    });
    expect(await project.text()).toBe(first);
    expect(client.universeDomain).toBe("googleapis.com");
  });

  it("are not handed to a caller that does not know the flavour", async () => {
    const path = "/computeMetadata/v1/instance/service-accounts/default/token";
    expect((await fetch(server.url + path)).status).toBe(403);
  });

  it.each<[string, string, string]>([
    ["ya29.someone-elses", "ACCESS_TOKEN_TYPE_UNSUPPORTED", "invalid"],
    ["ya29.simulated.1", "ACCESS_TOKEN_EXPIRED", "invalid"],
  ])("%s: %s", async (token, reason) => {
    const client = new OAuth2Client();
    client.setCredentials({ access_token: token });
    const answer = await ask(EVERYTHING, [], { client });
    const { error } = errorSchema.parse(answer.body);
    expect([answer.status, error.status]).toEqual([401, "UNAUTHENTICATED"]);
    expect(error.details).toMatchObject([{ reason }]);
    expect(calls).toEqual([]);
  });

  it("are asked for", async () => {
    const answer = await fetch(server.url + EVERYTHING);
    expect(answer.status).toBe(401);
    expect(errorSchema.parse(await answer.json()).error.details).toMatchObject([
      { reason: "CREDENTIALS_MISSING" },
    ]);
  });

  it("expire", async () => {
    const brief = await startGcp({ ...base, tokenLifetimeS: 0 });
    others.push(brief);
    const path = "/computeMetadata/v1/instance/service-accounts/default/token";
    const issued = await fetch(brief.url + path, { headers: { "metadata-flavor": "Google" } });
    const { access_token } = z.object({ access_token: z.string() }).parse(await issued.json());
    const headers = { authorization: `Bearer ${access_token}` };
    expect((await fetch(brief.url + EVERYTHING, { headers })).status).toBe(401);
  });
});

it("answers the sandbox's own interface before anything else", async () => {
  const controlled = await startGcp({
    ...base,
    control: ({ url }) => (url.pathname === "/own" ? { status: 200, body: "mine" } : undefined),
  });
  others.push(controlled);
  expect(await (await fetch(`${controlled.url}/own`)).text()).toBe("mine");
  expect((await fetch(`${controlled.url}/v3/projects:search`)).status).toBe(401);
});

describe("faults", () => {
  it.each<[FaultKind, "first" | "later", number, string]>([
    ["throttle", "first", 429, "RESOURCE_EXHAUSTED"],
    ["deny", "first", 403, "PERMISSION_DENIED"],
    ["expire", "first", 401, "UNAUTHENTICATED"],
    ["expire", "later", 400, "INVALID_ARGUMENT"],
    ["partial", "later", 503, "UNAVAILABLE"],
  ])("%s on a %s page", async (kind, page, code, status) => {
    const { nextPageToken = "" } = searchSchema.parse((await ask(EVERYTHING)).body);
    faults.replace([{ kind }]);
    const client = new OAuth2Client();
    client.setCredentials({ access_token: "ya29.simulated.99999999999" });
    const params: Params = page === "first" ? [] : [["pageToken", nextPageToken]];
    const answer = await ask(EVERYTHING, params, { client });
    expect(errorSchema.parse(answer.body).error).toMatchObject({ code, status });
    expect(answer.status).toBe(code);
  });

  it.each([
    [EVERYTHING, "pageSize"],
    ["/v3/projects:search", "pageSize"],
  ])("partial: a page of %s, then a failure", async (target, name) => {
    faults.replace([{ kind: "partial" }]);
    const page = z
      .looseObject({ nextPageToken: z.string() })
      .parse((await ask(target, [[name, "500"]])).body);
    expect((await ask(target, [["pageToken", page.nextPageToken]])).status).toBe(503);
  });

  it("hang: silence until the client gives up", async () => {
    faults.replace([{ kind: "hang" }]);
    const giveUp = new AbortController();
    const answer = ask(EVERYTHING, [], { signal: giveUp.signal });
    await vi.waitUntil(() => calls.length > 0);
    giveUp.abort();
    await expect(answer).rejects.toThrow(/abort/i);
  });

  it("meets only the project it is meant for", async () => {
    faults.replace([{ kind: "deny", account: first }]);
    const target = (id: string) => `/v1/projects/${id}:searchAllResources`;
    expect((await ask(target(first))).status).toBe(403);
    expect((await ask(target(accounts[1]?.id ?? ""))).status).toBe(200);
    expect(calls.map(({ service, operation, account }) => [service, operation, account])).toEqual([
      ["cloudasset", "searchAllResources", first],
      ["cloudasset", "searchAllResources", accounts[1]?.id],
    ]);
  });
});

describe.skipIf(!isPublished("specs/gcp"))(
  "all of the above (needs ../shared/data/specs/gcp)",
  () => {
    it("is as Google publishes it", () => {
      const seen = new Set(server.exchanges?.map(({ operation }) => operation));
      expect(seen).toEqual(
        new Set([
          undefined,
          "cloudasset.searchAllResources",
          "cloudresourcemanager.projects.search",
          "cloudresourcemanager.projects.list",
          "cloudresourcemanager.projects.get",
        ]),
      );
      expect(server.violations).toEqual([]);
    });
  },
);
