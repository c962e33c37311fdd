import type { Cloud } from "../cloud.ts";
import { isNamed, type ResourceTypeCatalogue } from "../resource-type.ts";
import type { AppliesTo } from "./schema.ts";

/** The `applies_to` texts of one cloud; null when the cloud is out of scope. `[]` means every type. */
export function scopeTexts(scope: AppliesTo | undefined, cloud: Cloud): readonly string[] | null {
  if (scope === undefined) return [];
  if (!Array.isArray(scope)) return scope[cloud] ?? null;
  return scope;
}

/** Does a rule with this scope speak of the type? Native ids compare without case, as Azure does. */
export function inScope(
  scope: AppliesTo | undefined,
  cloud: Cloud,
  type: string,
  catalogue: ResourceTypeCatalogue,
): boolean {
  const texts = scopeTexts(scope, cloud);
  if (texts === null) return false;
  if (texts.length === 0) return true;
  const id = type.toLowerCase();
  const facts = catalogue.find(cloud, type);
  return texts.some((text) => {
    const wanted = text.toLowerCase();
    return wanted === "all" || wanted === id || (facts !== undefined && isNamed(facts, wanted));
  });
}

/** Could a rule with this scope meet any resource of the cloud, as far as the known types tell? */
export function scopeReaches(
  scope: AppliesTo | undefined,
  cloud: Cloud,
  catalogue: ResourceTypeCatalogue,
): boolean {
  const texts = scopeTexts(scope, cloud);
  if (texts === null) return false;
  if (texts.length === 0 || catalogue.all.length === 0) return true;
  return catalogue.all.some(
    (type) => type.cloud === cloud && inScope(scope, cloud, type.id, catalogue),
  );
}
