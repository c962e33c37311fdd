import { createServer as createPlainServer } from "node:http";
import type { AddressInfo } from "node:net";
import { OAuth2Client } from "google-auth-library";
import { afterEach, describe, expect, it } from "vitest";
import { type LoopbackAnswer, serveLoopback } from "../../../sandbox/loopback.ts";
import type { Timing } from "../../domain/scan/backoff.ts";
import { EVERYTHING } from "../../domain/scan/scope.ts";
import type { Logger } from "../../ports/logger.ts";
import { SEARCH_RATE } from "./limits.ts";
import { createGcpProvider } from "./provider.ts";
import {
  createGcpSession,
  type GcpCall,
  type GcpSession,
  type GcpSessionOptions,
} from "./session.ts";

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const NEVER = new AbortController().signal;
const OK: LoopbackAnswer = { status: 200, body: { results: [] } };
const CALL: GcpCall = {
  service: "assets",
  path: "/v1/projects/shop-prod:searchAllResources",
  query: new URLSearchParams([
    ["assetTypes", "compute.googleapis.com/Instance"],
    ["assetTypes", "storage.googleapis.com/Bucket"],
  ]),
  operation: "searchAllResources",
};

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A server that gives the scripted answers in turn and the last one for ever. */
async function serve(...script: (LoopbackAnswer | "silence")[]) {
  const seen: { readonly url: URL; readonly headers: Readonly<Record<string, unknown>> }[] = [];
  const server = await serveLoopback({
    port: 0,
    latencyMs: 0,
    answer: ({ headers, url }) => {
      seen.push({ url, headers });
      return script[Math.min(seen.length, script.length) - 1] ?? OK;
    },
  });
  closers.push(() => server.close());
  return { url: server.url, seen };
}

function fakeTiming(): Timing & { readonly slept: number[] } {
  const slept: number[] = [];
  let now = 0;
  return {
    slept,
    now: () => now,
    random: () => 0.5,
    sleep: async (ms) => {
      slept.push(ms);
      await Promise.resolve();
      now += ms;
    },
  };
}

async function signedIn(): Promise<OAuth2Client> {
  const client = new OAuth2Client();
  client.setCredentials({ access_token: "secret", expiry_date: Date.now() + 3_600_000 });
  return client;
}

function open(endpoint: string, options: Partial<GcpSessionOptions> = {}) {
  const timing = fakeTiming();
  const all = { endpoint, logger: SILENT, timing, credential: signedIn, ...options };
  const session = createGcpSession(all);
  closers.push(() => session.close());
  return { session, timing, all };
}

