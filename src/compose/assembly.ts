import type { Kysely } from "kysely";
import {
  createFreshInventory,
  type EnsureFreshInventory,
  type FreshInventories,
} from "../app/fresh-inventory.ts";
import {
  type AnnouncedScansDeps,
  announcedScans,
  announcedVerdicts,
} from "../app/announced-scans.ts";
import { measuredScans } from "../app/measured-scans.ts";
import { lazily, type Once, once } from "../app/once.ts";
import type { Settings } from "../config/load.ts";
import type { ChangeAnnouncer, Changes } from "../ports/changes.ts";
import type { Clock } from "../ports/clock.ts";
import type { CloudProvider } from "../ports/cloud.ts";
import type { Ids } from "../ports/ids.ts";
import type { InventoryStore } from "../ports/inventory.ts";
import type { Logger } from "../ports/logger.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Database } from "../storage/schema.ts";
import { CATALOGUE, PROVIDERS } from "./clouds.ts";
import { openPolicies, type PolicyParts } from "./policies.ts";
import { openClock, openDatabase, openInventory } from "./storage.ts";

/** What needs no configuration. */
export interface Surroundings {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** What this process sees change. */
  readonly changes: Changes & ChangeAnnouncer;
  /** The process goes on after its answers, as a server does; a command ends. */
  readonly goesOn: boolean;
}

/** What use cases share, made once the configuration is known to be sound; each part opens on first use. */
export interface Assembly extends Surroundings {
  readonly settings: Settings;
  readonly providers: readonly CloudProvider[];
  readonly policies: Once<PolicyParts>;
  readonly database: Once<Kysely<Database>>;
  /** One clock for all processes that share the database; see `openClock`. */
  readonly sharedClock: Once<Clock>;
  readonly inventory: Once<InventoryStore>;
  readonly freshInventories: Once<FreshInventories>;
  readonly ensureFresh: Once<EnsureFreshInventory>;
}

/** The assembly; while the configuration is broken, its error. */
export type Assemble = Once<Assembly>;

export function assemble(settings: Settings, surroundings: Surroundings): Assembly {
  const { clock, logger, changes } = surroundings;
  const providers = settings.clouds.map((cloud) => PROVIDERS[cloud](settings, logger));
  const policies = once(() => openPolicies(settings, { clock, logger, changes }));
  const database = once(() => openDatabase(settings));
  const sharedClock = once(async () => openClock(settings, await database(), clock));
  const inventory = once(async () => openInventory(await database(), await sharedClock()));
  const announcing: AnnouncedScansDeps = {
    changes,
    logger,
    scansMeeting: lazily(async () => {
      const { createScansMeeting } = await import("../storage/inventory/scan-list.ts");
      return createScansMeeting(await database());
    }),
  };
  const reJudge = once(async () => {
    const { createReJudgeStore } = await import("../storage/re-judge/index.ts");
    const store = createReJudgeStore(await database(), await sharedClock());
    return announcedVerdicts(store, announcing);
  });
  const freshInventories = once(async () =>
    createFreshInventory({
      ...surroundings,
      clock: await sharedClock(),
      reJudge: await reJudge(),
      answersMeanwhile: surroundings.goesOn,
      providers,
      inventory: announcedScans(
        measuredScans(await inventory(), surroundings.metrics, clock),
        announcing,
      ),
      catalogue: CATALOGUE,
      judge: async () => (await policies()).policies.current(),
      cellConcurrency: settings.config.scan.cell_concurrency,
    }),
  );
  const ensureFresh = once(async () => (await freshInventories()).ensureFresh);
  return {
    ...surroundings,
    settings,
    providers,
    policies,
    database,
    sharedClock,
    inventory,
    freshInventories,
    ensureFresh,
  };
}

/** Ends what runs and closes what was opened, in the order that lets each part end in order. */
export async function closeAll(assembly: Assembly): Promise<void> {
  const { policies, providers, inventory, database, freshInventories } = assembly;
  if (freshInventories.begun()) await (await freshInventories()).close();
  if (policies.begun()) await (await policies()).close();
  await Promise.all(providers.map((provider) => provider.close()));
  if (inventory.begun()) await (await inventory()).close();
  else if (database.begun()) await (await database()).destroy();
}
