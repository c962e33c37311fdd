import { describe, expect, test } from "vitest";
import { parseSecretReference } from "./secret-reference.ts";

const VERSION = "0123456789abcdef0123456789abcdef";

describe("a reference to a secret", () => {
  test.each([
    ["env://AZURE_SECRET", { store: "env", variable: "AZURE_SECRET" }],
    ["file:///run/secrets/azure", { store: "file", path: "/run/secrets/azure" }],
    ["aws-sm://prod/azure", { store: "aws-sm", secretId: "prod/azure", field: undefined }],
    ["aws-sm://prod/azure#key", { store: "aws-sm", secretId: "prod/azure", field: "key" }],
    [
      "aws-sm://arn:aws:secretsmanager:eu-west-1:123456789012:secret:azure-AbCdEf",
      {
        store: "aws-sm",
        secretId: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:azure-AbCdEf",
        field: undefined,
      },
    ],
    [
      "azure-kv://corp-vault/sp",
      { store: "azure-kv", host: "corp-vault.vault.azure.net", name: "sp", version: "" },
    ],
    [
      `azure-kv://corp.vault.azure.cn/sp/${VERSION}`,
      { store: "azure-kv", host: "corp.vault.azure.cn", name: "sp", version: VERSION },
    ],
    [
      "gcp-sm://my-project/key",
      { store: "gcp-sm", project: "my-project", secret: "key", version: "latest" },
    ],
    [
      "gcp-sm://my-project/key/7",
      { store: "gcp-sm", project: "my-project", secret: "key", version: "7" },
    ],
  ])("is %s", (text, location) => {
    expect(parseSecretReference(text)).toEqual(location);
  });

  test.each([
    "hunter2",
    "env://",
    "env://A-B",
    "file://relative",
    "https://x",
    "aws-sm://",
    "aws-sm://two words",
    "azure-kv://vault",
    // A token for Key Vault goes to Microsoft's hosts and to no other.
    "azure-kv://evil.example.com/secret",
    "azure-kv://vault.azure.net.evil.example/secret",
    "gcp-sm://my-project/../other",
    "gcp-sm://P/secret",
  ])("is not %s", (text) => {
    expect(parseSecretReference(text)).toBeUndefined();
  });
});
