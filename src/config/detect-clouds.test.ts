import { describe, expect, test } from "vitest";
import { CLOUDS, type Cloud } from "../domain/cloud.ts";
import { hasCredentials, type Surroundings } from "./detect-clouds.ts";

const bare: Surroundings = {
  environment: {},
  homeDir: "/home/someone",
  fileExists: () => false,
  readText: () => undefined,
};
const withVariable = (name: string): Surroundings => ({ ...bare, environment: { [name]: "x" } });
const withFile = (path: string): Surroundings => ({ ...bare, fileExists: (at) => at === path });
const onMachineOf = (vendor: string): Surroundings => ({ ...bare, readText: () => `${vendor}\n` });

const OFFERS: readonly (readonly [string, Cloud, Surroundings])[] = [
  ["keys in the environment", "aws", withVariable("AWS_ACCESS_KEY_ID")],
  ["a named profile", "aws", withVariable("AWS_PROFILE")],
  ["a web identity", "aws", withVariable("AWS_WEB_IDENTITY_TOKEN_FILE")],
  ["a container role", "aws", withVariable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")],
  ["a credentials file", "aws", withFile("/home/someone/.aws/credentials")],
  ["an EC2 instance", "aws", onMachineOf("Amazon EC2")],
  ["a service principal", "azure", withVariable("AZURE_CLIENT_ID")],
  ["a managed identity", "azure", withVariable("IDENTITY_ENDPOINT")],
  ["the Azure CLI", "azure", withFile("/home/someone/.azure/azureProfile.json")],
  ["an Azure machine", "azure", onMachineOf("Microsoft Corporation")],
  ["a key file", "gcp", withVariable("GOOGLE_APPLICATION_CREDENTIALS")],
  [
    "gcloud's own login",
    "gcp",
    withFile("/home/someone/.config/gcloud/application_default_credentials.json"),
  ],
  ["a Compute Engine machine", "gcp", onMachineOf("Google")],
];

describe("a cloud is in use when its standard credential chain has something to offer", () => {
  test.each(OFFERS)("%s: %s", (_, cloud, surroundings) => {
    expect(CLOUDS.filter((candidate) => hasCredentials(candidate, surroundings))).toEqual([cloud]);
  });

  test("an empty variable offers nothing", () => {
    const surroundings = { ...bare, environment: { AWS_PROFILE: "", AZURE_CLIENT_ID: "" } };
    expect(CLOUDS.filter((cloud) => hasCredentials(cloud, surroundings))).toEqual([]);
  });

  test("the metadata service is not assumed where it is switched off", () => {
    const off = {
      ...onMachineOf("Amazon EC2"),
      environment: { AWS_EC2_METADATA_DISABLED: "true" },
    };
    expect(hasCredentials("aws", off)).toBe(false);
  });
});
