import type { Cloud } from "../../cloud.ts";
import type { TagSet } from "../../resource.ts";
import { compareTexts, CountedSample, textHash } from "./counted-sample.ts";
import { foldValue } from "./spelling.ts";

/** Whose resources are compared by cost centre. */
export const PAYER_ROLES = ["application", "owner"] as const;
export type PayerRole = (typeof PAYER_ROLES)[number];
export type TagRole = PayerRole | "cost_center";

export interface MeaningOfTag {
  readonly role: TagRole;
  /** Of several keys of one role on a resource the lowest counts. */
  readonly rank: number;
  /** The value the policy means, in the policy's own spelling. */
  readonly canonical: (value: string) => string;
}

/** Which keys name an application, an owner or a cost centre on a cloud; null: another matter. */
export type RoleOf = (cloud: Cloud, key: string) => MeaningOfTag | null;

/** One application or owner, and the cost centres its resources name, in canonical spelling. */
export interface Payer {
  readonly name: string;
  readonly costCenters: ReadonlyMap<Cloud, ReadonlyMap<string, number>>;
}

export const PAYER_LIMITS = {
  /** Applications, and owners, of which cost centres are remembered. */
  payers: 2_000,
  /** Cost centres per payer and cloud. */
  costCenters: 16,
} as const;
const REMEMBERED_KEYS = 4_000;

interface Held {
  readonly spellings: CountedSample;
  readonly costCenters: Map<Cloud, CountedSample>;
}

/** Reads who a resource belongs to, and who pays for it, off its tags. */
export class RoleReader {
  readonly #roleOf: RoleOf;
  readonly #roles = new Map<Cloud, Map<string, MeaningOfTag | null>>();

  constructor(roleOf: RoleOf) {
    this.#roleOf = roleOf;
  }

  /**
   * In canonical spelling. Of several keys of one role and rank the first in `tags` counts.
   * @param tags sorted by key.
   */
  read(cloud: Cloud, tags: TagSet): Partial<Record<TagRole, string>> {
    const found: Partial<Record<TagRole, string>> = {};
    const ranks: Partial<Record<TagRole, number>> = {};
    for (const { key, value } of tags) {
      const meaning = this.#meaning(cloud, key);
      if (meaning === null) continue;
      if (meaning.rank >= (ranks[meaning.role] ?? Number.POSITIVE_INFINITY)) continue;
      ranks[meaning.role] = meaning.rank;
      found[meaning.role] = meaning.canonical(value);
    }
    return found;
  }

  #meaning(cloud: Cloud, key: string): MeaningOfTag | null {
    const roles = this.#roles.get(cloud) ?? new Map<string, MeaningOfTag | null>();
    const known = roles.get(key);
    if (known !== undefined) return known;
    if (roles.size >= REMEMBERED_KEYS) roles.clear();
    const meaning = this.#roleOf(cloud, key);
    this.#roles.set(cloud, roles.set(key, meaning));
    return meaning;
  }
}

/** Counts cost centres per application and owner. Bounded like `CountedSample`, and order does not matter. */
export class PayerUsage {
  readonly #roles: RoleReader;
  readonly #held: Readonly<Record<PayerRole, Map<string, Held>>> = {
    application: new Map(),
    owner: new Map(),
  };
  readonly #hashLimits: Record<PayerRole, number> = {
    application: Number.POSITIVE_INFINITY,
    owner: Number.POSITIVE_INFINITY,
  };

  constructor(roleOf: RoleOf) {
    this.#roles = new RoleReader(roleOf);
  }

  get tracked(): number {
    let texts = 0;
    for (const role of PAYER_ROLES)
      for (const { costCenters, spellings } of this.#held[role].values()) {
        texts += 1 + spellings.size;
        for (const sample of costCenters.values()) texts += sample.size;
      }
    return texts;
  }

  /** @param tags sorted by key. */
  add(cloud: Cloud, tags: TagSet, count: number): void {
    const named = this.#roles.read(cloud, tags);
    const costCenter = named.cost_center;
    if (costCenter === undefined || costCenter.trim() === "") return;
    for (const role of PAYER_ROLES) {
      const name = named[role];
      if (name === undefined || name.trim() === "") continue;
      const held = this.#hold(role, foldValue(name));
      if (held === undefined) continue;
      held.spellings.add(name, count);
      const perCloud = held.costCenters.get(cloud) ?? new CountedSample(PAYER_LIMITS.costCenters);
      held.costCenters.set(cloud, perCloud);
      perCloud.add(costCenter, count);
    }
  }

  read(): Readonly<Record<PayerRole, readonly Payer[]>> {
    return { application: this.#payers("application"), owner: this.#payers("owner") };
  }

  #payers(role: PayerRole): readonly Payer[] {
    if (this.#held[role].size > PAYER_LIMITS.payers) this.#prune(role);
    return [...this.#held[role]]
      .toSorted(([a], [b]) => compareTexts(a, b))
      .map(([fold, { spellings, costCenters }]) => ({
        name: mostUsed(spellings.read().counts) ?? fold,
        costCenters: new Map(
          [...costCenters]
            .toSorted(([a], [b]) => compareTexts(a, b))
            .map(([cloud, sample]) => [cloud, sample.read().counts]),
        ),
      }));
  }

  #hold(role: PayerRole, fold: string): Held | undefined {
    const held = this.#held[role].get(fold);
    if (held !== undefined) return held;
    if (textHash(fold) > this.#hashLimits[role]) return undefined;
    const added: Held = { spellings: new CountedSample(4), costCenters: new Map() };
    this.#held[role].set(fold, added);
    if (this.#held[role].size > 2 * PAYER_LIMITS.payers) this.#prune(role);
    return this.#held[role].get(fold);
  }

  #prune(role: PayerRole): void {
    const held = this.#held[role];
    const hashes = [...held.keys()].map(textHash).toSorted((a, b) => a - b);
    this.#hashLimits[role] = (hashes[PAYER_LIMITS.payers] ?? 0) - 1;
    for (const fold of held.keys()) if (textHash(fold) > this.#hashLimits[role]) held.delete(fold);
  }
}

/** The text with the highest count; of equals the first in code unit order. */
export function mostUsed(counts: ReadonlyMap<string, number>): string | undefined {
  let best: string | undefined;
  for (const [text, count] of counts) {
    const lead = count - (best === undefined ? 0 : (counts.get(best) ?? 0));
    if (best === undefined || lead > 0 || (lead === 0 && compareTexts(text, best) < 0)) best = text;
  }
  return best;
}
