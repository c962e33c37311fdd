import type { Clock } from "../ports/clock.ts";

export interface Bounds {
  readonly entries: number;
  /** Of the weights of all entries; default: entries weigh nothing. */
  readonly weight?: number;
}

interface Entry<V> {
  readonly value: V;
  readonly endsAtMs: number;
  readonly weight: number;
}

/** How often everything that has ended is removed, at the next write; what has ended is never read. */
const SWEEP_MS = 10_000;

/**
 * Values that end by themselves. Whoever calls chooses the keys, so there is an end to how many are kept:
 * those written longest ago make room.
 */
export class ExpiringMap<V> {
  readonly #entries = new Map<string, Entry<V>>();
  readonly #clock: Clock;
  readonly #bounds: Bounds;
  #weight = 0;
  #sweptAtMs: number;

  constructor(clock: Clock, bounds: Bounds) {
    this.#clock = clock;
    this.#bounds = bounds;
    this.#sweptAtMs = clock.now();
  }

  /** Kept, those included that have ended and were not removed yet. */
  get size(): number {
    return this.#entries.size;
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.endsAtMs > this.#clock.now() ? entry.value : undefined;
  }

  set(
    key: string,
    value: V,
    { endsAtMs, weight = 0 }: { endsAtMs: number; weight?: number },
  ): void {
    this.#delete(key);
    this.#entries.set(key, { value, endsAtMs, weight });
    this.#weight += weight;
    this.#sweep();
    const { entries: most, weight: heaviest = Number.POSITIVE_INFINITY } = this.#bounds;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= most && this.#weight <= heaviest) return;
      this.#delete(oldest);
    }
  }

  #sweep(): void {
    const nowMs = this.#clock.now();
    if (nowMs - this.#sweptAtMs < SWEEP_MS) return;
    this.#sweptAtMs = nowMs;
    for (const [key, { endsAtMs }] of this.#entries) if (endsAtMs <= nowMs) this.#delete(key);
  }

  #delete(key: string): void {
    this.#weight -= this.#entries.get(key)?.weight ?? 0;
    this.#entries.delete(key);
  }
}
