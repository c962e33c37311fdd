import { complianceScore } from "../../domain/compliance/score.ts";
import type { VerdictCounts } from "../../domain/compliance/violation.ts";
import { shareOf } from "../../domain/money.ts";
import type { CompiledPolicy } from "../../domain/policy/compile.ts";
import {
  type ComplianceReport,
  listed,
  type ReportGroup,
  type ReportProblem,
  type ReportSpend,
  type SpendPart,
} from "../../domain/report/model.ts";
import { summarizeCoverage } from "../../domain/scan/coverage.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Breakdown, InventoryStore, ViolationTally } from "../../ports/inventory.ts";
import type { FindingCost, ReportData } from "../../ports/report-data.ts";
import type { GetCostGap } from "../cost/cost-gap.ts";
import type { AccountCost, ComplianceSpend, Spend } from "../cost/spend.ts";
import type { EnsureFreshInventory, FreshnessRequest } from "../fresh-inventory.ts";
import { sumOf } from "../verdict-sums.ts";
import type { GetViolationHistory } from "../violation-history.ts";
import { reportAllocation } from "./allocation.ts";
import { repairsOf } from "./repairs.ts";
import { reportTeams } from "./teams.ts";
import { reportTrend } from "./trend.ts";

export interface BuildReportDeps {
  readonly inventory: InventoryStore;
  readonly ensureFresh: EnsureFreshInventory;
  readonly data: ReportData;
  readonly spend: Spend;
  readonly getCostGap: GetCostGap;
  readonly getViolationHistory: GetViolationHistory;
  readonly policy: () => Promise<CompiledPolicy>;
  /** Canonical name of the tag that names teams; undefined: the first that is named like one. */
  readonly teamTag: string | undefined;
  readonly clock: Clock;
}

export type BuildReportRequest = Omit<FreshnessRequest, "storeSnapshot" | "cursor">;

export interface BuiltReport {
  readonly report: ComplianceReport;
  /** This call read the clouds; otherwise the stored inventory was young enough. */
  readonly scanned: boolean;
}

export type BuildReport = (request: BuildReportRequest) => Promise<BuiltReport>;

/** Lines that a report lists; the rest is counted. */
const MOST = { problems: 20, offenders: 20, accounts: 50, types: 30, repairs: 10 } as const;

/**
 * All that is known of a scope, in one model. Money comes from imported bills and kept answers: making a
 * report never buys a request of a cloud.
 * @throws {AppError} as `EnsureFreshInventory`. What a cloud refuses is part of `coverage`.
 */
export function createBuildReport(deps: BuildReportDeps): BuildReport {
  return async (request) => {
    const { narrowed, scan, scanned } = await deps.ensureFresh({
      ...request,
      storeSnapshot: false,
      cursor: undefined,
    });
    const { scope } = narrowed;
    const { inventory, data, spend } = deps;
    const filter = { scope, severities: [] };
    const [places, tally, outcomes, spent, accountCosts] = await Promise.all([
      inventory.breakdown(filter),
      inventory.tally(filter),
      inventory.coverage(scope),
      spend.ofScope(scope, scan),
      spend.byAccount(scope, scan),
    ]);
    const months = spent === null ? [] : [spent.month];
    const counts = sumOf(places);
    const policy = await deps.policy();
    // One after the other: each makes the database go through the whole scope.
    const findingCosts = await data.findingCosts(scope, months);
    const offenders = await data.costliest(scope, months, MOST.offenders);
    const errors = await data.tagErrors(scope);
    const accounts = groupsOf(places, accountCosts, (one) => [one.cloud, one.account]);
    const report: ComplianceReport = {
      generatedAtMs: deps.clock.now(),
      dataAsOfMs: scan.startedAt,
      scanId: scan.id,
      policyHash: scan.policyHash,
      scope,
      counts,
      score: scoreOf(counts),
      violationCount: tally.reduce((sum, { count }) => sum + count, 0),
      spend: spent === null ? null : reportSpend(spent),
      allocation: await reportAllocation(deps.getCostGap, scope, request.signal),
      problems: listed(problemsOf(tally, findingCosts, spent), MOST.problems),
      offenders: listed(
        offenders.map(({ effectiveMicros, ...one }) => ({ ...one, micros: effectiveMicros })),
        MOST.offenders,
      ),
      teams: await reportTeams({ data, policy, teamTag: deps.teamTag }, scope, {
        months,
        unreadable: counts.unknown,
      }),
      accounts: listed(accounts, MOST.accounts),
      clouds: groupsOf(places, accountCosts, (one) => [one.cloud, null]),
      types: listed(
        groupsOf(places, [], (one) => [one.cloud, one.resourceType ?? ""]),
        MOST.types,
      ),
      trend: await reportTrend(deps.getViolationHistory, scope),
      coverage: summarizeCoverage(outcomes),
      repairs: listed(repairsOf(errors, accounts, counts), MOST.repairs),
    };
    return { report, scanned };
  };
}

