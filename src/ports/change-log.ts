import type { ChangeActor, TagChangeSeen } from "../domain/change-log/tag-change.ts";

export type { ChangeActor, TagChangeSeen } from "../domain/change-log/tag-change.ts";

/** The clouds' own records of who did what. They lag by minutes, and are slow to ask. */
export interface ChangeLog {
  /**
   * One answer for each change, in their order. A log that cannot be read is a reason, never thrown.
   * @throws {AppError} `cancelled` when `signal` aborts.
   */
  actorsOf(changes: readonly TagChangeSeen[], signal: AbortSignal): Promise<readonly ChangeActor[]>;
}
