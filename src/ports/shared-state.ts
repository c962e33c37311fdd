/** What a limit has left after something was counted against it. */
export interface Consumption {
  /** False: the limit was already used up, and what was asked for must not happen. */
  readonly allowed: boolean;
  /** Points used in the running window, refused ones included. */
  readonly used: number;
  /** Milliseconds until the window ends and everything is free again. */
  readonly resetsAfterMs: number;
}

export interface Limit {
  /** Points that may be used in one window. */
  readonly points: number;
  /** Milliseconds; a window begins with the first point used. */
  readonly windowMs: number;
}

/** One note among those of the last moments. */
export interface Note {
  /** Notes under the key within the window, this one included. */
  readonly count: number;
  /** Takes the note back, as if it had not been made. */
  forget(): Promise<void>;
}

/**
 * `shared`: every replica sees the same counts. `alone`: each process counts for itself, which is the
 * whole truth when there is one. `degraded`: it should be shared, the shared store does not answer, and
 * each process counts its own share until it does.
 */
export interface SharedStateHealth {
  readonly kind: "shared" | "alone" | "degraded";
  /** Epoch milliseconds since when it is so; null when it always was. */
  readonly sinceMs: number | null;
}

/**
 * Small things that replicas must agree on: budgets used, calls repeated, confirmations spent, choices
 * remembered. Every entry ends by itself. Nothing here is needed after a restart.
 */
export interface SharedState {
  /**
   * Counts `points` against the limit of `key`, atomically over all replicas: of concurrent calls
   * exactly as many are allowed as the limit holds. 0 points only looks.
   */
  consume(key: string, points: number, limit: Limit): Promise<Consumption>;
  /** Notes that something happens now, and counts how often it did within the last `windowMs`. */
  note(key: string, windowMs: number): Promise<Note>;
  /** True for exactly one of all who ask for the same key within `ttlMs`. */
  claim(key: string, ttlMs: number): Promise<boolean>;
  read(key: string): Promise<string | undefined>;
  write(key: string, value: string, ttlMs: number): Promise<void>;
  health(): SharedStateHealth;
  close(): Promise<void>;
}
