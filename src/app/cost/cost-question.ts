import type { Cloud } from "../../domain/cloud.ts";
import { costKey, exemptionTags, withParents } from "../../domain/cost/cost-keys.ts";
import type { CostDimension, CostGroup } from "../../domain/cost/cost-line.ts";
import type { CostPeriod } from "../../domain/cost/cost-period.ts";
import { DIMENSION_OF, type GapGrouping } from "../../domain/cost/gap.ts";
import { AppError } from "../../domain/errors.ts";
import type { Micros } from "../../domain/money.ts";
import type { CompiledPolicy } from "../../domain/policy/compile.ts";
import type { Scope } from "../../domain/scan/scope.ts";
import type { CostRequest, CostSource } from "../../ports/costs.ts";

export interface CostGapRequest {
  readonly clouds: readonly Cloud[];
  readonly accounts: readonly string[];
  /** Native names; absent or `[]`: all, and what the bill places in none. */
  readonly regions?: readonly string[];
  /** Native ids or categories; absent or `[]`: all, and what has no type. */
  readonly resourceTypes?: readonly string[];
  /** As `parseCostPeriod` reads it. */
  readonly period: string;
  readonly groupBy: GapGrouping | null;
  /** Canonical names of the tags that make spend allocated, all of them; `[]`: the configured ones. */
  readonly tags: readonly string[];
  readonly metric: "effective" | "billed";
  /** Share of taggable spend that the path aims at, above 0 and at most 1; null: no path. */
  readonly target: number | null;
  /** Only say what would be asked and what asking would cost. */
  readonly dryRun: boolean;
  /** Ask providers even if an answer was kept. */
  readonly refresh: boolean;
  readonly signal: AbortSignal;
  /** Told the price of each paid request as it is sent, in micro-units of US dollars. */
  readonly onSpent?: ((costMicros: Micros) => void) | undefined;
}

export interface CostSettings {
  /** Canonical names; `[]`: the first required tag of the policy. */
  readonly allocationTags: readonly string[];
  /** Canonical name; undefined: the first tag of the policy that is named like a team or owner. */
  readonly teamTag: string | undefined;
}

/** What is asked, with everything that the configuration and the policy settle. */
export interface CostQuestionInFull {
  readonly request: CostGapRequest;
  readonly policy: CompiledPolicy;
  readonly nowMs: number;
  /** The part of the scope that each cloud has. */
  readonly shares: ReadonlyMap<Cloud, Scope>;
  readonly period: CostPeriod;
  readonly tags: readonly string[];
  readonly teamTag: string | null;
}

/** The most telling request that a source can answer: the grouping first, then what fixes are found from. */
export function costRequest(
  question: CostQuestionInFull,
  { cloud, capabilities }: CostSource,
): CostRequest {
  const { policy, tags, teamTag, request, shares, period } = question;
  const { document } = policy;
  const grouped = request.groupBy === null ? null : DIMENSION_OF[request.groupBy];
  const byId =
    document.exemptions.some(({ match }) => match.id !== undefined) ||
    // Of an Azure resource its id tells the resource group, which may be where to fix it.
    (cloud === "azure" && request.target !== null);
  const wanted: readonly (CostDimension | null)[] = [
    ...filterDimensions(shares.get(cloud)),
    grouped,
    "account",
    ...(document.exemptions.length > 0 ? (["resource_type", "region"] as const) : []),
    byId ? "resource" : null,
  ];
  const dimensions = [...new Set(wanted)]
    .filter((dimension) => dimension !== null)
    .filter((dimension) => capabilities.dimensions.includes(dimension))
    .slice(0, capabilities.maxDimensions);
  const names = [...tags, ...(teamTag === null ? [] : [teamTag]), ...exemptionTags(document)];
  const judged = [...new Set(names)].map((tag) => costKey(document, cloud, tag));
  const keys = (request.target === null ? judged : withParents(cloud, judged)).slice(
    0,
    capabilities.maxKeys,
  );
  return { period, dimensions, keys, accounts: shares.get(cloud)?.accounts ?? [] };
}

/** Dimensions that charges must be told apart by so that those outside the scope can be left out. */
function filterDimensions(share: Scope | undefined): readonly CostDimension[] {
  return [
    ...((share?.regions.length ?? 0) > 0 ? (["region"] as const) : []),
    ...((share?.resourceTypes.length ?? 0) > 0 ? (["resource_type"] as const) : []),
  ];
}

/** Can the source tell which charges are in the scope, and break those down as asked, in one answer? */
export function canFilter(
  { shares, request }: CostQuestionInFull,
  { cloud, capabilities }: CostSource,
): boolean {
  const filters = filterDimensions(shares.get(cloud));
  const grouped = request.groupBy === null ? null : DIMENSION_OF[request.groupBy];
  const needed = new Set(grouped === null ? filters : [...filters, grouped]);
  return (
    filters.length === 0 ||
    (filters.every((one) => capabilities.dimensions.includes(one)) &&
      needed.size <= capabilities.maxDimensions)
  );
}

/** Is a charge in the regions and types of a scope? What the bill places nowhere is in none. */
export function scopeFilter(share: Scope | undefined): (group: CostGroup) => boolean {
  const regions = namesIn(share?.regions ?? []);
  const types = namesIn(share?.resourceTypes ?? []);
  return ({ region, resourceType }) => regions(region) && types(resourceType);
}

function namesIn(wanted: readonly string[]): (name: string | null) => boolean {
  const names = new Set(wanted.map((name) => name.toLowerCase()));
  return (name) => names.size === 0 || (name !== null && names.has(name.toLowerCase()));
}

export function allocationTags(
  request: CostGapRequest,
  { document }: CompiledPolicy,
  settings: CostSettings,
): readonly string[] {
  const rules = [...document.required_tags, ...document.optional_tags].map(({ name }) => name);
  const wanted = request.tags.length > 0 ? request.tags : settings.allocationTags;
  if (wanted.length > 0) return [...new Set(wanted.map((tag) => canonicalName(tag, rules)))];
  const [first] = rules;
  if (first === undefined)
    throw new AppError("invalid_input", "The policy has no tag that could allocate spend.", {
      hint: "Name one in tags, or add a required tag to the policy.",
    });
  return [first];
}

/** The policy's own spelling of a tag; a tag that it does not have stays as it is. */
function canonicalName(tag: string, rules: readonly string[]): string {
  return rules.find((rule) => rule.toLowerCase() === tag.toLowerCase()) ?? tag;
}

const TEAM_LIKE = /team|owner|squad/i;

export function teamTagOf({ document }: CompiledPolicy): string | null {
  const rules = [...document.required_tags, ...document.optional_tags];
  return rules.find(({ name }) => TEAM_LIKE.test(name))?.name ?? null;
}

export function noTeamTag(): AppError {
  return new AppError("invalid_input", "No tag is known to name teams.", {
    hint: "Set costs.team_tag in the configuration, or group by tag.",
    issues: [{ path: "group_by", message: "The policy has no tag named like a team or an owner." }],
  });
}
