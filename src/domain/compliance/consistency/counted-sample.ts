/** How often each text was seen, or a fair sample of it. */
export interface TextCounts {
  readonly counts: ReadonlyMap<string, number>;
  /** Of all texts, those outside the sample too. */
  readonly total: number;
  /** Every text seen is in `counts`. */
  readonly complete: boolean;
  /** Texts whose hash is beyond this are not in `counts`; two samples compare below the lower limit. */
  readonly hashLimit: number;
}

const MAX_HASH = 0xff_ff_ff_ff;

/**
 * Counts texts in bounded memory. Beyond its limit it keeps the texts with the lowest hashes: a text that
 * is kept was never dropped before, so its count is exact, and what is kept depends on the set of texts
 * alone, never on their order. (Bottom-k sampling: Cohen and Kaplan, "Summarizing data using bottom-k
 * sketches", PODC 2007.)
 */
export class CountedSample {
  readonly #limit: number;
  readonly #hashOf: (text: string) => number;
  readonly #counts = new Map<string, number>();
  #total = 0;
  #hashLimit = MAX_HASH;

  /** @param fold Texts with the same fold are kept or dropped together. */
  constructor(limit: number, fold: (text: string) => string = (text) => text) {
    this.#limit = limit;
    this.#hashOf = (text) => textHash(fold(text));
  }

  /** Texts held now; at most twice the limit. */
  get size(): number {
    return this.#counts.size;
  }

  add(text: string, count: number): void {
    this.#total += count;
    const known = this.#counts.get(text);
    if (known === undefined && this.#hashLimit < MAX_HASH && this.#hashOf(text) > this.#hashLimit)
      return;
    this.#counts.set(text, (known ?? 0) + count);
    if (this.#counts.size > 2 * this.#limit) this.#prune();
  }

  read(): TextCounts {
    if (this.#counts.size > this.#limit) this.#prune();
    return {
      counts: new Map([...this.#counts].toSorted(([a], [b]) => compareTexts(a, b))),
      total: this.#total,
      complete: this.#hashLimit === MAX_HASH,
      hashLimit: this.#hashLimit,
    };
  }

  #prune(): void {
    const hashes = [...this.#counts.keys()].map(this.#hashOf).toSorted((a, b) => a - b);
    // One below the first hash that does not fit: equal hashes go together.
    this.#hashLimit = (hashes[this.#limit] ?? MAX_HASH) - 1;
    for (const text of this.#counts.keys())
      if (this.#hashOf(text) > this.#hashLimit) this.#counts.delete(text);
  }
}

/** FNV-1a with the finishing rounds of MurmurHash3: 32 even bits, the same on every machine. */
export function textHash(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let at = 0; at < text.length; at += 1)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01_00_01_93);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2_b2_ae_35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Order by code unit: the same everywhere, whatever the locale. */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
