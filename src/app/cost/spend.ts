import type { Cloud } from "../../domain/cloud.ts";
import { complianceScore } from "../../domain/compliance/score.ts";
import { dayOf } from "../../domain/cost/cost-period.ts";
import type { Micros, Money } from "../../domain/money.ts";
import { type Scope, scopeKey } from "../../domain/scan/scope.ts";
import type { Clock } from "../../ports/clock.ts";
import type {
  CostMatch,
  CostStore,
  StoredBill,
  TaggedCost,
  VerdictCost,
} from "../../ports/cost-store.ts";
import type { ScanRecord } from "../../ports/inventory.ts";
import type { UntaggedCost, UntaggedCosts, UntaggedFilter } from "../../ports/untagged.ts";
import { KeptAnswers } from "./kept-answers.ts";

/**
 * What the resources of a scope cost, by what the last scans made of them. Bills and tags are of
 * different times: a resource counts with the verdict that it has now.
 */
export interface ComplianceSpend {
  /** The newest whole month of which a bill is stored, `YYYY-MM`. */
  readonly month: string;
  /** Clouds of the scope whose bill of that month is stored; the others' spend is not known. */
  readonly clouds: readonly Cloud[];
  readonly currencies: readonly CurrencySpend[];
}

export interface CurrencySpend {
  readonly currency: string;
  readonly compliantMicros: Micros;
  readonly nonCompliantMicros: Micros;
  /** Compliant / (compliant + non-compliant) by spend; null when neither costs anything. */
  readonly score: number | null;
  /** How much of the bill's resources the inventory knows: the rest is in neither sum. */
  readonly match: CostMatch;
}

/** Spend of one account that the inventory's resources make. */
export interface AccountCost {
  readonly cloud: Cloud;
  readonly account: string;
  readonly currency: string;
  readonly totalMicros: Micros;
  readonly nonCompliantMicros: Micros;
}

/** The newest whole month of which a bill is stored. */
export interface NewestBills {
  /** `YYYY-MM` */
  readonly month: string;
  readonly storedAtMs: number;
  /** Clouds whose bill of that month is stored. */
  readonly clouds: readonly Cloud[];
  readonly bills: readonly BillOfMonth[];
  /** See `CostStore.inventoryState`. */
  readonly inventoryState: string;
}

/** One bill of one cloud: whose word a figure is, and how old. */
export type BillOfMonth = Pick<StoredBill, "cloud" | "method" | "asOfMs">;

/** Which verdicts are weighed: those of a scan, by a policy; judging anew changes the second alone. */
export type Judged = Pick<ScanRecord, "id" | "policyHash">;

/** What an answer that weighs stored resources depends on; equal text, equal answer. */
export function weighedBy(scope: Scope, { id, policyHash }: Judged, bills: NewestBills): string {
  const { month, storedAtMs, inventoryState } = bills;
  return [id, policyHash, inventoryState, month, storedAtMs, scopeKey(scope)].join("|");
}

/** Cost of resources, from imported bills. Null or empty answers mean that it is not known, never that it is zero. */
export interface Spend {
  /** @param clouds `[]`: any. Null: no bill of a whole month is stored. */
  newestBills(clouds: readonly Cloud[]): Promise<NewestBills | null>;
  /** For the same verdicts and bills the answer is kept. */
  ofScope(scope: Scope, judged: Judged): Promise<ComplianceSpend | null>;
  byAccount(scope: Scope, judged: Judged): Promise<readonly AccountCost[]>;
  /** As in `ComplianceSpend`; kept as long. */
  matches(scope: Scope, judged: Judged, bills: NewestBills): Promise<readonly CostMatch[]>;
  /** What resources that lack tags cost; kept as long. */
  untagged(
    costs: UntaggedCosts,
    filter: UntaggedFilter,
    asked: {
      readonly judged: Judged;
      readonly bills: NewestBills;
      readonly minMicros: Micros | null;
    },
  ): Promise<readonly UntaggedCost[]>;
  /** As `CostStore.taggedCosts`, of the month of `bills`. */
  tagged(scope: Scope, bills: NewestBills): AsyncIterable<readonly TaggedCost[]>;
  /** By `spendKey`; a resource that the bill does not name is left out. One billed in two currencies has its larger part. */
  ofResources(
    resources: readonly { readonly cloud: Cloud; readonly id: string }[],
  ): Promise<ReadonlyMap<string, Money>>;
}

export function spendKey(cloud: Cloud, resourceId: string): string {
  return `${cloud} ${resourceId}`;
}

