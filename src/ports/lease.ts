/** A right that one holder has at a time, over all processes that share a database. */
export interface Lease {
  readonly name: string;
  /** Grows whenever the lease changes hands: writes of an earlier holder can be told apart by it. */
  readonly token: number;
  /** Tells that the holder lives. @returns false when another has taken over. */
  renew(): Promise<boolean>;
  /** Gives it up; without effect when another has taken over. */
  release(): Promise<void>;
}

export interface Leases {
  /** Null when another holds it and gave a sign of life within `silentAfterMs`. */
  acquire(name: string, silentAfterMs: number): Promise<Lease | null>;
}

/** How a run of a scheduled job ended. `missed`: nobody ran when its moment came, and a later slot made up for it. */
export type JobRunState = "running" | "done" | "failed" | "missed";

export interface JobRun {
  readonly job: string;
  /** The moment the schedule named, epoch milliseconds. */
  readonly slotAt: number;
  readonly state: JobRunState;
  readonly attempt: number;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly scanId: string | null;
  /** Our own error code. */
  readonly error: string | null;
}

/** A slot that this process runs. */
export interface ClaimedSlot {
  readonly attempt: number;
  /** @returns false when another process has taken the slot over. */
  renew(): Promise<boolean>;
  /** Records the end, once. @returns false when another process has taken the slot over. */
  finish(end: {
    readonly state: "done" | "failed";
    readonly scanId: string | null;
    readonly error: string | null;
  }): Promise<boolean>;
}

export interface SlotLimits {
  readonly silentAfterMs: number;
  readonly retryAfterMs: number;
  readonly maxAttempts: number;
}

export interface JobRuns {
  /**
   * Takes a slot: null when it was run, is being run by a process that gave a sign of life within
   * `silentAfterMs`, failed less than `retryAfterMs` ago, or was tried `maxAttempts` times.
   */
  claim(job: string, slotAt: number, limits: SlotLimits): Promise<ClaimedSlot | null>;
  /**
   * Records slots that nobody ran; those that are recorded already stay as they are.
   * @returns how many were not recorded before.
   */
  recordMissed(job: string, slots: readonly number[]): Promise<number>;
  /** The youngest slot of a job that is recorded in one of these states. */
  last(job: string, states: readonly JobRunState[]): Promise<JobRun | null>;
}
