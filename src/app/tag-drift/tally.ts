import {
  DRIFT_KINDS,
  DRIFT_SEVERITIES,
  type DriftKind,
  type DriftSeverity,
  type TagDrift,
} from "../../domain/compliance/drift/drift.ts";
import type { Place } from "../../ports/history.ts";

/** One drifted tag of one resource. */
export interface FoundDrift {
  readonly drift: TagDrift;
  readonly resourceId: string;
  readonly place: Place;
}

export interface TagDriftCount {
  /** The policy's name, or the key where the policy knows none. */
  readonly tag: string;
  readonly count: number;
}

export interface AccountDriftCount {
  readonly cloud: string;
  readonly account: string;
  readonly count: number;
}

export interface DriftTally {
  readonly total: number;
  readonly byKind: Readonly<Record<DriftKind, number>>;
  readonly bySeverity: Readonly<Record<DriftSeverity, number>>;
  /** Most frequent first. */
  readonly byTag: readonly TagDriftCount[];
  readonly byAccount: readonly AccountDriftCount[];
}

/** Keys come from people: beyond this many, further ones are counted in the total alone. */
const MOST_TAGS = 10_000;
/** Greater than any number of a change, so that severity comes first in one number. */
const PER_SEVERITY = 2 ** 50;

/** Where a drift stands in the order of pages: the worst first, and of those the youngest. */
export function positionOf({ severity, no }: Pick<TagDrift, "severity" | "no">): number {
  return DRIFT_SEVERITIES.indexOf(severity) * PER_SEVERITY + (PER_SEVERITY - 1 - no);
}

/** Counts every drift and keeps one page of them, whatever their number. */
export class DriftCollector {
  readonly #kinds = { added: 0, removed: 0, changed: 0, renamed: 0 };
  readonly #severities = { critical: 0, error: 0, warning: 0, info: 0 };
  readonly #tags = new Map<string, number>();
  readonly #accounts = new Map<string, AccountDriftCount>();
  readonly #after: number;
  readonly #limit: number;
  #page: FoundDrift[] = [];

  /** @param page.after position of the last drift already shown; -1 for the first page. */
  constructor(page: { readonly after: number; readonly limit: number }) {
    this.#after = page.after;
    this.#limit = page.limit;
  }

  add(found: FoundDrift): void {
    const { drift, place } = found;
    this.#kinds[drift.kind] += 1;
    this.#severities[drift.severity] += 1;
    const tag = drift.tag ?? drift.key;
    const tags = this.#tags.get(tag);
    if (tags !== undefined || this.#tags.size < MOST_TAGS) this.#tags.set(tag, (tags ?? 0) + 1);
    const { cloud, account } = place;
    const key = `${cloud} ${account}`;
    const count = (this.#accounts.get(key)?.count ?? 0) + 1;
    this.#accounts.set(key, { cloud, account, count });
    if (positionOf(drift) > this.#after) this.#keep(found);
  }

  /** One more than a page is kept, to know whether there is a next. */
  #keep(found: FoundDrift): void {
    this.#page.push(found);
    if (this.#page.length > 4 * (this.#limit + 1)) this.#page = this.#sorted();
  }

  #sorted(): FoundDrift[] {
    return this.#page
      .toSorted((a, b) => positionOf(a.drift) - positionOf(b.drift))
      .slice(0, this.#limit + 1);
  }

  page(): { readonly shown: readonly FoundDrift[]; readonly next: number | null } {
    const sorted = this.#sorted();
    const shown = sorted.slice(0, this.#limit);
    const last = shown.at(-1);
    return {
      shown,
      next: sorted.length > shown.length && last !== undefined ? positionOf(last.drift) : null,
    };
  }

  tally(): DriftTally {
    return {
      total: DRIFT_KINDS.reduce((sum, kind) => sum + this.#kinds[kind], 0),
      byKind: this.#kinds,
      bySeverity: this.#severities,
      byTag: [...this.#tags]
        .map(([tag, count]) => ({ tag, count }))
        .toSorted((a, b) => b.count - a.count || (a.tag < b.tag ? -1 : 1)),
      byAccount: [...this.#accounts.values()].toSorted((a, b) => b.count - a.count),
    };
  }
}
