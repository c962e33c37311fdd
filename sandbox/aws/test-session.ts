import { createEstate } from "../estate/estate.ts";
import type { Estate } from "../estate/types.ts";
import { createFaultPlan, type FaultPlan, type SandboxCall } from "../faults.ts";
import type { CloudServer } from "../server.ts";
import { type AwsOptions, startAws } from "./server.ts";

/** What every SDK client of a test is made with. */
export interface ClientSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** One attempt: a test wants the error itself, not the SDK's patience with it. */
  readonly maxAttempts: 1;
}

/** A simulated AWS for a test, with settings for the SDK's own clients. */
export interface AwsTestSession {
  readonly estate: Estate;
  readonly faults: FaultPlan;
  readonly calls: readonly SandboxCall[];
  readonly server: CloudServer;
  readonly managementAccount: string;
  settings(overrides?: Partial<ClientSettings>): ClientSettings;
  close(): Promise<void>;
}

export async function startTestAws(
  options: AwsOptions & { readonly resources?: number; readonly latencyMs?: number } = {},
): Promise<AwsTestSession> {
  const { resources = 3_000, latencyMs = 0, ...aws } = options;
  const estate = createEstate({ seed: 1, resources });
  const faults = createFaultPlan();
  const calls: SandboxCall[] = [];
  const server = await startAws({
    ...aws,
    estate,
    faults,
    port: 0,
    latencyMs,
    onCall: (call) => calls.push(call),
  });
  return {
    estate,
    faults,
    calls,
    server,
    managementAccount: estate.accounts.find(({ cloud }) => cloud === "aws")?.id ?? "",
    settings: (overrides = {}) => ({
      endpoint: server.url,
      region: "us-east-1",
      credentials: {
        accessKeyId: server.env["AWS_ACCESS_KEY_ID"] ?? "",
        secretAccessKey: server.env["AWS_SECRET_ACCESS_KEY"] ?? "",
      },
      maxAttempts: 1,
      ...overrides,
    }),
    close: () => server.close(),
  };
}