describe("GCP session", () => {
  it("signs its calls, names the quota project, and repeats a repeated parameter", async () => {
    const server = await serve(OK);
    const { session } = open(server.url, { quotaProject: "billing-home" });
    await session.get(CALL, NEVER);
    const [request] = server.seen;
    expect(request?.headers["authorization"]).toBe("Bearer secret");
    expect(request?.headers["x-goog-user-project"]).toBe("billing-home");
    expect(request?.url.searchParams.getAll("assetTypes")).toEqual(CALL.query.getAll("assetTypes"));
  });

  it("backs off when it is throttled, and counts what it sent", async () => {
    const throttled = { status: 429, body: { error: { status: "RESOURCE_EXHAUSTED" } } };
    const server = await serve(throttled, throttled, OK);
    const { session, timing } = open(server.url);
    await session.get(CALL, NEVER);
    expect(timing.slept).toEqual([500, 1000]);
    expect(session.apiCalls()).toBe(3);
    expect(server.seen).toHaveLength(3);
  });

  it("does not repeat what cannot get better", async () => {
    const server = await serve({ status: 403, body: { error: { status: "PERMISSION_DENIED" } } });
    const { session } = open(server.url);
    await expect(session.get(CALL, NEVER)).rejects.toMatchObject({ code: "cloud_denied" });
    expect(server.seen).toHaveLength(1);
  });

  it("cuts a silent socket at the deadline and tries once more", async () => {
    const server = await serve("silence");
    const { session } = open(server.url, { callTimeoutMs: 100 });
    await expect(session.get(CALL, NEVER)).rejects.toMatchObject({ code: "cloud_timeout" });
    expect(server.seen).toHaveLength(2);
  });

  it("closes the silent socket, instead of only looking away", async () => {
    const closed = Promise.withResolvers<void>();
    const server = createPlainServer((request) => {
      request.socket.once("close", () => closed.resolve());
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    closers.push(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const { session } = open(`http://127.0.0.1:${port}`, { callTimeoutMs: 100 });
    await expect(session.get(CALL, NEVER)).rejects.toMatchObject({ code: "cloud_timeout" });
    await closed.promise;
  });

  it("stops at once when the caller does", async () => {
    const server = await serve("silence");
    const { session } = open(server.url);
    const caller = new AbortController();
    const reading = session.get(CALL, caller.signal);
    await expect.poll(() => server.seen.length).toBe(1);
    caller.abort();
    await expect(reading).rejects.toMatchObject({ code: "cancelled" });
  });

  it("never carries the token to where a redirect points", async () => {
    const elsewhere = await serve(OK);
    const headers = { location: elsewhere.url };
    const server = await serve({ status: 302, headers, body: {} });
    const { session } = open(server.url, {
      retry: { maxAttempts: 1, baseDelayMs: 1, maxDelayMs: 1 },
    });
    await expect(session.get(CALL, NEVER)).rejects.toMatchObject({ code: "cloud_unavailable" });
    expect(elsewhere.seen).toEqual([]);
  });

  it("does not take a proxy's page for an answer", async () => {
    const server = await serve({ status: 200, body: "<html>Sign in</html>" });
    const { session } = open(server.url, {
      retry: { maxAttempts: 1, baseDelayMs: 1, maxDelayMs: 1 },
    });
    await expect(session.get(CALL, NEVER)).rejects.toMatchObject({ code: "cloud_unavailable" });
  });

  it("says that nobody answers", async () => {
    const server = await serve(OK);
    await closers.pop()?.();
    const { session } = open(server.url);
    await expect(session.get(CALL, NEVER)).rejects.toMatchObject({
      code: "cloud_unavailable",
      details: { systemCode: "ECONNREFUSED" },
    });
  });

  it("looks for credentials again after it found none", async () => {
    const server = await serve(OK);
    let asked = 0;
    const { session } = open(server.url, {
      credential: async () => {
        asked += 1;
        if (asked === 1) throw new Error("none yet");
        return signedIn();
      },
    });
    await expect(session.get(CALL, NEVER)).rejects.toThrow("none yet");
    await expect(session.get(CALL, NEVER)).resolves.toEqual(OK.body);
  });

  it("refuses an endpoint that would see the token in clear", () => {
    expect(() => open("http://cloudasset.googleapis.com")).toThrowError(
      expect.objectContaining({ code: "config_invalid" }),
    );
  });
});

describe("work of two priorities", () => {
  const ask = (name: string) => ({ ...CALL, path: `/v1/${name}` });
  const scan = (session: GcpSession, searches: number): Promise<unknown>[] =>
    Array.from({ length: searches }, (_, at) =>
      session.at("background").get(ask(`scan-${at}`), NEVER),
    );

  it("asks for someone who waits for a slot before it goes on with a scan", async () => {
    const server = await serve(OK);
    const { session } = open(server.url, { maxInFlight: 1 });
    await Promise.all([...scan(session, 3), session.get(ask("question"), NEVER)]);
    // The first was already under way.
    const order = ["/v1/scan-0", "/v1/question", "/v1/scan-1", "/v1/scan-2"];
    expect(server.seen.map(({ url }) => url.pathname)).toEqual(order);
  });

  it("spends the next of the quota on someone who waits", async () => {
    const server = await serve(OK);
    let now = 0;
    let wake = (): void => undefined;
    const sleep = (ms: number): Promise<void> =>
      new Promise((resolve) => {
        wake = () => {
          now += ms;
          resolve();
        };
      });
    const timing = { now: () => now, random: () => 0, sleep };
    const { session } = open(server.url, { paced: true, timing });
    const searches = scan(session, SEARCH_RATE.capacity + 2);
    const question = session.get(ask("question"), NEVER);
    await Promise.all(searches.slice(0, SEARCH_RATE.capacity));
    wake();
    await question;
    expect(server.seen.at(-1)?.url.pathname).toBe("/v1/question");
    expect(server.seen).toHaveLength(SEARCH_RATE.capacity + 1);
    session.close();
    await Promise.allSettled(searches);
  });
});

describe("GCP projects of an organization", () => {
  it("are its active ones at any depth, by id even where the asset is named by number", async () => {
    const asset = (name: string, state: string, more: object = {}): object => ({
      name: `//cloudresourcemanager.googleapis.com/projects/${name}`,
      assetType: "cloudresourcemanager.googleapis.com/Project",
      state,
      ...more,
    });
    const first = {
      results: [asset("shop-prod", "ACTIVE"), asset("old-shop", "DELETE_REQUESTED")],
      nextPageToken: "next",
    };
    const second = {
      results: [asset("1098479648729", "ACTIVE", { additionalAttributes: { projectId: "data" } })],
    };
    const server = await serve({ status: 200, body: first }, { status: 200, body: second });
    const provider = createGcpProvider({ ...open(server.url).all, organization: "433617025984" });
    const cells: string[] = [];
    for await (const planned of provider.inventory.plan(EVERYTHING, NEVER))
      cells.push(planned.kind === "reader" ? planned.reader.cell.account : "gap");
    expect(cells).toEqual(["data", "shop-prod"]);
    expect(server.seen.map(({ url }) => url.pathname)).toEqual([
      "/v1/organizations/433617025984:searchAllResources",
      "/v1/organizations/433617025984:searchAllResources",
    ]);
    expect(server.seen[1]?.url.searchParams.get("pageToken")).toBe("next");
  });
});
