import type { Cloud } from "../../cloud.ts";
import type { Micros } from "../../money.ts";
import { type Cell, money, NONE, UNKNOWN } from "../document.ts";
import type { ComplianceReport, ReportGroup } from "../model.ts";

/** Currencies that amounts of the report are in, in order of their codes. */
export function currenciesOf({ spend }: ComplianceReport): readonly string[] {
  return (spend?.currencies ?? []).map(({ currency }) => currency).toSorted();
}

export interface Spent {
  readonly currency: string;
  readonly micros: Micros;
}

/**
 * One cell per currency. A cloud whose bill is stored, and has nothing in a currency, spends none; of
 * others it is not known.
 * @param cloud Null: something of every cloud in scope.
 */
export function spendCells(
  parts: readonly Spent[],
  cloud: Cloud | null,
  report: ComplianceReport,
): readonly Cell[] {
  const billed = report.spend?.clouds ?? [];
  const isKnown = (cloud === null ? report.scope.clouds : [cloud]).every((one) =>
    billed.includes(one),
  );
  return currenciesOf(report).map((currency) => {
    const part = parts.find((one) => one.currency === currency);
    if (part !== undefined) return money(part.micros, currency);
    return isKnown ? NONE : UNKNOWN;
  });
}

/** Resources that have a verdict good or bad: the denominator of a score. */
export function judgedOf({ counts }: Pick<ReportGroup, "counts">): number {
  return counts.compliant + counts.non_compliant;
}
