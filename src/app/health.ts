import type { Cloud } from "../domain/cloud.ts";
import { AppError, type ErrorCode } from "../domain/errors.ts";
import { EVERYTHING } from "../domain/scan/scope.ts";
import type { AuditLog } from "../ports/audit.ts";
import type { InventoryStore } from "../ports/inventory.ts";
import type { JobRun } from "../ports/lease.ts";
import type { SharedStateHealth } from "../ports/shared-state.ts";
import type { GetPolicy } from "./get-policy.ts";

/** The daily scan that trends rest on. */
export interface ScheduledScanStatus {
  readonly enabled: boolean;
  /** Null: none has run yet. */
  readonly last: JobRun | null;
  /** The last moment that the schedule named, and the present one. Null when it is not enabled. */
  readonly dueAt: number | null;
  readonly nowMs: number;
  /** Epoch milliseconds; null when it is not enabled. */
  readonly nextAt: number | null;
}

/** A scan that nobody began so long after its moment was missed: the scheduler looks every few seconds. */
const MISSED_AFTER_MS = 3_600_000;

export interface HealthDeps {
  readonly version: string;
  readonly clouds: () => Promise<readonly Cloud[]>;
  readonly getPolicy: GetPolicy;
  readonly inventory: () => Promise<InventoryStore>;
  readonly scheduledScan: () => Promise<ScheduledScanStatus>;
  readonly audit: () => Promise<Pick<AuditLog, "status">>;
  readonly sharedState: () => Promise<SharedStateHealth>;
}

/**
 * How the server is. `degraded`: it answers, with something amiss (a broken policy file while the last
 * good one stays in force, or no cloud). `unavailable`: questions cannot be answered. No cloud is asked.
 */
export interface HealthReport {
  readonly status: "ok" | "degraded" | "unavailable";
  readonly version: string;
  readonly configuration: PartReport;
  readonly policy: PartReport;
  readonly inventory: PartReport;
  readonly scheduled_scan: PartReport;
  readonly audit: PartReport;
  readonly cache: PartReport;
  readonly [detail: string]: unknown;
}

type PartReport =
  | ({ readonly status: "ok" | "degraded" } & Readonly<Record<string, unknown>>)
  | { readonly status: "unavailable"; readonly error: ErrorCode; readonly message: string };

export function createHealth(deps: HealthDeps): () => Promise<HealthReport> {
  return async () => {
    const [configuration, policy, inventory, scheduledScan, audit, cache] = await Promise.all([
      part(() => configurationHealth(deps.clouds)),
      part(() => policyHealth(deps.getPolicy)),
      part(() => inventoryHealth(deps.inventory)),
      part(() => scheduledScanHealth(deps.scheduledScan)),
      part(() => auditHealth(deps.audit)),
      part(() => cacheHealth(deps.sharedState)),
    ]);
    return {
      status: worst(
        [configuration, policy, inventory, scheduledScan, audit, cache].map(({ status }) => status),
      ),
      version: deps.version,
      configuration,
      policy,
      inventory,
      scheduled_scan: scheduledScan,
      audit,
      cache,
    };
  };
}

async function configurationHealth(find: () => Promise<readonly Cloud[]>): Promise<PartReport> {
  const clouds = await find();
  return { status: clouds.length === 0 ? "degraded" : "ok", clouds };
}

async function policyHealth(getPolicy: GetPolicy): Promise<PartReport> {
  const policy = await getPolicy();
  return {
    status: policy.lastError === null && policy.sync?.error == null ? "ok" : "degraded",
    source: policy.source,
    hash: policy.hash,
    loaded_at: new Date(policy.loadedAt).toISOString(),
    lint_findings: policy.lint.length,
    last_error: policy.lastError?.message ?? null,
    sync:
      policy.sync === null
        ? null
        : {
            outcome: policy.sync.outcome,
            source: policy.sync.source,
            error: policy.sync.error,
            last_sync_at: isoTime(policy.sync.lastSyncAt),
            next_sync_at: isoTime(policy.sync.nextSyncAt),
          },
  };
}

function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

async function inventoryHealth(open: () => Promise<InventoryStore>): Promise<PartReport> {
  const latest = await (await open()).latestScanCovering(EVERYTHING);
  return {
    status: "ok",
    last_full_scan:
      latest === undefined
        ? null
        : {
            id: latest.id,
            status: latest.status,
            started_at: new Date(latest.startedAt).toISOString(),
          },
  };
}

async function auditHealth(open: HealthDeps["audit"]): Promise<PartReport> {
  const { lastSeq, lost } = await (await open()).status();
  return { status: lost === 0 ? "ok" : "degraded", last_record: lastSeq, lost_records: lost };
}

/** Replicas that each count for themselves still answer, within limits that are about the same. */
async function cacheHealth(health: HealthDeps["sharedState"]): Promise<PartReport> {
  const { kind, sinceMs } = await health();
  return { status: kind === "degraded" ? "degraded" : "ok", kind, since: isoTime(sinceMs) };
}

/** A scan that failed or was missed leaves a gap in every trend. */
async function scheduledScanHealth(read: () => Promise<ScheduledScanStatus>): Promise<PartReport> {
  const { enabled, last, dueAt, nowMs, nextAt } = await read();
  // Before the first run there is nothing to miss: a new installation waits for its first moment.
  const missed =
    last !== null && dueAt !== null && dueAt > last.slotAt && nowMs - dueAt > MISSED_AFTER_MS;
  return {
    status: enabled && (missed || last?.state === "failed") ? "degraded" : "ok",
    enabled,
    missed_at: isoTime(missed ? dueAt : null),
    last:
      last === null
        ? null
        : {
            slot: isoTime(last.slotAt),
            state: last.state,
            started_at: isoTime(last.startedAt),
            finished_at: isoTime(last.finishedAt),
            scan_id: last.scanId,
            error: last.error,
          },
    next_at: isoTime(nextAt),
  };
}

async function part(report: () => Promise<PartReport>): Promise<PartReport> {
  try {
    return await report();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { status: "unavailable", error: error.code, message: error.message };
  }
}

function worst(statuses: readonly string[]): HealthReport["status"] {
  if (statuses.includes("unavailable")) return "unavailable";
  return statuses.includes("degraded") ? "degraded" : "ok";
}
