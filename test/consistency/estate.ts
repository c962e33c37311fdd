import type { Cloud } from "../../src/domain/cloud.ts";
import { gcpLabelKey } from "../../src/domain/policy/gcp-labels.ts";
import { policySchema } from "../../src/domain/policy/schema.ts";
import type { Tag } from "../../src/domain/resource.ts";
import { type BaseKey, type Plan, PLAN, type ValueKind } from "./planted.ts";

/** Knows half of the base keys; the other half must be understood without it. */
export const POLICY = policySchema.parse({
  version: "2.0",
  required_tags: [
    { name: "CostCenter" },
    { name: "Owner" },
    { name: "Environment", allowed_values: ["production", "staging", "development", "test"] },
  ],
  optional_tags: [{ name: "Application" }],
});

export interface PlantedResource {
  readonly cloud: Cloud;
  readonly tags: readonly Tag[];
}

type Random = () => number;

/** Mulberry32: small, and the same on every machine. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const numbered = (count: number, name: (at: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, at) => name(at));
const PEOPLE = ["ada", "ben", "cho", "dev", "eva", "fay", "gus", "hal", "ines", "jon"];
const VALUES: Readonly<Record<Extract<ValueKind, string>, readonly string[]>> = {
  cost_centers: numbered(30, (at) => `CC-${1001 + at * 7}`),
  emails: numbered(
    40,
    (at) => `${PEOPLE[at % 10] ?? ""}.${"abcd"[at % 4] ?? ""}${at}@corp.example`,
  ),
  environments: ["production", "development", "staging", "test"],
  applications: `checkout search loyalty ads billing ledger catalog orders mail auth risk fraud
    pricing stock returns portal reports maps chat media`.split(/\s+/),
  projects: numbered(18, (at) => `${["Falcon", "Heron", "Osprey"][at % 3] ?? ""}-${at}`),
  departments: ["Engineering", "Marketing", "Sales", "Operations", "Finance", "Legal"],
  units: ["Retail", "Wholesale", "Logistics", "Media"],
  teams: ["payments", "discovery", "platform", "data", "mobile", "identity", "sre"],
  ids: numbered(400, (at) => `id-${10_000 + at * 13}`),
  versions: numbered(50, (at) => `${1 + (at % 5)}.${at}.0`),
  dates: numbered(300, (at) => `2026-${String(1 + (at % 12)).padStart(2, "0")}-${1 + (at % 28)}`),
  booleans: ["true", "false"],
  phones: numbered(60, (at) => `+49 30 ${5000 + at * 17}`),
  profit_centers: numbered(20, (at) => `PC-${2000 + at * 11}`),
};

/** Some values are far more frequent than others (Zipf), and each estate has its own favourites. */
class ValueSource {
  readonly #random: Random;
  readonly #offset: number;
  constructor(random: Random) {
    this.#random = random;
    this.#offset = Math.floor(random() * 1000);
  }
  pick(kind: ValueKind, cloud: Cloud): string {
    if (this.#random() < 0.02) return this.#random() < 0.5 ? "unknown" : "tbd";
    const all = typeof kind === "string" ? VALUES[kind] : kind;
    const rank = Math.floor(all.length ** this.#random() - 1 + 1e-9);
    const value = all[(rank + this.#offset) % all.length] ?? "";
    return cloud === "gcp" ? value.toLowerCase().replaceAll(/[^a-z0-9_-]/g, "_") : value;
  }
}

const CLOUD_OF: readonly Cloud[] = ["aws", "aws", "aws", "azure", "azure", "gcp"];
/** Of the resources of its cloud that say what the variant says. */
const VARIANT_RATE = 0.015;

/** An estate of a company that grew by acquisition: right keys mostly, 40 variants, 40 look-alikes. */
export function* plantedEstate(
  seed: number,
  resources: number,
  plan: Plan = PLAN,
): Generator<PlantedResource> {
  const random = randomFrom(seed);
  const values = new ValueSource(random);
  for (let made = 0; made < resources; made += 1) {
    const cloud = CLOUD_OF[Math.floor(random() * CLOUD_OF.length)] ?? "aws";
    const tags: Tag[] = [];
    const replaced = new Set<string>();
    for (const one of plan.lookAlikes) {
      if (!one.clouds.includes(cloud) || random() >= one.rate) continue;
      if (one.instead) replaced.add(one.near);
      tags.push({ key: one.key, value: values.pick(one.values, cloud) });
    }
    for (const base of plan.base) {
      if (replaced.has(base.key) || random() >= base.rate) continue;
      tags.push({
        key: spelling(plan, base, { cloud, random }),
        value: values.pick(base.values, cloud),
      });
    }
    yield { cloud, tags };
  }
}

function spelling(
  { variants }: Plan,
  { key }: BaseKey,
  { cloud, random }: { readonly cloud: Cloud; readonly random: Random },
): string {
  const own = variants.filter((variant) => variant.of === key && variant.cloud === cloud);
  const chosen = own[Math.floor(random() / VARIANT_RATE)];
  return chosen?.key ?? (cloud === "gcp" ? (gcpLabelKey(key) ?? key) : key);
}
