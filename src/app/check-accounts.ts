import type { Cloud } from "../domain/cloud.ts";
import { complianceScore } from "../domain/compliance/score.ts";
import { VERDICTS, type VerdictCounts } from "../domain/compliance/violation.ts";
import { ANY, type CellOutcome } from "../domain/scan/cell.ts";
import { type Coverage, keptSummary, summarizeCoverage } from "../domain/scan/coverage.ts";
import { type Scope, scopeKey } from "../domain/scan/scope.ts";
import type { Breakdown, InventoryStore, ViolationTally } from "../ports/inventory.ts";
import type { AccountCost, Spend } from "./cost/spend.ts";
import { sumOf } from "./verdict-sums.ts";
import type { EnsureFreshInventory, FreshnessRequest } from "./fresh-inventory.ts";
import { pageOf } from "./offset-cursor.ts";

/** `non_compliant`: most violating resources first; `score`: lowest share of compliant ones first. */
export const RANK_BY = ["non_compliant", "score"] as const;
export type RankBy = (typeof RANK_BY)[number];

export interface CheckAccountsDeps {
  readonly inventory: InventoryStore;
  readonly ensureFresh: EnsureFreshInventory;
  /** Absent where no bills are kept. */
  readonly spend?: Spend | undefined;
}

export interface CheckAccountsRequest extends Omit<FreshnessRequest, "storeSnapshot"> {
  readonly rankBy: RankBy;
  /** Accounts per page. */
  readonly limit: number;
}

/**
 * `complete`: every cell was read to its end; `partial`: some were, or something of some was;
 * `failed`: nothing could be read, so that nothing is known of the account.
 */
export type AccountReading = "complete" | "partial" | "failed";

/** An AWS account, Azure subscription or GCP project and how it keeps the policy. */
export interface AccountScore {
  readonly cloud: Cloud;
  readonly account: string;
  /** Null when nothing in it was judged. */
  readonly score: number | null;
  readonly counts: VerdictCounts;
  /** Resources seen in scope, whatever their verdict. */
  readonly total: number;
  readonly reading: AccountReading;
  readonly coverage: Coverage;
}

/** Integer micro-units of one currency. */
export interface AccountSpend {
  readonly currency: string;
  readonly totalMicros: number;
  readonly nonCompliantMicros: number;
}

/** An account of the page; the first of the ranking has rank 1. */
export interface RankedAccount extends AccountScore {
  readonly rank: number;
  /** Absent where no cost data is read. */
  readonly spend?: AccountSpend;
  /** Its most frequent violations; at most `WORST_TAGS`. */
  readonly worst: readonly ViolationTally[];
}

export interface CheckAccountsResult {
  readonly accounts: readonly RankedAccount[];
  readonly nextCursor: string | null;
  readonly accountCount: number;
  /** Of all accounts together; null when nothing was judged. */
  readonly score: number | null;
  readonly counts: VerdictCounts;
  /**
   * Every account that was not read completely, those of which nothing is known first. Account `*`
   * stands for a cloud whose accounts could not be found out.
   */
  readonly unread: readonly AccountScore[];
  readonly coverage: Coverage;
  /** When the scan behind the answer began, epoch milliseconds: nothing in it is older. */
  readonly dataAsOf: number;
  readonly scanId: string;
  readonly policyHash: string;
  readonly scanned: boolean;
  /** Something newer is being made behind this answer; see `FreshInventory`. */
  readonly refreshing: boolean;
}

export type CheckAccounts = (request: CheckAccountsRequest) => Promise<CheckAccountsResult>;

export const WORST_TAGS = 3;

/**
 * How does each account stand? A ranking of all accounts of the scope, worst first.
 * @throws {AppError} as `EnsureFreshInventory`. What a cloud refuses is not thrown but told of the account.
 */
export function createCheckAccounts({
  inventory,
  ensureFresh,
  spend,
}: CheckAccountsDeps): CheckAccounts {
  const scoresOf = keptScores();
  return async (request) => {
    const { narrowed, scan, scanned, refreshing } = await ensureFresh({
      ...request,
      storeSnapshot: false,
    });
    const { scope } = narrowed;
    const [places, outcomes] = await Promise.all([
      inventory.breakdown({ scope, severities: [] }),
      inventory.coverage(scope),
    ]);
    const scores = scoresOf(places, outcomes);
    const ranked = scores
      .filter(({ account }) => account !== ANY)
      .toSorted(ORDER[request.rankBy])
      .map((one, index) => Object.assign({ rank: index + 1 }, one));
    const { shown, nextCursor } = await pageOf(inventory, ranked, {
      limit: request.limit,
      cursor: request.cursor,
      binding: { scanId: scan.id, filter: `accounts|${scopeKey(scope)}|${request.rankBy}` },
    });
    const counts = sumOf(places);
    const costs = (await spend?.byAccount(scope, scan)) ?? [];
    return {
      accounts: await Promise.all(
        shown.map(async (one) =>
          Object.assign({ worst: await worstOf(inventory, scope, one) }, one, spendOf(costs, one)),
        ),
      ),
      nextCursor,
      accountCount: ranked.length,
      score: complianceScore(counts.compliant, counts.non_compliant),
      counts,
      unread: scores.filter(({ reading }) => reading !== "complete").toSorted(byLoss),
      coverage: keptSummary(outcomes),
      dataAsOf: scan.startedAt,
      scanId: scan.id,
      policyHash: scan.policyHash,
      scanned,
      refreshing,
    };
  };
}

