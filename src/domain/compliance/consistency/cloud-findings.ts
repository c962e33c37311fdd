import { CLOUDS, type Cloud } from "../../cloud.ts";
import { inScope, scopeTexts } from "../../policy/type-scope.ts";
import type { ResourceTypeCatalogue } from "../../resource-type.ts";
import { type Finding, tally } from "./finding.ts";
import type { Family } from "./key-families.ts";
import type { PolicyKey } from "./policy-keys.ts";
import type { TagUsage } from "./tag-usage.ts";

/** Fewer resources than this show nothing of a cloud's customs. */
const MIN_RESOURCES = 20;
const MOST = 0.8;
const HARDLY_ANY = 0.05;

interface Question {
  readonly usage: TagUsage;
  readonly catalogue: ResourceTypeCatalogue;
  /** Clouds of which everything in scope was read: only they can lack a key. */
  readonly read: ReadonlySet<Cloud>;
}

/** Keys that the policy requires in some of the clouds in use only, and keys that only some clouds use. */
export function cloudFindings(families: readonly Family[], question: Question): readonly Finding[] {
  return families.flatMap(
    (family) => requiredInSome(family, question) ?? usedInSome(family, question) ?? [],
  );
}

function requiredInSome(family: Family, { usage, catalogue }: Question): Finding | null {
  const { policyKey } = family;
  if (policyKey?.required !== true) return null;
  const clouds = CLOUDS.filter((cloud) => usage.clouds.has(cloud));
  const required = clouds.filter((cloud) => isRequiredOn(cloud, policyKey, catalogue));
  if (required.length === 0 || required.length === clouds.length) return null;
  return finding(family, { reason: "required_by_policy", confidence: 1, clouds });
}

function isRequiredOn(
  cloud: Cloud,
  { rule: { applies_to: scope } }: PolicyKey,
  catalogue: ResourceTypeCatalogue,
): boolean {
  const texts = scopeTexts(scope, cloud);
  if (texts === null) return false;
  if (texts.length === 0) return true;
  return catalogue.all.some(
    (type) => type.cloud === cloud && inScope(scope, cloud, type.id, catalogue),
  );
}

function usedInSome(family: Family, { usage, read }: Question): Finding | null {
  const rates = CLOUDS.flatMap((cloud) => {
    const all = usage.clouds.get(cloud)?.resources ?? 0;
    return all < MIN_RESOURCES ? [] : [{ cloud, rate: Math.min(1, carriers(family, cloud) / all) }];
  });
  const most = rates.filter(({ rate }) => rate >= MOST);
  const hardly = rates.filter(({ cloud, rate }) => rate <= HARDLY_ANY && read.has(cloud));
  if (most.length === 0 || hardly.length === 0) return null;
  const confidence =
    Math.min(...most.map(({ rate }) => rate)) - Math.max(...hardly.map(({ rate }) => rate));
  const clouds = [...most, ...hardly].map(({ cloud }) => cloud);
  return finding(family, { reason: "usage_differs", confidence, clouds });
}

/** Resources with any spelling of the key; one that carries two of them counts twice. */
function carriers({ members }: Family, cloud: Cloud): number {
  return members.reduce((sum, one) => sum + (one.cloud === cloud ? one.usage.resources : 0), 0);
}

function finding(
  family: Family,
  made: Pick<Finding, "reason" | "confidence"> & { readonly clouds: readonly Cloud[] },
): Finding {
  const { clouds, ...rest } = made;
  return {
    kind: "one_cloud_key",
    tag: family.canonical,
    canonical: family.canonical,
    ...rest,
    ...tally(
      clouds.map((cloud) => ({
        cloud,
        text: family.canonical,
        resources: carriers(family, cloud),
      })),
    ),
    carriers: family.members
      .filter(({ cloud }) => clouds.includes(cloud))
      .map(({ cloud, key }) => ({
        by: "tag",
        cloud,
        key,
        value: null,
        example: family.canonical,
      })),
    subject: null,
    evidence: null,
    patch: null,
  };
}
