import type { Cloud } from "../../domain/cloud.ts";
import { COST_DIMENSIONS, type CostKeyFact } from "../../domain/cost/cost-line.ts";
import { type CostPeriod, dayOf, monthsOf, monthStart } from "../../domain/cost/cost-period.ts";
import type { CostStore, StoredBill } from "../../ports/cost-store.ts";
import type { CostCapabilities, CostFacts, CostRequest, CostSource } from "../../ports/costs.ts";

const CAPABILITIES: CostCapabilities = {
  dimensions: COST_DIMENSIONS,
  maxDimensions: COST_DIMENSIONS.length,
  maxKeys: 1000,
  blankIsAbsent: false,
  seesResources: true,
};

const NOTHING_ASKED = { calls: 0, costMicros: 0n };

/**
 * The stored bills of a cloud as a source. They are kept by calendar month, so they answer for whole
 * months only; the running month counts as whole up to today.
 * @returns undefined when the period is not of whole months, or nothing of it is stored, or its months
 * were read by different methods, which are never mixed.
 */
export function storedSource(
  store: Pick<CostStore, "groups">,
  bills: readonly StoredBill[],
  wanted: { readonly cloud: Cloud; readonly period: CostPeriod; readonly nowMs: number },
): CostSource | undefined {
  const { cloud, period, nowMs } = wanted;
  if (!isOfWholeMonths(period, dayOf(nowMs))) return undefined;
  const months = monthsOf(period);
  const mine = bills.filter((bill) => bill.cloud === cloud && months.includes(bill.month));
  const methods = [...new Set(mine.map(({ method }) => method))];
  const [method] = methods;
  if (method === undefined || methods.length > 1) return undefined;
  return {
    method,
    cloud,
    capabilities: CAPABILITIES,
    keepForMs: 0,
    askingCost: () => NOTHING_ASKED,
    read: (request) => ({
      groups: store.groups({
        cloud,
        months,
        dimensions: request.dimensions,
        accounts: request.accounts,
      }),
      facts: () => factsOf(mine, { request, months, nowMs }),
    }),
    close: () => Promise.resolve(),
  };
}

function isOfWholeMonths({ from, to }: CostPeriod, today: string): boolean {
  return from.endsWith("-01") && (to.endsWith("-01") || to > today);
}

function factsOf(
  bills: readonly StoredBill[],
  {
    request,
    months,
    nowMs,
  }: { readonly request: CostRequest; readonly months: readonly string[]; readonly nowMs: number },
): CostFacts {
  const [first] = bills;
  const stored = new Set(bills.map(({ month }) => month));
  const times = bills.map(({ asOfMs }) => asOfMs).filter((time) => time !== null);
  const imports = new Map(bills.map((bill) => [`${bill.source} ${bill.storedAtMs}`, bill]));
  return {
    method: first?.method ?? "focus",
    metric: "effective",
    asOfMs: times.length === 0 ? null : Math.min(...times),
    estimated: months.includes(dayOf(nowMs).slice(0, 7)),
    missing: months
      .filter((month) => !stored.has(month))
      .map((month) => ({
        cloud: first?.cloud ?? "aws",
        account: null,
        period: { from: `${month}-01`, to: monthStart(`${month}-01`, 1) },
        reason: "not_found" as const,
      })),
    keys: request.keys.map(({ tag }) => keyFact(bills, tag)),
    linesLeftOut: [...imports.values()].reduce((sum, { linesLeftOut }) => sum + linesLeftOut, 0),
    asked: NOTHING_ASKED,
  };
}

/**
 * The least certain of what the bills say of a key. A tag that was not kept is `unknown`: the policy
 * gained it after the import.
 */
function keyFact(bills: readonly StoredBill[], tag: string): CostKeyFact {
  const facts = bills.map(({ keys }) => keys.find((key) => key.tag === tag));
  const known = facts.filter((fact) => fact !== undefined);
  const worst =
    known.length < facts.length
      ? undefined
      : (known.find(({ state }) => state === "activated_after") ??
        known.find(({ state }) => state === "unknown") ??
        (known.every(({ state }) => state === "inactive")
          ? known[0]
          : known.find(({ state }) => state === "active")));
  return worst ?? { tag, state: "unknown", activeSince: null, spellingsRead: [], merged: [] };
}
