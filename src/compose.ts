import { randomUUID } from "node:crypto";
import { createChanges } from "./app/changes.ts";
import type { Diagnose } from "./app/doctor.ts";
import { createHealth, type HealthReport } from "./app/health.ts";
import { lazily, once } from "./app/once.ts";
import { type Assemble, assemble, closeAll, type Surroundings } from "./compose/assembly.ts";
import { type ChangeLogCases, changeLogCases } from "./compose/change-log.ts";
import { type ComplianceCases, complianceCases } from "./compose/compliance.ts";
import { type HistoryCases, historyCases } from "./compose/history.ts";
import { type CostCases, costCases } from "./compose/costs.ts";
import { type MetricsParts, metricsParts } from "./compose/metrics.ts";
import { type SafetyCases, safetyCases } from "./compose/safety.ts";
import { type PolicyCases, policiesOf, policyCases } from "./compose/policy-cases.ts";
import { type ReportCases, reportCases } from "./compose/reports.ts";
import { type QuestionCases, questionCases } from "./compose/questions.ts";
import { type ResourceCases, resourceCases } from "./compose/resources.ts";
import { type SchedulerParts, schedulerParts } from "./compose/scheduler.ts";
import type { Settings } from "./config/load.ts";
import type { Clock } from "./ports/clock.ts";
import type { Ids } from "./ports/ids.ts";
import type { ReadSecret } from "./ports/secrets.ts";
import { createReadSecret } from "./secrets/read-secret.ts";
import { inOneMoment } from "./storage/one-moment.ts";
import { createLogger, type LogLevel } from "./telemetry/logger.ts";
import { VERSION } from "./version.ts";

export { CATALOGUE } from "./compose/clouds.ts";

/** Everything an edge needs, adapters chosen. Nothing is opened or called before it is used. */
export interface Application
  extends Surroundings,
    ComplianceCases,
    HistoryCases,
    SchedulerParts,
    QuestionCases,
    MetricsParts,
    ChangeLogCases,
    CostCases,
    ReportCases,
    PolicyCases,
    ResourceCases,
    SafetyCases {
  readonly health: () => Promise<HealthReport>;
  readonly diagnose: Diagnose;
  readonly readSecret: ReadSecret;
  /** See `storage/one-moment.ts`: what one call is asked in. */
  readonly inOneMoment: typeof inOneMoment;
  /** How long a tool call may scan before it is answered that it goes on. */
  readonly patienceMs?: number;
  /** Ends what runs and closes what was opened. */
  close(): Promise<void>;
}

/**
 * The only place that chooses adapters, with the topics of `compose/`. Plain functions and objects, no
 * container.
 * @param load reads the configuration. While it throws, so does every use case, with the same error; it
 * is asked again at the next use, so that a server heals when its configuration is mended.
 * @param goesOn see `Surroundings`; default false.
 */
export function compose(load: () => Settings, { goesOn = false } = {}): Application {
  const clock: Clock = { now: () => Date.now() };
  const ids: Ids = { next: (prefix) => `${prefix}_${sortableId(clock.now())}` };
  const measuring = metricsParts(load);
  const { metrics } = measuring;
  const logger = createLogger(logLevel(load));
  const changes = createChanges({
    follow: async (signal) => (await policiesOf(assembly)).follow(signal),
    logger,
  });
  const surroundings: Surroundings = { clock, ids, logger, metrics, changes, goesOn };
  const assembly = once(async () => assemble(load(), surroundings));
  const readSecret = readSecretsOf(assembly);
  const safety = safetyCases(assembly, readSecret);
  const costs = costCases(assembly);
  const history = historyCases(assembly);
  const { takeSnapshot } = history;
  const scheduler = schedulerParts(assembly, { takeSnapshot, logger, metrics });
  const policy = policyCases(assembly);
  return {
    ...surroundings,
    ...measuring,
    ...complianceCases(assembly),
    ...history,
    ...scheduler,
    ...questionCases(assembly),
    ...changeLogCases(assembly),
    ...costs,
    ...reportCases(assembly, { ...costs, ...history }),
    ...resourceCases(assembly),
    ...policy,
    health: createHealth({
      version: VERSION,
      clouds: async () => (await assembly()).settings.clouds,
      getPolicy: policy.getPolicy,
      inventory: async () => (await assembly()).inventory(),
      scheduledScan: scheduler.scheduledScan,
      audit: safety.audit,
      sharedState: safety.sharedStateHealth,
    }),
    diagnose: lazily(async () => {
      const { createDiagnose } = await import("./app/doctor.ts");
      return createDiagnose((await assembly()).providers);
    }),
    readSecret,
    inOneMoment,
    ...patienceOf(load),
    ...safety,
    close: async () => {
      if (!goesOn && assembly.begun())
        await scheduler.pruneAfterScan().catch((error: unknown) => {
          logger.warn("old history was not removed", { error });
        });
      await safety.closeSafety();
      await costs.closeCosts();
      if (assembly.begun()) await closeAll(await assembly());
    },
  };
}

function readSecretsOf(assembly: Assemble): ReadSecret {
  return async (reference, signal) => {
    const { environment } = (await assembly()).settings;
    return createReadSecret({ environment })(reference, signal);
  };
}

/** Nothing while the configuration cannot be read: every answer tells of that at once. */
function patienceOf(load: () => Settings): Pick<Application, "patienceMs"> {
  try {
    return { patienceMs: load().config.scan.long_call_after_seconds * 1000 };
  } catch {
    return {};
  }
}

/** A configuration that cannot be read still deserves a log. */
function logLevel(load: () => Settings): LogLevel {
  try {
    return load().config.log.level;
  } catch {
    return "warn"; // The error itself is told by whoever uses the configuration.
  }
}

/** Milliseconds, then 62 bits of chance, of which Node keeps some ready: ids sort by time and never meet. */
function sortableId(nowMs: number): string {
  const [, , , variant = "", node = ""] = randomUUID().split("-");
  return nowMs.toString(36).padStart(9, "0") + variant + node;
}
