import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { type Once, once } from "../app/once.ts";
import type { Settings } from "../config/load.ts";
import type { AuditAnchor, AuditLog } from "../ports/audit.ts";
import type { ReadSecret } from "../ports/secrets.ts";
import type { SharedState, SharedStateHealth } from "../ports/shared-state.ts";
import type { Safety } from "../safety/safety.ts";
import type { SafetySettings } from "../safety/settings.ts";
import type { Assemble, Assembly } from "./assembly.ts";
import { CATALOGUE } from "./clouds.ts";

const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 86_400_000;
const MICROS = 1_000_000;

/** What guards calls, and the log of them. */
export interface SafetyCases {
  readonly safety: () => Promise<Safety>;
  readonly audit: () => Promise<AuditLog>;
  /** Heads of the chain that were kept in a file: the configured one, or another. */
  readonly auditAnchors: (path: string | undefined) => Promise<readonly AuditAnchor[]>;
  /** Whether replicas share what they should. */
  readonly sharedStateHealth: () => Promise<SharedStateHealth>;
  /** Writes what waits, and lets go of what is shared. Before the database is closed. */
  readonly closeSafety: () => Promise<void>;
}

export function safetyCases(assembly: Assemble, readSecret: ReadSecret): SafetyCases {
  const audit = once(async () => openAudit(await assembly(), readSecret));
  const state = once(async () => openSharedState(await assembly(), readSecret));
  const safety = once(async () => openSafety(await assembly(), { audit, state }));
  return {
    safety,
    audit,
    auditAnchors: async (path) => {
      const { readAnchors } = await import("../storage/audit/anchor-file.ts");
      return readAnchors(path ?? anchorFileOf((await assembly()).settings));
    },
    sharedStateHealth: async () => (await state()).health(),
    closeSafety: async () => {
      if (audit.begun()) await (await audit().catch(() => undefined))?.close();
      if (state.begun()) await (await state()).close();
    },
  };
}

async function openSafety(
  { settings, clock, providers, inventory, policies }: Assembly,
  parts: { readonly audit: Once<AuditLog>; readonly state: Once<SharedState> },
): Promise<Safety> {
  const [{ createSafety }, { createScanEstimator }] = await Promise.all([
    import("../safety/safety.ts"),
    import("../safety/intent/scan-estimate.ts"),
  ]);
  return createSafety({
    settings: toSettings(settings.config.safety),
    state: await parts.state(),
    // Opened by the first record: a database that cannot be opened must not keep readers from answers.
    audit: { append: async (event) => (await parts.audit()).append(event) },
    clock,
    estimateScan: createScanEstimator({
      inventory,
      clouds: providers,
      catalogue: CATALOGUE,
      policyHash: async () => (await (await policies()).policies.current()).policyHash,
      clock,
    }),
    apiCalls: () => providers.reduce((sum, provider) => sum + provider.apiCalls(), 0),
  });
}

/** In Redis where replicas share it; while that does not answer, and without it, in this process. */
async function openSharedState(
  { settings, clock, logger }: Assembly,
  readSecret: ReadSecret,
): Promise<SharedState> {
  const { createInProcessState } = await import("../cache/in-process.ts");
  const own = createInProcessState(clock);
  const { url, username, password, key_prefix: keyPrefix, replicas } = settings.config.cache;
  if (url === undefined) return own;
  const [{ createRedisState }, { withFallback }] = await Promise.all([
    import("../cache/redis.ts"),
    import("../cache/with-fallback.ts"),
  ]);
  const shared = await createRedisState(
    {
      url,
      username,
      password: password === undefined ? undefined : await readSecret(password),
      keyPrefix,
      onError: (error) => logger.debug("redis", { error }),
    },
    clock,
  );
  return withFallback(shared, own, {
    replicas,
    clock,
    onChange: ({ kind }) =>
      logger.warn(
        kind === "shared"
          ? "redis answers again: budgets are shared"
          : "redis does not answer: each replica grants its own share of budgets",
      ),
  });
}

async function openAudit(
  { settings, clock, logger, database }: Assembly,
  readSecret: ReadSecret,
): Promise<AuditLog> {
  const [{ createAuditLog }, { signingKey }, { writeAnchor }] = await Promise.all([
    import("../storage/audit/log.ts"),
    import("../storage/signing-key.ts"),
    import("../storage/audit/anchor-file.ts"),
  ]);
  const { key: reference } = settings.config.audit;
  const db = await database();
  const key =
    reference === undefined
      ? await signingKey(db, clock.now(), "audit-chain-key")
      : createHash("sha256")
          .update(await readSecret(reference))
          .digest();
  const anchorFile = anchorFileOf(settings);
  const retentionMs = settings.config.audit.retention_days * MS_PER_DAY;
  const log = createAuditLog(db, {
    key,
    clock,
    onAnchor: (anchor) => {
      logger.info("audit anchor", { seq: anchor.seq, hash: anchor.hash });
      writeAnchor(anchorFile, anchor).catch((error: unknown) =>
        logger.warn("the audit anchor was not written", { error }),
      );
      log
        .removeBefore(anchor.atMs - retentionMs)
        .catch((error: unknown) => logger.warn("old audit records were not removed", { error }));
    },
  });
  return log;
}

/** Absolute; relative to the configuration file, as every path in it. */
function anchorFileOf({ config, configFile, dataDir }: Settings): string {
  const { anchor_file: file } = config.audit;
  if (file === undefined) return join(dataDir, "audit-anchors.jsonl");
  return configFile === null ? resolve(file) : resolve(configFile, "..", file);
}

function toSettings({ budget, loops, approval }: Settings["config"]["safety"]): SafetySettings {
  return {
    budget: {
      windowMs: budget.window_minutes * MS_PER_MINUTE,
      calls: budget.calls,
      apiCalls: budget.api_calls,
      apiCostMicros: Math.round(budget.api_cost_usd * MICROS),
      mistakes: budget.mistakes,
    },
    loops: {
      windowMs: loops.window_minutes * MS_PER_MINUTE,
      repeats: loops.repeats,
      stopAfter: loops.stop_after,
    },
    intent: {
      ask: approval.ask,
      maxResources: approval.max_resources_without_approval,
      maxSeconds: approval.max_seconds_without_approval,
      maxCostDays: approval.max_cost_days_without_approval,
      maxApiCostMicros: Math.round(approval.max_api_cost_usd_without_approval * MICROS),
      confirmWithinMs: approval.confirm_within_minutes * MS_PER_MINUTE,
      sampleAboveResources: approval.sample_above_resources,
    },
  };
}
