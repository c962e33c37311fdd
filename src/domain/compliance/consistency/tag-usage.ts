import { CLOUDS, type Cloud } from "../../cloud.ts";
import { isProviderOwned } from "../../policy/provider-owned.ts";
import type { Tag, TagSet } from "../../resource.ts";
import { compareTexts, CountedSample, type TextCounts } from "./counted-sample.ts";
import { foldValue } from "./spelling.ts";
import { type Payer, type PayerRole, PayerUsage, type RoleOf } from "./payers.ts";

/** How many different texts are remembered; beyond, samples are. Together some tens of megabytes. */
export const USAGE_LIMITS = {
  /** Key spellings per cloud. */
  keys: 2_000,
  /** Values per key spelling and cloud. */
  values: 200,
  /** Sets of keys that stand together on a resource, per cloud. */
  keySets: 5_000,
} as const;

export interface KeyUsage {
  readonly key: string;
  /** Resources that carry it. */
  readonly resources: number;
  readonly values: TextCounts;
}

export interface KeySet {
  readonly keys: readonly string[];
  readonly resources: number;
}

/** How the resources of one cloud use tags. The provider's own tags are left out. */
export interface CloudUsage {
  /** Resources whose tags are known. */
  readonly resources: number;
  /** Resources whose tags are not known. */
  readonly unknown: number;
  readonly keys: ReadonlyMap<string, KeyUsage>;
  /** Which keys stand together, or a fair sample of it. */
  readonly keySets: readonly KeySet[];
  /** Tags whose key is one spelling too many to be remembered. */
  readonly tagsNotCompared: number;
}

export interface TagUsage {
  readonly clouds: ReadonlyMap<Cloud, CloudUsage>;
  /** Applications and owners, with the cost centres their resources name. */
  readonly payers: Readonly<Record<PayerRole, readonly Payer[]>>;
}

export interface TagUsageAccumulator {
  /** @param count of resources with these very tags, default 1. `tags` null: not known. */
  add(resource: { readonly cloud: Cloud; readonly tags: TagSet | null }, count?: number): void;
  /** Texts held now, over all clouds; bounded whatever was added. */
  readonly tracked: number;
  read(): TagUsage;
}

/** Gathers what consistency is judged by, in memory that does not grow with the estate. */
export function createTagUsage(roleOf: RoleOf): TagUsageAccumulator {
  const clouds = new Map(CLOUDS.map((cloud) => [cloud, new CloudCounter(cloud)]));
  const payers = new PayerUsage(roleOf);
  return {
    add: ({ cloud, tags }, count = 1) => {
      const own = clouds.get(cloud)?.add(tags, count) ?? [];
      payers.add(cloud, own, count);
    },
    get tracked() {
      const held = [...clouds.values()].reduce((sum, counter) => sum + counter.tracked, 0);
      return held + payers.tracked;
    },
    read: () => ({
      clouds: new Map([...clouds].flatMap(([cloud, counter]) => counter.read(cloud))),
      payers: payers.read(),
    }),
  };
}

class CloudCounter {
  readonly #cloud: Cloud;
  readonly #keys = new CountedSample(USAGE_LIMITS.keys);
  readonly #values = new Map<string, CountedSample>();
  readonly #keySets = new CountedSample(USAGE_LIMITS.keySets);
  readonly #provider = new Map<string, boolean>();
  #resources = 0;
  #unknown = 0;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  get tracked(): number {
    let values = 0;
    for (const sample of this.#values.values()) values += sample.size;
    return values + this.#keys.size + this.#keySets.size;
  }

  /** @returns the tags that people wrote, sorted by key. */
  add(tags: TagSet | null, count: number): TagSet {
    if (tags === null) {
      this.#unknown += count;
      return [];
    }
    this.#resources += count;
    const own = sortedByKey(tags.filter(({ key }) => key !== "" && !this.#isProviders(key)));
    for (const { key, value } of own) {
      this.#keys.add(key, count);
      let values = this.#values.get(key);
      if (values === undefined) {
        values = new CountedSample(USAGE_LIMITS.values, foldValue);
        this.#values.set(key, values);
      }
      values.add(value, count);
    }
    if (own.length > 0) this.#keySets.add(own.map(({ key }) => key).join(KEY_END), count);
    if (this.#values.size > 3 * USAGE_LIMITS.keys) this.#forget();
    return own;
  }

  read(cloud: Cloud): readonly (readonly [Cloud, CloudUsage])[] {
    if (this.#resources + this.#unknown === 0) return [];
    const { counts, total } = this.#keys.read();
    const compared = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const keys = [...counts].flatMap(([key, resources]) => {
      const values = this.#values.get(key)?.read();
      return values === undefined ? [] : [[key, { key, resources, values }] as const];
    });
    const keySets = [...this.#keySets.read().counts].map(([text, resources]) => ({
      keys: text.split(KEY_END),
      resources,
    }));
    const usage: CloudUsage = {
      resources: this.#resources,
      unknown: this.#unknown,
      keys: new Map(keys),
      keySets,
      tagsNotCompared: total - compared,
    };
    return [[cloud, usage]];
  }

  /** Values of keys that the sample of keys has dropped, which never come back. */
  #forget(): void {
    const { counts } = this.#keys.read();
    for (const key of this.#values.keys()) if (!counts.has(key)) this.#values.delete(key);
  }

  #isProviders(key: string): boolean {
    const known = this.#provider.get(key);
    if (known !== undefined) return known;
    if (this.#provider.size >= USAGE_LIMITS.keys) this.#provider.clear();
    const owned = isProviderOwned(this.#cloud, key);
    this.#provider.set(key, owned);
    return owned;
  }
}

/** No cloud allows this character in a key. */
const KEY_END = "\u0000";

function sortedByKey(tags: readonly Tag[]): readonly Tag[] {
  const sorted = tags.every((tag, at) => at === 0 || (tags[at - 1]?.key ?? "") <= tag.key);
  return sorted ? tags : tags.toSorted((a, b) => compareTexts(a.key, b.key));
}
