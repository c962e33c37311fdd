import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type Loopback, type LoopbackRequest, serveLoopback } from "../../../sandbox/loopback.ts";
import type { Logger } from "../../ports/logger.ts";
import { gcpCredential } from "./credentials.ts";
import { createGcpSession } from "./session.ts";

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const FLAVOR = { "metadata-flavor": "Google" };

const asked: LoopbackRequest[] = [];
let google: Loopback;
let home: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "tag-compliance-adc-"));
  google = await serveLoopback({
    port: 0,
    latencyMs: 0,
    answer: (request) => {
      asked.push(request);
      const { pathname } = request.url;
      if (pathname === "/v1/token") return { status: 400, body: { error: "invalid_grant" } };
      if (pathname.endsWith("/token"))
        return {
          status: 200,
          headers: FLAVOR,
          body: { access_token: "from-metadata", expires_in: 3600, token_type: "Bearer" },
        };
      return { status: 200, headers: FLAVOR, body: { results: [] } };
    },
  });
});
afterAll(async () => {
  await google.close();
  rmSync(home, { recursive: true });
  vi.unstubAllEnvs();
});
beforeEach(() => {
  asked.length = 0;
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", undefined);
  vi.stubEnv("CLOUDSDK_CONFIG", join(home, "empty"));
  vi.stubEnv("GCE_METADATA_HOST", new URL(google.url).host);
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
});

async function read(): Promise<unknown> {
  const session = createGcpSession({
    endpoint: google.url,
    logger: SILENT,
    retry: { maxAttempts: 1, baseDelayMs: 1, maxDelayMs: 1 },
  });
  const call = {
    service: "projects",
    path: "/v3/projects:search",
    query: new URLSearchParams(),
    operation: "projects.search",
  } as const;
  return session
    .get(call, new AbortController().signal)
    .then(() => session.apiCalls())
    .catch((error: unknown) => error);
}

/** Workload identity federation whose token service refuses the caller. */
function federation(): string {
  const token = join(home, "subject-token");
  const file = join(home, "federation.json");
  writeFileSync(token, "subject");
  writeFileSync(
    file,
    JSON.stringify({
      type: "external_account",
      audience:
        "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      token_url: `${google.url}/v1/token`,
      credential_source: { file: token },
    }),
  );
  return file;
}

describe("Application Default Credentials", () => {
  it("takes the token of the metadata server, and nothing else from it", async () => {
    vi.stubEnv("METADATA_SERVER_DETECTION", "assume-present");
    const client = await gcpCredential();
    const headers = await client.getRequestHeaders();
    expect(headers.get("authorization")).toBe("Bearer from-metadata");
    expect(asked.map(({ url }) => url.pathname)).toEqual([
      "/computeMetadata/v1/instance/service-accounts/default/token",
    ]);
  });

  it("counts calls of the API, not those for a token", async () => {
    vi.stubEnv("METADATA_SERVER_DETECTION", "assume-present");
    expect(await read()).toBe(1);
    expect(asked.length).toBeGreaterThan(1);
  });

  it("are missing where nobody left any", async () => {
    expect(await read()).toMatchObject({ code: "credentials_missing" });
    expect(asked).toEqual([]);
  });

  it("are missing where the named file is not there", async () => {
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", join(home, "absent.json"));
    expect(await read()).toMatchObject({ code: "credentials_missing" });
  });

  it("are expired where Google refuses the grant", async () => {
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", federation());
    expect(await read()).toMatchObject({ code: "credentials_expired" });
    expect(asked.map(({ url }) => url.pathname)).toEqual(["/v1/token"]);
  });
});
