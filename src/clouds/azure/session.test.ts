import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createPlainServer } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { type LoopbackAnswer, serveLoopback } from "../../../sandbox/loopback.ts";
import type { Timing } from "../../domain/scan/backoff.ts";
import type { Logger } from "../../ports/logger.ts";
import { type AzureCall, type AzureSessionOptions, createAzureSession } from "./session.ts";

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const CALL: AzureCall = {
  method: "GET",
  path: "/subscriptions?api-version=2022-12-01",
  operation: "Subscriptions_List",
  laterPage: false,
};
const NEVER = new AbortController().signal;
const OK: LoopbackAnswer = { status: 200, body: { value: [] } };

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

type Script = (LoopbackAnswer | "silence")[];

/** A server that gives the scripted answers in turn and the last one for ever. */
async function serve(...script: Script) {
  const seen: {
    readonly authorization: string | undefined;
    readonly host: string;
    readonly path: string;
  }[] = [];
  const server = await serveLoopback({
    port: 0,
    latencyMs: 0,
    answer: ({ headers, url }) => {
      seen.push({ authorization: headers.authorization, host: url.host, path: url.pathname });
      return script[Math.min(seen.length, script.length) - 1] ?? OK;
    },
  });
  closers.push(() => server.close());
  return { url: server.url, seen };
}

/** Time that passes only by sleeping. */
function fakeTiming(): Timing & { readonly slept: number[] } {
  const slept: number[] = [];
  let now = 1_000_000;
  return {
    slept,
    now: () => now,
    random: () => 0,
    sleep: async (ms) => {
      slept.push(ms);
      now += ms;
    },
  };
}

function open(endpoint: string, options: Partial<AzureSessionOptions> = {}) {
  const timing = fakeTiming();
  let tokens = 0;
  const session = createAzureSession({
    endpoint,
    logger: SILENT,
    timing,
    credential: async () => ({
      getToken: async () => {
        tokens += 1;
        return { token: "secret", expiresOnTimestamp: Date.now() + 3_600_000 };
      },
    }),
    ...options,
  });
  closers.push(() => session.close());
  return { session, timing, tokens: () => tokens };
}

describe("Azure session", () => {
  it("signs every call with one token", async () => {
    const server = await serve(OK);
    const { session, tokens } = open(server.url);
    await session.send(CALL, NEVER);
    await session.send(CALL, NEVER);
    expect(server.seen.map(({ authorization }) => authorization)).toEqual([
      "Bearer secret",
      "Bearer secret",
    ]);
    expect(tokens()).toBe(1);
  });

  it("obeys Retry-After, and counts what it sent", async () => {
    const server = await serve({ status: 429, headers: { "retry-after": "7" }, body: {} }, OK);
    const { session, timing } = open(server.url);
    await session.send(CALL, NEVER);
    expect(timing.slept).toEqual([7000]);
    expect(session.apiCalls()).toBe(2);
    expect(server.seen).toHaveLength(2);
  });

  it("waits for the query quota to reset before it is refused", async () => {
    const used = {
      "x-ms-user-quota-remaining": "0",
      "x-ms-user-quota-resets-after": "00:00:05",
    };
    const server = await serve({ ...OK, headers: used }, OK);
    const { session, timing } = open(server.url);
    await session.send(CALL, NEVER);
    expect(timing.slept).toEqual([]);
    await session.send(CALL, NEVER);
    expect(timing.slept).toEqual([5000]);
  });

  it("gives up after its attempts", async () => {
    const server = await serve({ status: 503, body: {} });
    const { session } = open(server.url, {
      retry: { maxAttempts: 3, baseDelayMs: 1, maxDelayMs: 1 },
    });
    await expect(session.send(CALL, NEVER)).rejects.toMatchObject({ code: "cloud_unavailable" });
    expect(server.seen).toHaveLength(3);
  });

  it("does not repeat what cannot get better", async () => {
    const server = await serve({ status: 403, body: { error: { code: "AuthorizationFailed" } } });
    const { session } = open(server.url);
    await expect(session.send(CALL, NEVER)).rejects.toMatchObject({ code: "cloud_denied" });
    expect(server.seen).toHaveLength(1);
  });

  it("cuts a silent socket at the deadline and tries once more", async () => {
    const server = await serve("silence");
    const { session } = open(server.url, { callTimeoutMs: 50 });
    await expect(session.send(CALL, NEVER)).rejects.toMatchObject({ code: "cloud_timeout" });
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
    await expect(session.send(CALL, NEVER)).rejects.toMatchObject({ code: "cloud_timeout" });
    await closed.promise;
  });

  it("stops at once when the caller does", async () => {
    const server = await serve("silence");
    const { session } = open(server.url);
    const caller = new AbortController();
    const reading = session.send(CALL, caller.signal);
    await expect.poll(() => server.seen.length).toBe(1);
    caller.abort();
    await expect(reading).rejects.toMatchObject({ code: "cancelled" });
  });

  it("stops what is under way when it is closed", async () => {
    const server = await serve("silence");
    const { session } = open(server.url);
    const reading = session.send(CALL, NEVER);
    await expect.poll(() => server.seen.length).toBe(1);
    session.close();
    await expect(reading).rejects.toMatchObject({ code: "cancelled" });
  });

  it("never carries the token to where a redirect points", async () => {
    const elsewhere = await serve(OK);
    const server = await serve({
      status: 307,
      headers: { location: `${elsewhere.url}/subscriptions` },
      body: {},
    });
    const { session } = open(server.url);
    await expect(session.send(CALL, NEVER)).rejects.toMatchObject({ code: "internal" });
    expect(elsewhere.seen).toEqual([]);
  });

  it("does not take a proxy's page for an answer", async () => {
    const server = await serve({ status: 200, body: "<html>Sign in</html>" });
    const { session } = open(server.url, {
      retry: { maxAttempts: 1, baseDelayMs: 1, maxDelayMs: 1 },
    });
    await expect(session.send(CALL, NEVER)).rejects.toMatchObject({ code: "cloud_unavailable" });
  });

  it("says that nobody answers", async () => {
    const server = await serve(OK);
    await closers.pop()?.();
    const { session } = open(server.url);
    await expect(session.send(CALL, NEVER)).rejects.toMatchObject({
      code: "cloud_unavailable",
      details: { systemCode: "ECONNREFUSED" },
    });
  });

  it("does not wait for ever for a token", async () => {
    const server = await serve(OK);
    const { promise } = Promise.withResolvers<never>();
    const { session } = open(server.url, {
      callTimeoutMs: 50,
      credential: async () => ({ getToken: () => promise }),
    });
    await expect(session.send(CALL, NEVER)).rejects.toMatchObject({ code: "cloud_timeout" });
    expect(server.seen).toEqual([]);
  });

  it("refuses an endpoint that would see the token in clear", () => {
    expect(() => open("http://management.azure.com")).toThrowError(
      expect.objectContaining({ code: "config_invalid" }),
    );
  });
});

