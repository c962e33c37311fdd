import type { Cloud } from "../cloud.ts";
import { AppError } from "../errors.ts";
import { lastActor, type LoggedWrite, type Window } from "./last-actor.ts";
import {
  type ChangeActor,
  CHANGE_LOG_RETENTION_DAYS,
  type TagChangeSeen,
  unnamedActor,
} from "./tag-change.ts";

const MS_PER_DAY = 86_400_000;

/** What one read of a log found. */
export interface LogReading {
  /** False when there was more than is read: then nothing is concluded from silence. */
  readonly complete: boolean;
  /** The writes that touch the resource of a change. */
  writesOf(change: TagChangeSeen): readonly LoggedWrite[];
}

/** A log that is read once for several changes. */
export interface GroupedLog {
  readonly cloud: Cloud;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** Changes of one key are found by one read. */
  keyOf(change: TagChangeSeen): string;
  /**
   * @param changes not empty, all of one key.
   * @param window of all of them, within what the log keeps.
   * @throws {AppError} when the log cannot be read.
   */
  read(changes: readonly TagChangeSeen[], window: Window): Promise<LogReading>;
}

/**
 * Who made each change, in the order of the changes.
 * @throws {AppError} `cancelled`, and what is no `AppError`.
 */
export async function actorsFrom(
  log: GroupedLog,
  changes: readonly TagChangeSeen[],
): Promise<readonly ChangeActor[]> {
  const oldestMs = log.nowMs - CHANGE_LOG_RETENTION_DAYS[log.cloud] * MS_PER_DAY;
  const answers = new Map<TagChangeSeen, ChangeActor>();
  const kept = changes.filter(({ changedBeforeMs }) => changedBeforeMs >= oldestMs);
  const groups = Map.groupBy(kept, (change) => log.keyOf(change));
  await Promise.all(
    [...groups.values()].map(async (group) => {
      for (const [change, answer] of await actorsIn(log, group, oldestMs))
        answers.set(change, answer);
    }),
  );
  return changes.map((change) => answers.get(change) ?? unnamedActor("beyond_retention"));
}

async function actorsIn(
  log: GroupedLog,
  group: readonly TagChangeSeen[],
  oldestMs: number,
): Promise<readonly (readonly [TagChangeSeen, ChangeActor])[]> {
  const window = {
    fromMs: Math.max(oldestMs, Math.min(...group.map((one) => one.changedAfterMs))),
    toMs: Math.max(...group.map((one) => one.changedBeforeMs)),
  };
  try {
    const reading = await log.read(group, window);
    return group.map((change) => [change, actorOf(change, reading, oldestMs)]);
  } catch (error) {
    const reason = unreadReason(error);
    return group.map((change) => [change, unnamedActor(reason)]);
  }
}

function actorOf(change: TagChangeSeen, reading: LogReading, oldestMs: number): ChangeActor {
  const { changedAfterMs: fromMs, changedBeforeMs: toMs } = change;
  const found = lastActor(reading.writesOf(change), { fromMs, toMs });
  if (found !== null) return { ...found, reason: "found" };
  if (!reading.complete) return unnamedActor("failed");
  return unnamedActor(fromMs < oldestMs ? "beyond_retention" : "not_logged");
}

function unreadReason(error: unknown): "denied" | "failed" {
  if (!(error instanceof AppError) || error.code === "cancelled") throw error;
  return error.code === "cloud_denied" ? "denied" : "failed";
}
