import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Loopback, type LoopbackAnswer, serveLoopback } from "../sandbox/loopback.ts";
import { createReadSecret } from "../src/secrets/read-secret.ts";
import { type MotoServer, motoMissing, setEnvironment, startMoto } from "./moto/server.ts";
import { readDiscovery } from "./spec-oracles/discovery.ts";
import { isPublished, publishedPath } from "./spec-oracles/published.ts";

describe.skipIf(motoMissing !== undefined)(
  `a secret of AWS Secrets Manager, from moto ${motoMissing ?? ""}`,
  () => {
    let moto: MotoServer;
    let restore: () => void;
    let arn: string;
    const readSecret = createReadSecret({ environment: { AWS_REGION: "us-east-1" } });

    beforeAll(async () => {
      moto = await startMoto();
      restore = setEnvironment(moto.env);
      const client = new SecretsManagerClient({ region: "us-east-1" });
      await client.send(new CreateSecretCommand({ Name: "plain", SecretString: "s3cret" }));
      const fields = await client.send(
        new CreateSecretCommand({ Name: "prod/azure", SecretString: '{"password":"p4ss","n":1}' }),
      );
      arn = fields.ARN ?? "";
    });
    afterAll(async () => {
      restore();
      await moto.close();
    });

    test("is read by name, by ARN and by field", async () => {
      expect(await readSecret("aws-sm://plain")).toBe("s3cret");
      expect(await readSecret("aws-sm://prod/azure#password")).toBe("p4ss");
      expect(await readSecret(`aws-sm://${arn}#password`)).toBe("p4ss");
    });

    test.each(["aws-sm://absent", "aws-sm://prod/azure#absent", "aws-sm://prod/azure#n"])(
      "that is not there: %s",
      async (reference) => {
        const error: unknown = await readSecret(reference).catch((caught: unknown) => caught);
        expect(error).toMatchObject({ code: "config_invalid", details: { reference } });
        expect(JSON.stringify(error)).not.toContain("p4ss");
      },
    );
  },
);

describe("a secret of Azure Key Vault and of Google Secret Manager", () => {
  const asked: { path: string; search: string; token: string | undefined }[] = [];
  let cloud: Loopback;
  let folder: string;
  let answer: LoopbackAnswer;
  let readSecret: ReturnType<typeof createReadSecret>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "secret-stores-"));
    cloud = await serveLoopback({
      port: 0,
      latencyMs: 0,
      answer: ({ url, headers }) => {
        // Both sign in against documented identity endpoints: App Service's, and Google's metadata server.
        if (url.pathname === "/identity")
          return {
            status: 200,
            body: { access_token: "azure-token", expires_on: "4102444800", resource: "vault" },
          };
        if (url.pathname.startsWith("/computeMetadata/"))
          return {
            status: 200,
            headers: { "metadata-flavor": "Google" },
            body: { access_token: "google-token", expires_in: 3600, token_type: "Bearer" },
          };
        asked.push({ path: url.pathname, search: url.search, token: headers.authorization });
        return answer;
      },
    });
    vi.stubEnv("IDENTITY_ENDPOINT", `${cloud.url}/identity`);
    vi.stubEnv("IDENTITY_HEADER", "header-of-this-host");
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", undefined);
    vi.stubEnv("CLOUDSDK_CONFIG", folder);
    vi.stubEnv("GCE_METADATA_HOST", new URL(cloud.url).host);
    vi.stubEnv("METADATA_SERVER_DETECTION", "assume-present");
    readSecret = createReadSecret({
      environment: {},
      origins: { azureKeyVault: cloud.url, gcpSecretManager: cloud.url },
    });
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await cloud.close();
    rmSync(folder, { recursive: true });
  });

  test("Azure: the bundle's value, by the token of the managed identity", async () => {
    // The answer of Microsoft's own example, GetSecret-example.json.
    answer = {
      status: 200,
      body: {
        value: "mysecretvalue",
        id: "https://kv-sdk-test.vault-int.azure-int.net/secrets/mysecretname/4387e9f3d6e14c459867679a90fd0f79",
        attributes: { enabled: true, created: 1493938410, updated: 1493938410 },
      },
    };
    expect(await readSecret("azure-kv://corp-vault/mysecretname")).toBe("mysecretvalue");
    expect(asked.pop()).toEqual({
      path: "/secrets/mysecretname/",
      search: "?api-version=7.5",
      token: "Bearer azure-token",
    });
  });

  test("Google: the payload, decoded", async () => {
    answer = { status: 200, body: payload("top") };
    expect(await readSecret("gcp-sm://my-project/key/7")).toBe("top");
    expect(asked.pop()).toMatchObject({
      path: "/v1/projects/my-project/secrets/key/versions/7:access",
      token: "Bearer google-token",
    });
  });

  test.skipIf(!isPublished("specs/gcp"))(
    "Google: request and answer are of the published API (needs ../shared/data/specs/gcp)",
    () => {
      const document = join(publishedPath("specs/gcp"), "secretmanager__v1.json");
      const api = readDiscovery(JSON.parse(readFileSync(document, "utf8")));
      const method = api.match("GET", "/v1/projects/my-project/secrets/key/versions/7:access");
      expect(method?.id).toBe("secretmanager.projects.secrets.versions.access");
      expect(api.judgeBody(method?.response, payload("top"))).toEqual([]);
    },
  );

  test.each([
    [401, "credentials_missing"],
    [403, "cloud_denied"],
    [404, "config_invalid"],
    [429, "cloud_throttled"],
    [503, "cloud_unavailable"],
  ] as const)("a refusal with %i is %s, and says what to grant", async (status, code) => {
    answer = { status, body: { error: { code: "X", message: "upstream words" } } };
    for (const reference of ["azure-kv://corp-vault/name", "gcp-sm://my-project/key"]) {
      const error: unknown = await readSecret(reference).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code, details: { reference }, hint: expect.any(String) });
      expect(JSON.stringify(error) + String(error)).not.toContain("upstream words");
    }
  });

  test("an answer that is none is no secret", async () => {
    answer = { status: 200, body: { value: 7 } };
    await expect(readSecret("azure-kv://corp-vault/name")).rejects.toMatchObject({
      code: "config_invalid",
    });
  });
});

function payload(text: string): object {
  return {
    name: "projects/1/secrets/key/versions/7",
    payload: { data: Buffer.from(text).toString("base64"), dataCrc32c: "1" },
  };
}
