import { CLOUDS, type Cloud } from "../src/domain/cloud.ts";
import { type AuditTrail, createAuditTrail } from "./audit-trail.ts";
import { type AwsOptions, startAws } from "./aws/server.ts";
import { type AzureServerOptions, startAzure } from "./azure/server.ts";
import { type CallCounts, countCalls } from "./call-counts.ts";
import { createControl } from "./control.ts";
import { createEstate } from "./estate/estate.ts";
import type { Estate, EstateOptions } from "./estate/types.ts";
import { createFaultPlan, type FaultPlan, type FaultRule } from "./faults.ts";
import { type GcpServerOptions, startGcp } from "./gcp/server.ts";
import type { CloudServer, CloudServerOptions } from "./server.ts";

export interface SandboxOptions {
  /** An estate, or what to make one from. */
  readonly estate: Estate | EstateOptions;
  /** Default: nothing goes wrong. */
  readonly faults?: readonly FaultRule[];
  /** Loopback port per cloud; an absent one is picked by the system. */
  readonly ports?: Partial<Readonly<Record<Cloud, number>>>;
  /** Added to every answer, in milliseconds. Default 0. */
  readonly latencyMs?: number;
  readonly aws?: AwsOptions;
  readonly azure?: Omit<AzureServerOptions, keyof CloudServerOptions>;
  readonly gcp?: Omit<GcpServerOptions, keyof CloudServerOptions>;
}

/** Three simulated clouds over one estate. */
export interface Sandbox {
  readonly estate: Estate;
  readonly faults: FaultPlan;
  readonly servers: Readonly<Record<Cloud, CloudServer>>;
  /** Environment that points the product at all three clouds and away from any real one. */
  readonly env: Readonly<Record<string, string>>;
  /** What the clouds' own logs hold. */
  readonly audit: AuditTrail;
  /** Requests so far. */
  readonly calls: CallCounts;
  close(): Promise<void>;
}

/**
 * Starts the three clouds on 127.0.0.1.
 * @throws {AppError} `invalid_input` for an estate that cannot be made.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const estate = "groups" in options.estate ? options.estate : createEstate(options.estate);
  const faults = createFaultPlan(options.faults);
  const audit = createAuditTrail();
  const calls = countCalls();
  const control = createControl({ estate, faults, calls });
  const common = (cloud: Cloud): CloudServerOptions => ({
    estate,
    faults,
    audit,
    control,
    port: options.ports?.[cloud] ?? 0,
    latencyMs: options.latencyMs ?? 0,
    onCall: (call) => calls.record(call),
  });
  const servers = await startAll({
    aws: () => startAws({ ...common("aws"), ...options.aws }),
    azure: () => startAzure({ ...common("azure"), ...options.azure }),
    gcp: () => startGcp({ ...common("gcp"), ...options.gcp }),
  });
  return {
    estate,
    faults,
    servers,
    env: Object.assign({}, ...CLOUDS.map((cloud) => servers[cloud].env)),
    audit,
    calls,
    close: async () => {
      await Promise.all(CLOUDS.map((cloud) => servers[cloud].close()));
    },
  };
}

/** All three, or none: when one cannot start (its port is taken), the others are closed again. */
async function startAll(
  starts: Readonly<Record<Cloud, () => Promise<CloudServer>>>,
): Promise<Readonly<Record<Cloud, CloudServer>>> {
  const outcomes = await Promise.allSettled([starts.aws(), starts.azure(), starts.gcp()]);
  const [aws, azure, gcp] = outcomes;
  if (aws.status === "fulfilled" && azure.status === "fulfilled" && gcp.status === "fulfilled")
    return { aws: aws.value, azure: azure.value, gcp: gcp.value };
  const started = outcomes.filter((outcome) => outcome.status === "fulfilled");
  await Promise.all(started.map(({ value }) => value.close()));
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  throw failed?.reason;
}
