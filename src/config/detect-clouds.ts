import { join } from "node:path";
import type { Cloud } from "../domain/cloud.ts";
import type { Environment } from "./environment.ts";

/** What detection may look at: variables and files. Never the network: start-up works offline. */
export interface Surroundings {
  readonly environment: Environment;
  readonly homeDir: string;
  readonly fileExists: (path: string) => boolean;
  /** Text of a small file, or undefined when it cannot be read. */
  readonly readText: (path: string) => string | undefined;
}

/**
 * Does the cloud's standard credential chain have something to offer? Sources: the AWS SDK's default
 * provider chain, Azure Identity's environment, workload and managed identities and the Azure CLI's
 * profile, Google's Application Default Credentials. On a machine of that cloud itself, the vendor
 * name that Linux exposes stands for its metadata service.
 */
export function hasCredentials(cloud: Cloud, surroundings: Surroundings): boolean {
  return CHECKS[cloud](surroundings);
}

const CHECKS: Readonly<Record<Cloud, (surroundings: Surroundings) => boolean>> = {
  aws: (surroundings) => {
    const { environment, homeDir, fileExists } = surroundings;
    return (
      anySet(environment, [
        "AWS_ACCESS_KEY_ID",
        "AWS_PROFILE",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
      ]) ||
      fileExists(environment["AWS_SHARED_CREDENTIALS_FILE"] ?? join(homeDir, ".aws/credentials")) ||
      fileExists(environment["AWS_CONFIG_FILE"] ?? join(homeDir, ".aws/config")) ||
      (environment["AWS_EC2_METADATA_DISABLED"] !== "true" && runsOn(surroundings, "amazon ec2"))
    );
  },
  azure: (surroundings) => {
    const { environment, homeDir, fileExists } = surroundings;
    return (
      anySet(environment, ["AZURE_CLIENT_ID", "IDENTITY_ENDPOINT", "MSI_ENDPOINT"]) ||
      fileExists(
        join(environment["AZURE_CONFIG_DIR"] ?? join(homeDir, ".azure"), "azureProfile.json"),
      ) ||
      runsOn(surroundings, "microsoft corporation")
    );
  },
  gcp: (surroundings) => {
    const { environment, homeDir, fileExists } = surroundings;
    return (
      anySet(environment, ["GOOGLE_APPLICATION_CREDENTIALS", "GCE_METADATA_HOST", "K_SERVICE"]) ||
      fileExists(
        join(
          environment["CLOUDSDK_CONFIG"] ?? join(homeDir, ".config/gcloud"),
          "application_default_credentials.json",
        ),
      ) ||
      runsOn(surroundings, "google")
    );
  },
};

function anySet(environment: Environment, names: readonly string[]): boolean {
  return names.some((name) => (environment[name] ?? "") !== "");
}

/** SMBIOS vendor of the machine (Linux sysfs), where virtual machines name their cloud. */
function runsOn({ readText }: Surroundings, vendor: string): boolean {
  return (readText("/sys/class/dmi/id/sys_vendor") ?? "").trim().toLowerCase().startsWith(vendor);
}