const CERTIFICATE_TOOL = "openssl";

/** A certificate for localhost; undefined where the machine has no openssl to make one. */
function selfSigned(): { readonly key: string; readonly cert: string } | undefined {
  const folder = mkdtempSync(join(tmpdir(), "tag-compliance-tls-"));
  const key = join(folder, "key.pem");
  const cert = join(folder, "cert.pem");
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const options = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", ...subject];
  try {
    execFileSync(CERTIFICATE_TOOL, [...options, "-keyout", key, "-out", cert], { stdio: "ignore" });
    return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("work of two priorities", () => {
  it("asks for someone who waits before it goes on with a scan", async () => {
    const server = await serve(OK);
    const { session } = open(server.url, { maxInFlight: 1 });
    const ask = (name: string) => ({ ...CALL, path: `/${name}` });
    await Promise.all([
      ...["scan-1", "scan-2", "scan-3"].map((name) =>
        session.at("background").send(ask(name), NEVER),
      ),
      session.send(ask("question"), NEVER),
    ]);
    // The first was already under way.
    expect(server.seen.map(({ path }) => path)).toEqual([
      "/scan-1",
      "/question",
      "/scan-2",
      "/scan-3",
    ]);
  });
});

const tls = selfSigned();

describe.skipIf(tls === undefined)("Azure session over TLS (skipped: no openssl command)", () => {
  it("signs with the SDK's own policy, for the endpoint's audience", async () => {
    const before = getCACertificates("default");
    setDefaultCACertificates([...before, tls?.cert ?? ""]);
    const seen: (string | undefined)[] = [];
    const server = createServer({ key: tls?.key, cert: tls?.cert }, (request, response) => {
      seen.push(request.headers.authorization);
      response.end(JSON.stringify(OK.body));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    closers.push(() => {
      setDefaultCACertificates(before);
      server.close();
      server.closeAllConnections();
    });
    const address = server.address() as AddressInfo;
    const endpoint = `https://localhost:${address.port}`;
    const scopes: unknown[] = [];
    const { session } = open(endpoint, {
      credential: async () => ({
        getToken: async (scope) => {
          scopes.push(scope);
          return { token: "secret", expiresOnTimestamp: Date.now() + 3_600_000 };
        },
      }),
    });
    await session.send(CALL, NEVER);
    expect(seen).toEqual(["Bearer secret"]);
    expect(scopes.flat()).toEqual([`${endpoint}/.default`]);
  });
});
