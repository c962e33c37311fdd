import {
  findInconsistencies,
  usageFor,
} from "../../src/domain/compliance/consistency/find-inconsistencies.ts";
import type { Finding } from "../../src/domain/compliance/consistency/finding.ts";
import { CLOUDS, type Cloud } from "../../src/domain/cloud.ts";
import type { PolicyDocument } from "../../src/domain/policy/schema.ts";
import { createCatalogue } from "../../src/domain/resource-type.ts";
import type { Tag } from "../../src/domain/resource.ts";
import { plantedEstate, POLICY } from "./estate.ts";
import type { Plan } from "./planted.ts";

export interface TaggedResource {
  readonly cloud: Cloud;
  readonly tags: readonly Tag[] | null;
}

/** All findings about some resources; every cloud counts as completely read unless told otherwise. */
export function findingsOf(
  resources: Iterable<TaggedResource>,
  {
    policy = POLICY,
    read = CLOUDS,
  }: { readonly policy?: PolicyDocument; readonly read?: readonly Cloud[] } = {},
): readonly Finding[] {
  const usage = usageFor(policy);
  for (const resource of resources) usage.add(resource);
  return findInconsistencies({
    usage: usage.read(),
    policy,
    catalogue: createCatalogue([]),
    read: new Set(read),
  }).findings;
}

/** Key variants found, as `meaning <- spelling`. */
export function variantPairs(findings: readonly Finding[]): ReadonlySet<string> {
  return new Set(
    findings
      .filter(({ kind }) => kind === "key_variant")
      .flatMap(({ tag, examples }) => examples.map(({ text }) => `${tag} <- ${text}`)),
  );
}

export interface Quality {
  readonly precision: number;
  readonly recall: number;
}

export interface QualityOverSeeds {
  readonly min: Quality;
  readonly mean: Quality;
}

/** Anything found that was not planted as a variant counts against precision, look-alike or not. */
export function measureQuality(
  plan: Plan,
  { seeds, resources }: { readonly seeds: readonly number[]; readonly resources: number },
): QualityOverSeeds {
  const all = seeds.map((seed) => {
    const found = variantPairs(findingsOf(plantedEstate(seed, resources, plan)));
    const planted = plan.variants.map(({ of, key }) => `${of} <- ${key}`);
    const right = planted.filter((pair) => found.has(pair)).length;
    return { precision: right / found.size, recall: right / planted.length };
  });
  const over = (pick: (quality: Quality) => number): readonly [number, number] => {
    const values = all.map(pick);
    return [Math.min(...values), values.reduce((sum, one) => sum + one, 0) / values.length];
  };
  const [minPrecision, meanPrecision] = over(({ precision }) => precision);
  const [minRecall, meanRecall] = over(({ recall }) => recall);
  return {
    min: { precision: minPrecision, recall: minRecall },
    mean: { precision: meanPrecision, recall: meanRecall },
  };
}
