import type { Cloud } from "../../cloud.ts";
import type { Togetherness } from "./key-confidence.ts";
import type { CloudUsage, TagUsage } from "./tag-usage.ts";

interface Placed {
  readonly cloud: Cloud;
  readonly key: string;
}

/** Resources at which half of what standing together can say is believed. */
const HALF_BELIEVED_AT = 4;

/** How often two keys stand on the same resource, looked up in the key sets of each cloud. */
export class TogetherIndex {
  readonly #usage: TagUsage;
  /** For each cloud and key the numbers of the key sets that hold it. */
  readonly #sets: ReadonlyMap<Cloud, ReadonlyMap<string, readonly number[]>>;

  constructor(usage: TagUsage) {
    this.#usage = usage;
    this.#sets = new Map([...usage.clouds].map(([cloud, own]) => [cloud, setsByKey(own)]));
  }

  /** Spellings of one key with spellings of another; only clouds that use both can tell. */
  of(ones: readonly Placed[], others: readonly Placed[]): Togetherness {
    let both = 0;
    let rarer = 0;
    let expected = 0;
    for (const [cloud, own] of this.#usage.clouds) {
      const a = this.#holding(cloud, ones);
      const b = this.#holding(cloud, others);
      if (a.size === 0 || b.size === 0) continue;
      const counts = [a, b].map((sets) => sum(own, sets));
      const fewer = Math.min(...counts);
      both += sum(own, a.intersection(b));
      rarer += fewer;
      expected +=
        (fewer * Math.max(usedBy(own, cloud, ones), usedBy(own, cloud, others))) / own.resources;
    }
    if (rarer === 0) return { together: 0, expected: 0, reliability: 0 };
    return {
      together: both / rarer,
      expected: Math.min(1, expected / rarer),
      reliability: rarer / (rarer + HALF_BELIEVED_AT),
    };
  }

  #holding(cloud: Cloud, placed: readonly Placed[]): ReadonlySet<number> {
    const sets = this.#sets.get(cloud);
    return new Set(
      placed.flatMap((one) => (one.cloud === cloud ? (sets?.get(one.key) ?? []) : [])),
    );
  }
}

function setsByKey({ keySets }: CloudUsage): ReadonlyMap<string, readonly number[]> {
  const byKey = new Map<string, number[]>();
  for (const [at, { keys }] of keySets.entries())
    for (const key of keys) {
      const sets = byKey.get(key);
      if (sets === undefined) byKey.set(key, [at]);
      else sets.push(at);
    }
  return byKey;
}

function sum({ keySets }: CloudUsage, sets: ReadonlySet<number>): number {
  let resources = 0;
  for (const at of sets) resources += keySets[at]?.resources ?? 0;
  return resources;
}

function usedBy(own: CloudUsage, cloud: Cloud, placed: readonly Placed[]): number {
  return placed.reduce(
    (total, one) => total + (one.cloud === cloud ? (own.keys.get(one.key)?.resources ?? 0) : 0),
    0,
  );
}
