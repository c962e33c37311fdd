export interface Clock {
  /** Milliseconds since the epoch, UTC. */
  now(): number;
}