export function createSpend(store: CostStore, clock: Clock): Spend {
  const newest = (clouds: readonly Cloud[]) =>
    newestOf(store, { clouds, thisMonth: dayOf(clock.now()).slice(0, 7) });
  // Weighing a million resources takes seconds; pages of one answer, and the next command, ask for the same.
  const keptVerdicts = new KeptAnswers<readonly VerdictCost[]>({ store, name: "verdict costs" });
  const keptMatches = new KeptAnswers<readonly CostMatch[]>({ store, name: "cost match" });
  const keptUntagged = new KeptAnswers<readonly UntaggedCost[]>({ store, name: "untagged costs" });
  const verdicts = (scope: Scope, judged: Judged, bills: NewestBills) =>
    keptVerdicts.of(weighedBy(scope, judged, bills), () =>
      store.verdictCosts(scope, [bills.month]),
    );
  const matches = (scope: Scope, judged: Judged, bills: NewestBills) =>
    keptMatches.of(weighedBy(scope, judged, bills), () => store.match(scope, [bills.month]));
  return {
    newestBills: newest,
    matches,
    untagged: (costs, filter, { judged, bills, minMicros }) => {
      const { scope, gaps, exceptTypes } = filter;
      const asked = [weighedBy(scope, judged, bills), gaps, exceptTypes, minMicros].join("|");
      return keptUntagged.of(asked, () => costs.totals(filter, { month: bills.month, minMicros }));
    },
    tagged: (scope, { month }) => store.taggedCosts(scope, month),
    ofScope: async (scope, judged) => {
      const found = await newest(scope.clouds);
      if (found === null) return null;
      const { month, clouds } = found;
      const [weighed, matched] = await Promise.all([
        verdicts(scope, judged, found),
        matches(scope, judged, found),
      ]);
      return { month, clouds, currencies: matched.map((match) => currencySpend(match, weighed)) };
    },
    byAccount: async (scope, judged) => {
      const found = await newest(scope.clouds);
      if (found === null) return [];
      return accountCosts(await verdicts(scope, judged, found));
    },
    ofResources: async (resources) => {
      const costs = new Map<string, Money>();
      const found = await newest([...new Set(resources.map(({ cloud }) => cloud))]);
      if (found === null) return costs;
      for (const one of await store.resourceCosts(resources, [found.month])) {
        const key = spendKey(one.cloud, one.resourceId);
        const known = costs.get(key);
        if (known === undefined || known.micros < one.effectiveMicros)
          costs.set(key, { micros: one.effectiveMicros, currency: one.currency });
      }
      return costs;
    },
  };
}

async function newestOf(
  store: Pick<CostStore, "bills" | "inventoryState">,
  { clouds, thisMonth }: { readonly clouds: readonly Cloud[]; readonly thisMonth: string },
): Promise<NewestBills | null> {
  const bills = (await store.bills()).filter(
    ({ cloud, month }) => month < thisMonth && (clouds.length === 0 || clouds.includes(cloud)),
  );
  const month = bills
    .map((bill) => bill.month)
    .toSorted()
    .at(-1);
  if (month === undefined) return null;
  const ofMonth = bills.filter((bill) => bill.month === month);
  const storedAtMs = Math.max(...ofMonth.map((bill) => bill.storedAtMs));
  const told = ofMonth.map(({ cloud, method, asOfMs }) => ({ cloud, method, asOfMs }));
  const named = [...new Set(ofMonth.map(({ cloud }) => cloud))];
  const inventoryState = await store.inventoryState();
  return { month, storedAtMs, clouds: named, bills: told, inventoryState };
}

function currencySpend(match: CostMatch, verdicts: readonly VerdictCost[]): CurrencySpend {
  const sum = (verdict: VerdictCost["verdict"]): Micros =>
    verdicts
      .filter((one) => one.currency === match.currency && one.verdict === verdict)
      .reduce((all, { effectiveMicros }) => all + effectiveMicros, 0n);
  const compliantMicros = sum("compliant");
  const nonCompliantMicros = sum("non_compliant");
  const shareable = compliantMicros >= 0n && nonCompliantMicros >= 0n;
  return {
    currency: match.currency,
    compliantMicros,
    nonCompliantMicros,
    score: shareable ? complianceScore(Number(compliantMicros), Number(nonCompliantMicros)) : null,
    match,
  };
}

function accountCosts(verdicts: readonly VerdictCost[]): readonly AccountCost[] {
  const accounts = Map.groupBy(
    verdicts,
    ({ cloud, account, currency }) => `${cloud} ${account} ${currency}`,
  );
  return [...accounts.values()].flatMap((all) => {
    const [first] = all;
    if (first === undefined) return [];
    const { cloud, account, currency } = first;
    const sum = (some: readonly VerdictCost[]): Micros =>
      some.reduce((total, { effectiveMicros }) => total + effectiveMicros, 0n);
    const bad = all.filter(({ verdict }) => verdict === "non_compliant");
    return [{ cloud, account, currency, totalMicros: sum(all), nonCompliantMicros: sum(bad) }];
  });
}