function scoreOf(counts: VerdictCounts): number | null {
  return complianceScore(counts.compliant, counts.non_compliant);
}

function reportSpend({ month, clouds, currencies }: ComplianceSpend): ReportSpend {
  return {
    month,
    clouds,
    currencies: currencies.map(({ match, ...sums }) => ({
      ...sums,
      billedMicros: match.billedMicros,
      matchedMicros: match.matchedMicros,
    })),
  };
}

/** A place, or what an account costs: both can be of one group. */
type Named = Pick<Breakdown, "cloud" | "account"> & { readonly resourceType?: string };
type GroupName = readonly [cloud: Breakdown["cloud"], name: string | null];

/** Most violating resources first; the order of names settles what is equal. */
function groupsOf(
  places: readonly Breakdown[],
  costs: readonly AccountCost[],
  nameOf: (one: Named) => GroupName,
): readonly ReportGroup[] {
  const costsOf = Map.groupBy(costs, (one) => JSON.stringify(nameOf(one)));
  return [...Map.groupBy(places, (place) => JSON.stringify(nameOf(place)))]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, members]) => {
      const [first] = members;
      if (first === undefined) return [];
      const [cloud, name] = nameOf(first);
      const counts = sumOf(members);
      return [
        {
          cloud,
          name: name ?? cloud,
          counts,
          score: scoreOf(counts),
          spend: spendParts(costsOf.get(key) ?? []),
        },
      ];
    })
    .toSorted((a, b) => b.counts.non_compliant - a.counts.non_compliant);
}

function spendParts(costs: readonly AccountCost[]): readonly SpendPart[] {
  return [...Map.groupBy(costs, ({ currency }) => currency)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, parts]) => ({
      currency,
      nonCompliantMicros: parts.reduce((sum, one) => sum + one.nonCompliantMicros, 0n),
      totalMicros: parts.reduce((sum, one) => sum + one.totalMicros, 0n),
    }));
}

/**
 * Largest share of its currency's spend first, because amounts of different currencies do not compare;
 * those without money follow by count.
 */
function problemsOf(
  tally: readonly ViolationTally[],
  costs: readonly FindingCost[],
  spent: ComplianceSpend | null,
): readonly ReportProblem[] {
  type Finding = Pick<ReportProblem, "cloud" | "kind" | "tag" | "severity">;
  const key = ({ cloud, kind, tag, severity }: Finding): string =>
    JSON.stringify([cloud, kind, tag, severity]);
  const spendOf = Map.groupBy(costs, key);
  const totals = new Map(
    (spent?.currencies ?? []).map(({ currency, match }) => [currency, match.matchedMicros]),
  );
  const weight = ({ spend }: ReportProblem): number =>
    spend.reduce(
      (most, { currency, micros }) =>
        Math.max(most, shareOf(micros, totals.get(currency) ?? 0n) ?? 0),
      0,
    );
  return tally
    .map(
      (one): ReportProblem => ({
        ...one,
        spend: (spendOf.get(key(one)) ?? [])
          .map(({ currency, effectiveMicros: micros }) => ({ currency, micros }))
          .toSorted((a, b) => (a.currency < b.currency ? -1 : 1)),
      }),
    )
    .toSorted((a, b) => weight(b) - weight(a) || b.count - a.count);
}
