import { CLOUDS, type Cloud } from "../../domain/cloud.ts";
import { complianceScore } from "../../domain/compliance/score.ts";
import type { Verdict } from "../../domain/compliance/violation.ts";
import { costKey } from "../../domain/cost/cost-keys.ts";
import { compileCloudRules } from "../../domain/policy/cloud-rules.ts";
import type { CompiledPolicy } from "../../domain/policy/compile.ts";
import {
  listed,
  type ReportGroup,
  type ReportTeams,
  type SpendPart,
} from "../../domain/report/model.ts";
import type { Scope } from "../../domain/scan/scope.ts";
import type { ReportData } from "../../ports/report-data.ts";
import { teamTagOf } from "../cost/cost-question.ts";

const MOST_TEAMS = 30;

export interface TeamsDeps {
  readonly data: ReportData;
  readonly policy: CompiledPolicy;
  readonly teamTag: string | undefined;
}

/** How each team stands: resources by the value of the tag that names teams. Null: no tag does. */
export async function reportTeams(
  { data, policy, teamTag }: TeamsDeps,
  scope: Scope,
  known: { readonly months: readonly string[]; readonly unreadable: number },
): Promise<ReportTeams | null> {
  const tag = teamTag ?? teamTagOf(policy);
  if (tag === null) return null;
  const teams = new Map<string | null, TeamSums>();
  const clouds = scope.clouds.length === 0 ? CLOUDS : scope.clouds;
  for (const cloud of clouds) {
    const spelling = { cloud, ...costKey(policy.document, cloud, tag) };
    const canonical = canonicalValue(policy, cloud, tag);
    const teamOf = (value: string | null): TeamSums => sumsOf(teams, canonical(value));
    for (const one of await data.valueCounts(scope, spelling))
      teamOf(one.value).counts[one.verdict] += one.count;
    for (const one of await data.valueCosts(scope, spelling, known.months))
      addCost(teamOf(one.value), one);
  }
  const groups = [...teams]
    .map(([name, sums]) => toGroup(name, sums))
    .toSorted((a, b) => b.counts.non_compliant - a.counts.non_compliant || byName(a, b));
  return { tag, groups: listed(groups, MOST_TEAMS), unreadable: known.unreadable };
}

interface TeamSums {
  readonly counts: Record<Verdict, number>;
  readonly spend: Map<string, { nonCompliantMicros: bigint; totalMicros: bigint }>;
}

function sumsOf(teams: Map<string | null, TeamSums>, name: string | null): TeamSums {
  let sums = teams.get(name);
  if (sums === undefined) {
    sums = {
      counts: { compliant: 0, non_compliant: 0, exempt: 0, unknown: 0, out_of_scope: 0 },
      spend: new Map(),
    };
    teams.set(name, sums);
  }
  return sums;
}

function addCost(
  { spend }: TeamSums,
  cost: {
    readonly verdict: Verdict;
    readonly currency: string;
    readonly effectiveMicros: bigint;
  },
): void {
  const sums = spend.get(cost.currency) ?? { nonCompliantMicros: 0n, totalMicros: 0n };
  sums.totalMicros += cost.effectiveMicros;
  if (cost.verdict === "non_compliant") sums.nonCompliantMicros += cost.effectiveMicros;
  spend.set(cost.currency, sums);
}

/** Clouds spell the same team differently; the policy says which values are the same. */
function canonicalValue(
  { document }: CompiledPolicy,
  cloud: Cloud,
  tag: string,
): (value: string | null) => string | null {
  const rules = compileCloudRules(document, cloud);
  const rule = rules.rules.find(({ name }) => name === tag) ?? rules.watch(tag);
  return (value) => (value === null || value.trim() === "" ? null : rule.canonical(value));
}

function toGroup(name: string | null, { counts, spend }: TeamSums): ReportGroup {
  const parts = [...spend]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, sums]): SpendPart => ({ currency, ...sums }));
  const score = complianceScore(counts.compliant, counts.non_compliant);
  return { cloud: null, name, counts, score, spend: parts };
}

function byName(a: ReportGroup, b: ReportGroup): number {
  return (a.name ?? "") < (b.name ?? "") ? -1 : 1;
}
