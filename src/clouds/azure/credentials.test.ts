import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type Loopback, type LoopbackRequest, serveLoopback } from "../../../sandbox/loopback.ts";
import { AppError } from "../../domain/errors.ts";
import type { Logger } from "../../ports/logger.ts";
import { azureCredential } from "./credentials.ts";
import { type AzureSessionOptions, createAzureSession } from "./session.ts";

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const RESOURCE = "https://management.azure.com";
const SECRET = "header-of-this-host";
const VARIABLES = [
  "AZURE_CLIENT_ID",
  "AZURE_TENANT_ID",
  "AZURE_CLIENT_SECRET",
  "AZURE_FEDERATED_TOKEN_FILE",
  "AZURE_CLIENT_CERTIFICATE_PATH",
  "AZURE_USERNAME",
  "MSI_ENDPOINT",
  "IMDS_ENDPOINT",
];

const asked: LoopbackRequest[] = [];
let identity: Loopback;
/** The SDK keeps endpoint and header for the life of the process, so the server changes its mind instead. */
let refusing = false;
let silent = false;
let noCommands: string;

beforeAll(async () => {
  noCommands = mkdtempSync(join(tmpdir(), "tag-compliance-path-"));
  // App Service's identity endpoint, as learn.microsoft.com/azure/app-service/overview-managed-identity has it.
  identity = await serveLoopback({
    port: 0,
    latencyMs: 0,
    answer: (request) => {
      asked.push(request);
      if (silent) return "silence";
      if (refusing || request.headers["x-identity-header"] !== SECRET)
        return { status: 401, body: { message: "no" } };
      const expiresOn = String(Math.floor(Date.now() / 1000) + 3600);
      return {
        status: 200,
        body: { access_token: "managed", expires_on: expiresOn, resource: RESOURCE },
      };
    },
  });
});
afterAll(async () => {
  await identity.close();
  rmSync(noCommands, { recursive: true });
  vi.unstubAllEnvs();
});
beforeEach(() => {
  asked.length = 0;
  for (const name of VARIABLES) vi.stubEnv(name, undefined);
  vi.stubEnv("IDENTITY_ENDPOINT", identity.url);
  vi.stubEnv("IDENTITY_HEADER", SECRET);
  // The tester's own Azure CLI must not sign in here.
  vi.stubEnv("PATH", noCommands);
});

async function signIn(more: Partial<AzureSessionOptions> = {}): Promise<unknown> {
  const session = createAzureSession({
    ...more,
    endpoint: identity.url,
    logger: SILENT,
    retry: { maxAttempts: 1, baseDelayMs: 1, maxDelayMs: 1 },
  });
  try {
    return await session.send(
      { method: "GET", path: "/", operation: "Test", laterPage: false },
      new AbortController().signal,
    );
  } catch (error) {
    return error;
  }
}

describe("Azure credential chain", () => {
  // These two first in this file: the SDK keeps the token, too.
  it("does not take an identity endpoint that is slow for one that is not there", async () => {
    silent = true;
    const error = await signIn({ callTimeoutMs: 300 });
    silent = false;
    expect(error).toMatchObject({ code: "cloud_timeout" });
    expect(asked.length).toBeGreaterThan(0);
  });

  it("has no credentials where the identity refuses and nothing else can sign in", async () => {
    refusing = true;
    const error = await signIn();
    refusing = false;
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: "credentials_missing" });
    expect(asked.length).toBeGreaterThan(0);
  });

  it("asks the managed identity that its host announces, for Resource Manager", async () => {
    const credential = await azureCredential();
    const token = await credential.getToken(`${RESOURCE}/.default`);
    expect(token?.token).toBe("managed");
    expect(asked[0]?.url.searchParams.get("resource")).toBe(RESOURCE);
  });

  it("takes a command-line login before it looks for a virtual machine's metadata", async () => {
    vi.stubEnv("IDENTITY_ENDPOINT", undefined);
    vi.stubEnv("IDENTITY_HEADER", undefined);
    const folder = mkdtempSync(join(tmpdir(), "tag-compliance-az-"));
    const answer = JSON.stringify({
      accessToken: "from-cli",
      expires_on: Math.floor(Date.now() / 1000) + 3600,
    });
    writeFileSync(join(folder, "az"), `#!/bin/sh\necho '${answer}'\n`, { mode: 0o755 });
    vi.stubEnv("PATH", `${folder}:/bin:/usr/bin`);
    const credential = await azureCredential();
    const token = await credential.getToken(`${RESOURCE}/.default`);
    rmSync(folder, { recursive: true });
    expect(token?.token).toBe("from-cli");
    expect(asked).toEqual([]);
  });
});