/** An account billed in two currencies shows the larger bill; sums of several are not made. */
function spendOf(
  costs: readonly AccountCost[],
  { cloud, account }: AccountScore,
): { readonly spend?: AccountSpend } {
  const mine = costs.filter((one) => one.cloud === cloud && one.account === account);
  const [first] = mine.toSorted((a, b) => (a.totalMicros > b.totalMicros ? -1 : 1));
  if (first === undefined) return {};
  const { currency, totalMicros, nonCompliantMicros } = first;
  return {
    spend: {
      currency,
      totalMicros: Number(totalMicros),
      nonCompliantMicros: Number(nonCompliantMicros),
    },
  };
}

/** Scores of the same places and outcomes are made once: an inventory that did not change gives the same ones. */
function keptScores(): typeof makeScores {
  const kept = new WeakMap<
    readonly Breakdown[],
    { readonly outcomes: readonly CellOutcome[]; readonly scores: readonly AccountScore[] }
  >();
  return (places, outcomes) => {
    const known = kept.get(places);
    if (known?.outcomes === outcomes) return known.scores;
    const scores = makeScores(places, outcomes);
    kept.set(places, { outcomes, scores });
    return scores;
  };
}

/** Accounts that hold resources and accounts of which only cells are known, in the order of their names. */
function makeScores(
  places: readonly Breakdown[],
  outcomes: readonly CellOutcome[],
): readonly AccountScore[] {
  const keyOf = (cloud: Cloud, account: string): string => `${cloud} ${account}`;
  const placesOf = Map.groupBy(places, ({ cloud, account }) => keyOf(cloud, account));
  const outcomesOf = Map.groupBy(outcomes, ({ cell }) => keyOf(cell.cloud, cell.account));
  const named = [...places, ...outcomes.map(({ cell }) => cell)];
  const accounts = new Map(named.map((one) => [keyOf(one.cloud, one.account), one]));
  return [...accounts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { cloud, account }]) => {
      const counts = sumOf(placesOf.get(key) ?? []);
      const coverage = summarizeCoverage(outcomesOf.get(key) ?? []);
      return {
        cloud,
        account,
        score: complianceScore(counts.compliant, counts.non_compliant),
        counts,
        total: VERDICTS.reduce((sum, verdict) => sum + counts[verdict], 0),
        reading: readingOf(coverage),
        coverage,
      };
    });
}

function readingOf({ complete, cellsComplete, groups }: Coverage): AccountReading {
  if (complete) return "complete";
  return cellsComplete > 0 || groups.some(({ status }) => status === "partial")
    ? "partial"
    : "failed";
}

type Order = (a: AccountScore, b: AccountScore) => number;

/** Nothing judged, nothing to rank: those accounts come last. The order before settles what is equal. */
const scoredFirst: Order = (a, b) => Number(a.score === null) - Number(b.score === null);
const byScore: Order = (a, b) => (a.score ?? 0) - (b.score ?? 0);
const byNonCompliant: Order = (a, b) => b.counts.non_compliant - a.counts.non_compliant;

const ORDER: Readonly<Record<RankBy, Order>> = {
  non_compliant: (a, b) => scoredFirst(a, b) || byNonCompliant(a, b) || byScore(a, b),
  score: (a, b) => scoredFirst(a, b) || byScore(a, b) || byNonCompliant(a, b),
};

const byLoss: Order = (a, b) =>
  Number(b.reading === "failed") - Number(a.reading === "failed") ||
  b.coverage.problemCount - a.coverage.problemCount;

async function worstOf(
  inventory: InventoryStore,
  scope: Scope,
  { cloud, account }: AccountScore,
): Promise<readonly ViolationTally[]> {
  const own = { ...scope, clouds: [cloud], accounts: [account] };
  return (await inventory.tally({ scope: own, severities: [] })).slice(0, WORST_TAGS);
}
