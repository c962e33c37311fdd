import { createChangeLog } from "../app/change-log.ts";
import { lazily } from "../app/once.ts";
import type { DetectTagDrift } from "../app/tag-drift/detect-tag-drift.ts";
import { createTakeSnapshot, type TakeSnapshot } from "../app/take-snapshot.ts";
import type { GetViolationHistory } from "../app/violation-history.ts";
import { narrowScope } from "../domain/scan/narrow.ts";
import type { Assemble } from "./assembly.ts";
import { CATALOGUE } from "./clouds.ts";

/** Questions about the past. */
export interface HistoryCases {
  readonly getViolationHistory: GetViolationHistory;
  readonly detectTagDrift: DetectTagDrift;
  readonly takeSnapshot: TakeSnapshot;
}

export function historyCases(assembly: Assemble): HistoryCases {
  return {
    getViolationHistory: lazily(async () => {
      const { database, clock, settings } = await assembly();
      const [{ createHistoryStore }, { createGetViolationHistory }] = await Promise.all([
        import("../storage/history/store.ts"),
        import("../app/violation-history.ts"),
      ]);
      return createGetViolationHistory({
        history: createHistoryStore(await database()),
        catalogue: CATALOGUE,
        clock,
        keptDays: settings.config.storage.retention.snapshots_days,
      });
    }),
    takeSnapshot: lazily(async () => {
      const { ensureFresh, settings } = await assembly();
      const { clouds, resource_types, regions } = settings.config.scheduled_compliance;
      return createTakeSnapshot(await ensureFresh(), {
        clouds,
        resourceTypes: resource_types,
        regions,
      });
    }),
    detectTagDrift: lazily(async () => {
      const { database, inventory, ensureFresh, policies, providers, clock, settings } =
        await assembly();
      const [{ createHistoryStore }, { createDetectTagDrift }] = await Promise.all([
        import("../storage/history/store.ts"),
        import("../app/tag-drift/detect-tag-drift.ts"),
      ]);
      return createDetectTagDrift({
        inventory: await inventory(),
        history: createHistoryStore(await database()),
        ensureFresh: await ensureFresh(),
        narrow: (request) => narrowScope(request, providers, CATALOGUE),
        policy: async () => (await policies()).policies.current(),
        changeLog: createChangeLog(providers),
        clock,
        keptDays: Math.min(
          settings.config.storage.retention.tag_changes_days,
          settings.config.storage.retention.gone_resources_days,
        ),
      });
    }),
  };
}
