import type { Cloud } from "../cloud.ts";
import type { Violation } from "../compliance/violation.ts";
import type { Resource } from "../resource.ts";
import type { Exemption } from "./schema.ts";
import { globMatcher } from "./wildcard.ts";

const DAY_MS = 86_400_000;

/** First instant (epoch milliseconds) at which an exemption no longer holds; a date holds to its end, UTC. */
export function exemptionEndsMs(expires: string): number {
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(expires);
  return Date.parse(expires) + (isDate ? DAY_MS : 0);
}

/** A tag of the match: canonical name, and a test of the canonical value. */
export interface ExemptionTag {
  readonly name: string;
  readonly matches: (value: string) => boolean;
}

/** An exemption on one cloud; its resource type is matched when it is chosen for a program. */
export interface CloudExemption {
  readonly path: string;
  readonly source: Exemption;
  readonly endsMs: number;
  /** The only account or id it can match, where it names one without a `*`; for the index. */
  readonly exactId: string | null;
  readonly exactAccount: string | null;
  readonly tags: readonly ExemptionTag[];
  matchesPlace(resource: Resource): boolean;
  /** Waives this violation? Meaningless for an exemption of the whole resource. */
  waives(violation: Violation, ruleName: string | undefined): boolean;
}

export function compileExemption(source: Exemption, path: string, cloud: Cloud): CloudExemption {
  const { account, region, id, tags } = source.match;
  const foldId = foldIdOf(cloud);
  const matchers: readonly ((resource: Resource) => boolean)[] = [
    ...matcher(account, (resource) => resource.account, foldId),
    ...matcher(region, (resource) => resource.region),
    ...matcher(id, (resource) => resource.id, foldId),
  ];
  const waived = new Set(source.tags);
  return {
    path,
    source,
    endsMs: exemptionEndsMs(source.expires),
    exactId: exact(id, foldId),
    exactAccount: exact(account, foldId),
    tags: Object.entries(tags ?? {}).map(([name, glob]) => ({ name, matches: globMatcher(glob) })),
    matchesPlace: (resource) => matchers.every((matches) => matches(resource)),
    waives: (violation, ruleName) =>
      waived.has(violation.tag) || (ruleName !== undefined && waived.has(ruleName)),
  };
}

/** Azure ids compare without case; ARNs and GCP names exactly. */
export function foldIdOf(cloud: Cloud): (id: string) => string {
  return cloud === "azure" ? (id) => id.toLowerCase() : (id) => id;
}

function exact(glob: string | undefined, fold: (text: string) => string): string | null {
  return glob === undefined || glob.includes("*") ? null : fold(glob);
}

function matcher(
  glob: string | undefined,
  read: (resource: Resource) => string,
  fold?: (text: string) => string,
): readonly ((resource: Resource) => boolean)[] {
  if (glob === undefined) return [];
  const matches = globMatcher(glob, fold);
  return [(resource) => matches(read(resource))];
}
