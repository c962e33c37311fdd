import { CLOUDS, type Cloud } from "../cloud.ts";
import type { Micros } from "../money.ts";
import type { TagSet } from "../resource.ts";
import type { AllocationJudge, Attribution } from "./allocation.ts";
import type { CostDimension, CostGroup } from "./cost-line.ts";
import { parentOf } from "./parents.ts";
import { type BucketMicros, WaterfallRows } from "./waterfall.ts";

/**
 * What a gap can be broken down by. `tag`: the value of the judged tags; `team`: the value of the tag
 * that names teams.
 */
export const GAP_GROUPINGS = [
  "cloud",
  "account",
  "region",
  "service",
  "type",
  "tag",
  "team",
  "month",
] as const;
export type GapGrouping = (typeof GAP_GROUPINGS)[number];

/** The dimension a bill must be asked for to break it down so; null where every answer has it. */
export const DIMENSION_OF = {
  cloud: null,
  account: "account",
  region: "region",
  service: "service",
  type: "resource_type",
  tag: null,
  team: null,
  month: null,
} as const satisfies Readonly<Record<GapGrouping, CostDimension | null>>;

/** Part of a gap that is wrong in one way in one place: what steps to close it are found from. */
export interface GapCell {
  readonly cloud: Cloud;
  readonly account: string | null;
  /** Parent that tags could be set on once for all, where known, such as `autoscaling_group web`. Untrusted text. */
  readonly parent: string | null;
  /** The tag with a wrong value and that value; null where it is missing. Untrusted text. */
  readonly wrong: {
    readonly tag: string;
    readonly actual: string;
    readonly suggestion: string | null;
  } | null;
  readonly micros: Micros;
}

/** Buckets under one value of a grouping; null: the bill does not say. */
export interface GapRow {
  /** Untrusted text for most groupings. */
  readonly value: string | null;
  readonly buckets: BucketMicros;
}

export interface GapTallyOptions {
  readonly judge: AllocationJudge;
  readonly grouping: GapGrouping | null;
  /** Canonical name of the tag that names teams. */
  readonly teamTag: string;
  readonly metric: "effective" | "billed";
}

/** Everything that is summed for the charges of one currency. */
export interface GapSums {
  readonly currency: string;
  readonly buckets: BucketMicros;
  /** Largest gap first; empty without a grouping. */
  readonly rows: readonly GapRow[];
  /** In order of time. */
  readonly months: readonly GapRow[];
  readonly clouds: readonly Cloud[];
  readonly cells: readonly GapCell[];
  /** Valid spend per account and canonical value of the first judged tag: evidence for account defaults. */
  readonly owners: ReadonlyMap<string, ReadonlyMap<string, Micros>>;
  /** When the first exemption behind `exempt` ends, epoch milliseconds; null without one. */
  readonly firstExemptionEndsMs: number | null;
  readonly lines: number;
}

/** Sums groups of charges. Groups of several currencies are kept apart; the order of adding changes nothing. */
export class GapTally {
  readonly #options: GapTallyOptions;
  readonly #byCurrency = new Map<string, CurrencyTally>();

  constructor(options: GapTallyOptions) {
    this.#options = options;
  }

  add(group: CostGroup): void {
    this.#in(group.currency).add(group);
  }

  /**
   * Gives a charge that was added the parent that the inventory's tags of its resource name. Only steps to
   * close a gap are found from parents: no bucket, row or month changes.
   */
  adopt(group: CostGroup, inventoryTags: TagSet): void {
    this.#in(group.currency).adopt(group, inventoryTags);
  }

