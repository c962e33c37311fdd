import { generateKeyPairSync } from "node:crypto";
import { JWT } from "google-auth-library";
import { afterEach, describe, expect, it } from "vitest";
import {
  type LoopbackAnswer,
  type LoopbackRequest,
  serveLoopback,
} from "../../../sandbox/loopback.ts";
import { gcpCredential } from "./credentials.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A token service that gives a token for anything, and keeps what it was asked. */
async function tokenService() {
  const asked: LoopbackRequest[] = [];
  const service = await serveLoopback({
    port: 0,
    latencyMs: 0,
    answer: (request): LoopbackAnswer => {
      asked.push(request);
      return {
        status: 200,
        body: {
          access_token: "federated",
          issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
          token_type: "Bearer",
          expires_in: 3600,
        },
      };
    },
  });
  closers.push(() => service.close());
  return { url: service.url, asked };
}

const fromAws = (token_url: string, more: object = {}) => ({
  type: "external_account",
  audience:
    "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/aws",
  subject_token_type: "urn:ietf:params:aws:token-type:aws4_request",
  token_url,
  credential_source: {
    environment_id: "aws1",
    regional_cred_verification_url:
      "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15",
  },
  ...more,
});

const signIn = (document: object, more: Parameters<typeof gcpCredential>[0] = {}) =>
  gcpCredential({ credentialDocument: async () => JSON.stringify(document), ...more });

describe("a Google credential document", () => {
  it("of federation from AWS is fed with the keys of a container's role", async () => {
    const service = await tokenService();
    const client = await signIn(fromAws(`${service.url}/v1/token`), {
      awsKeys: async () => ({
        region: "eu-west-1",
        accessKeyId: "ASIAFARGATE",
        secretAccessKey: "secret",
        sessionToken: "session",
      }),
    });
    const headers = await client.getRequestHeaders();
    expect(headers.get("authorization")).toBe("Bearer federated");
    const body = new URLSearchParams(service.asked[0]?.body);
    const subject = decodeURIComponent(body.get("subject_token") ?? "");
    expect(subject).toContain("sts.eu-west-1.amazonaws.com");
    expect(subject).toContain("Credential=ASIAFARGATE/");
    expect(subject).toContain("x-amz-security-token");
    expect(subject).not.toContain('"secret"');
  });

  it("of a service account makes a client of its key, for Google's own token endpoint", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const client = await signIn({
      type: "service_account",
      client_email: "reader@shop.iam.gserviceaccount.com",
      private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
      token_uri: "https://attacker.example/token",
    });
    expect(client).toBeInstanceOf(JWT);
    expect(client).toMatchObject({
      email: "reader@shop.iam.gserviceaccount.com",
      scopes: "https://www.googleapis.com/auth/cloud-platform",
    });
  });

  const IMPERSONATE = "service_account_impersonation_url";
  it.each<[string, object]>([
    ["token_url", fromAws("https://attacker.example/v1/token")],
    ["token_url", fromAws("https://googleapis.com.attacker.example/")],
    ["token_url", fromAws("http://sts.googleapis.com/v1/token")],
    ["token_url", fromAws("https://user:pass@sts.googleapis.com/v1/token")],
    ["token_url", fromAws("not a url")],
    [
      IMPERSONATE,
      fromAws("https://sts.googleapis.com/v1/token", { [IMPERSONATE]: "https://x.example/y" }),
    ],
    [IMPERSONATE, { type: "impersonated_service_account", [IMPERSONATE]: "https://x.example/y" }],
  ])("may not send tokens elsewhere: %s of %j", async (member, document) => {
    await expect(signIn(document)).rejects.toMatchObject({
      code: "config_invalid",
      details: { member },
    });
  });

  it("may use Google's own hosts, regional ones too", async () => {
    const document = fromAws("https://sts.us-east4.rep.googleapis.com/v1/token");
    await expect(signIn(document)).resolves.toBeDefined();
  });

  it.each(["", "not json", "[]", '{"type":"other"}', '{"type":"service_account"}'])(
    "is none: %s",
    async (text) => {
      const signing = gcpCredential({ credentialDocument: async () => text });
      await expect(signing).rejects.toMatchObject({ code: "config_invalid" });
    },
  );
});
