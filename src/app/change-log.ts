import { type ChangeActor, unnamedActor } from "../domain/change-log/tag-change.ts";
import type { ChangeLog, TagChangeSeen } from "../ports/change-log.ts";
import type { CloudProvider } from "../ports/cloud.ts";

/** The logs of all clouds as one. A cloud that is not in use, or whose log is not asked, is `not_configured`. */
export function createChangeLog(
  providers: readonly Pick<CloudProvider, "cloud" | "changeLog">[],
): ChangeLog {
  return {
    actorsOf: async (changes, signal) => {
      const answers = new Map<TagChangeSeen, ChangeActor>();
      await Promise.all(
        providers.map(async ({ cloud, changeLog }) => {
          const own = changes.filter((change) => change.cloud === cloud);
          if (changeLog === undefined || own.length === 0) return;
          const found = await changeLog.actorsOf(own, signal);
          own.forEach((change, at) => answers.set(change, found[at] ?? unnamedActor("failed")));
        }),
      );
      return changes.map((change) => answers.get(change) ?? unnamedActor("not_configured"));
    },
  };
}