  /** Adds what another tally with the same options has summed. */
  absorb(other: GapTally): void {
    for (const [currency, tally] of other.#byCurrency) this.#in(currency).absorb(tally);
  }

  #in(currency: string): CurrencyTally {
    let tally = this.#byCurrency.get(currency);
    if (tally === undefined) {
      tally = new CurrencyTally(this.#options);
      this.#byCurrency.set(currency, tally);
    }
    return tally;
  }

  /** One entry per currency, by code. */
  sums(): readonly GapSums[] {
    return [...this.#byCurrency]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, tally]) => tally.sums(currency));
  }
}

const ALL = "";
const UNKNOWN = "\u0000";

class CurrencyTally {
  readonly #options: GapTallyOptions;
  readonly #total = new WaterfallRows();
  readonly #rows = new WaterfallRows();
  readonly #months = new WaterfallRows();
  readonly #clouds = new Set<Cloud>();
  readonly #cells = new Map<string, { cell: Omit<GapCell, "micros">; micros: Micros }>();
  readonly #owners = new Map<string, Map<string, Micros>>();
  #firstExemptionEndsMs: number | null = null;
  #lines = 0;

  constructor(options: GapTallyOptions) {
    this.#options = options;
  }

  add(group: CostGroup): void {
    const { judge, grouping } = this.#options;
    const found = judge.judge(group);
    const micros = this.#amountOf(group);
    this.#clouds.add(group.cloud);
    this.#lines += group.lines;
    this.#total.add(ALL, found.bucket, micros);
    this.#months.add(group.month, found.bucket, micros);
    if (grouping !== null)
      this.#rows.add(this.#rowOf(group, found, grouping) ?? UNKNOWN, found.bucket, micros);
    this.#explain(group, found, micros);
  }

  #amountOf({ billedMicros, effectiveMicros }: CostGroup): Micros {
    return this.#options.metric === "billed" ? (billedMicros ?? effectiveMicros) : effectiveMicros;
  }

  adopt(group: CostGroup, inventoryTags: TagSet): void {
    const [before, parent] = [parentOf(group), parentOf(group, inventoryTags)];
    if (before === parent) return;
    const found = this.#options.judge.judge(group);
    if (!isGap(found)) return;
    const cell = cellOf(group, found);
    this.#addToCell({ ...cell, parent: before }, -this.#amountOf(group));
    this.#addToCell({ ...cell, parent }, this.#amountOf(group));
  }

  #rowOf(group: CostGroup, found: Attribution, grouping: GapGrouping): string | null {
    if (grouping === "tag") return found.values.includes(null) ? null : found.values.join(" + ");
    if (grouping === "team") return this.#options.judge.valueOf(group, this.#options.teamTag);
    if (grouping === "type") return group.resourceType;
    return group[grouping];
  }

  #explain(group: CostGroup, found: Attribution, micros: Micros): void {
    const account = accountKey(group.cloud, group.account);
    if (found.bucket === "allocated") {
      this.#addOwner(account, found.values[0] ?? "", micros);
    } else if (found.bucket === "exempt") {
      this.#firstExemptionEndsMs = earlier(this.#firstExemptionEndsMs, found.exemptUntilMs);
    } else if (isGap(found)) {
      this.#addToCell({ ...cellOf(group, found), parent: parentOf(group) }, micros);
    }
  }

  #addToCell(cell: Omit<GapCell, "micros">, micros: Micros): void {
    const { cloud, account, parent, wrong } = cell;
    const key = JSON.stringify([cloud, account, parent, wrong?.tag, wrong?.actual]);
    const known = this.#cells.get(key);
    if (known === undefined) this.#cells.set(key, { cell, micros });
    else known.micros += micros;
  }

  #addOwner(account: string, value: string, micros: Micros): void {
    const values = this.#owners.get(account) ?? new Map<string, Micros>();
    values.set(value, (values.get(value) ?? 0n) + micros);
    this.#owners.set(account, values);
  }

  absorb(other: CurrencyTally): void {
    this.#total.absorb(other.#total);
    this.#rows.absorb(other.#rows);
    this.#months.absorb(other.#months);
    for (const cloud of other.#clouds) this.#clouds.add(cloud);
    for (const { cell, micros } of other.#cells.values()) this.#addToCell(cell, micros);
    for (const [account, values] of other.#owners)
      for (const [value, micros] of values) this.#addOwner(account, value, micros);
    this.#firstExemptionEndsMs = earlier(this.#firstExemptionEndsMs, other.#firstExemptionEndsMs);
    this.#lines += other.#lines;
  }

  sums(currency: string): GapSums {
    const rows = this.#rows.rows();
    return {
      currency,
      buckets: this.#total.get(ALL),
      rows: rows.map(([value, buckets]) => ({ value: value === UNKNOWN ? null : value, buckets })),
      months: this.#months
        .rows()
        .map(([value, buckets]) => ({ value, buckets }))
        .toSorted((a, b) => (a.value < b.value ? -1 : 1)),
      clouds: CLOUDS.filter((cloud) => this.#clouds.has(cloud)),
      cells: [...this.#cells.values()].map(({ cell, micros }) => ({ ...cell, micros })),
      owners: this.#owners,
      firstExemptionEndsMs: this.#firstExemptionEndsMs,
      lines: this.#lines,
    };
  }
}

/** Only what is part of taggable spend: a path's share is one of that. */
function isGap({ bucket }: Attribution): boolean {
  return bucket === "gap_missing_or_empty" || bucket === "gap_invalid_value";
}

function cellOf(
  { cloud, account }: CostGroup,
  { fault }: Attribution,
): Omit<GapCell, "micros" | "parent"> {
  const wrong =
    fault === null
      ? null
      : { tag: fault.tag, actual: fault.actual ?? "", suggestion: fault.suggestion };
  return { cloud, account, wrong };
}

function earlier(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

/** Names an account of a cloud in `GapSums.owners`. */
export function accountKey(cloud: Cloud, account: string | null): string {
  return `${cloud} ${account ?? ""}`;
}
