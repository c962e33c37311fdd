import { CLOUDS, type Cloud } from "../cloud.ts";

/** What a question is about. An empty list means "every one of them". */
export interface Scope {
  readonly clouds: readonly Cloud[];
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  /** Native type ids, already resolved from categories. */
  readonly resourceTypes: readonly string[];
}

export const EVERYTHING: Scope = { clouds: [], accounts: [], regions: [], resourceTypes: [] };

/** Canonical text of a scope: equal for equal questions, whatever the order of their lists. */
export function scopeKey(scope: Scope): string {
  const list = (values: readonly string[]): string =>
    values.length === 0 ? "*" : [...new Set(values)].toSorted().join(",");
  const clouds = CLOUDS.every((cloud) => scope.clouds.includes(cloud)) ? [] : scope.clouds;
  return [clouds, scope.accounts, scope.regions, scope.resourceTypes].map(list).join("|");
}

/** True when a scan of `wide` read everything that `narrow` asks about. */
export function scopeCovers(wide: Scope, narrow: Scope): boolean {
  const covers = (all: readonly string[], some: readonly string[]): boolean =>
    all.length === 0 || (some.length > 0 && some.every((value) => all.includes(value)));
  return (
    (covers(wide.clouds, narrow.clouds) || CLOUDS.every((cloud) => wide.clouds.includes(cloud))) &&
    covers(wide.accounts, narrow.accounts) &&
    covers(wide.regions, narrow.regions) &&
    covers(wide.resourceTypes, narrow.resourceTypes)
  );
}
