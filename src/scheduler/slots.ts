import { Cron } from "croner";

/** When a job is due. */
export interface Schedule {
  /** Five fields: minute, hour, day of month, month, day of week. */
  readonly cron: string;
  /** IANA name. */
  readonly timezone: string;
}

export interface DueSlots {
  /** The moment to run for; null: nothing is due. */
  readonly due: number | null;
  /** Moments before it that nobody ran for: they are made up for by the due one. */
  readonly missed: readonly number[];
}

/** A server that was off for longer has no use for a record of each slot. */
const MOST_MISSED = 400;

/** The last slot at or before a moment; null when there was none. */
export function slotAtOrBefore(schedule: Schedule, atMs: number): number | null {
  // Runs before a moment leave out the one at it, so the moment asked about is a second later.
  const slots = cronOf(schedule).previousRuns(2, new Date(atMs + 1000));
  return slots.map((slot) => slot.getTime()).find((slot) => slot <= atMs) ?? null;
}

export function slotAfter(schedule: Schedule, atMs: number): number | null {
  return cronOf(schedule).nextRun(new Date(atMs))?.getTime() ?? null;
}

/**
 * What is to be done at a moment. However many slots were slept through, one run makes up for them.
 * @param lastSlotMs the last slot that is recorded; null on a database that never had one: the present
 * slot is then recorded as missed and not run, so that a first start scans nothing unasked.
 */
export function dueSlots(schedule: Schedule, lastSlotMs: number | null, nowMs: number): DueSlots {
  const due = slotAtOrBefore(schedule, nowMs);
  if (due === null) return { due: null, missed: [] };
  if (lastSlotMs === null) return { due: null, missed: [due] };
  if (due <= lastSlotMs) return { due: lastSlotMs === due ? due : null, missed: [] };
  const missed = cronOf(schedule)
    .nextRuns(MOST_MISSED, new Date(lastSlotMs))
    .map((slot) => slot.getTime())
    .filter((slot) => slot < due);
  return { due, missed };
}

function cronOf({ cron, timezone }: Schedule): Cron {
  return new Cron(cron, { paused: true, timezone, mode: "5-part" });
}
