import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  CheckComplianceRequest,
  CheckComplianceResult,
} from "../../src/app/check-compliance.ts";
import { type Application, compose } from "../../src/compose.ts";
import { loadSettings } from "../../src/config/load.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../sandbox/index.ts";

const config = (callTimeoutSeconds: number): unknown => ({
  clouds: { aws: { role_name: "TagComplianceRead" }, azure: {}, gcp: {} },
  policy: { file: join(process.cwd(), "sandbox/policy.yaml") },
  scan: { call_timeout_seconds: callTimeoutSeconds },
  log: { level: "silent" },
});

/** The whole product in this process, on simulated clouds, configured as a user configures it. */
export interface SandboxedApplication {
  readonly sandbox: Sandbox;
  /** Environment for processes of the product's own. */
  readonly environment: Readonly<Record<string, string>>;
  readonly app: Application;
  check(request?: Partial<CheckComplianceRequest>): Promise<CheckComplianceResult>;
  close(): Promise<void>;
}

/** @param callTimeoutSeconds short where calls are meant to hang, long enough for a busy machine else. */
export async function startSandboxed(
  options: SandboxOptions,
  callTimeoutSeconds = 30,
): Promise<SandboxedApplication> {
  const dataDir = mkdtempSync(join(tmpdir(), "sandboxed-"));
  writeFileSync(join(dataDir, "config.yaml"), JSON.stringify(config(callTimeoutSeconds)));
  const sandbox = await startSandbox(options);
  const environment = { ...sandbox.env, TAG_COMPLIANCE_DATA_DIR: dataDir, HOME: dataDir };
  // The clouds' SDKs read their settings from the process itself.
  Object.assign(process.env, environment);
  const app = compose(() => loadSettings(undefined, { ...process.env, ...environment }));
  return {
    sandbox,
    environment,
    app,
    check: (request = {}) => app.checkCompliance({ ...EVERYTHING, ...request }),
    close: async () => {
      await app.close();
      await sandbox.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const EVERYTHING: CheckComplianceRequest = {
  clouds: [],
  accounts: [],
  regions: [],
  resourceTypes: [],
  severity: "all",
  maxAgeMinutes: undefined,
  refresh: true,
  storeSnapshot: false,
  limit: 20,
  cursor: undefined,
  signal: new AbortController().signal,
};
