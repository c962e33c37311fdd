import { complianceScore } from "../../domain/compliance/score.ts";
import type { VerdictCounts } from "../../domain/compliance/violation.ts";
import type { ReportGroup, ReportRepair } from "../../domain/report/model.ts";
import type { TagErrors } from "../../ports/report-data.ts";

/**
 * What each tag would gain if it alone were mended in one account: only resources without any other
 * error become compliant. Those that gain most come first.
 */
export function repairsOf(
  errors: readonly TagErrors[],
  accounts: readonly ReportGroup[],
  all: VerdictCounts,
): readonly ReportRepair[] {
  return errors
    .filter(({ onlyThis }) => onlyThis > 0)
    .map(({ cloud, account, tag, affected, onlyThis }) => {
      const own = accounts.find((one) => one.cloud === cloud && one.name === account);
      return {
        cloud,
        account,
        tag,
        affected,
        repaired: onlyThis,
        accountScore: own?.score ?? null,
        accountScoreAfter: own === undefined ? null : scoreAfter(own.counts, onlyThis),
        scopeScoreAfter: scoreAfter(all, onlyThis),
      };
    })
    .toSorted((a, b) => b.repaired - a.repaired || b.affected - a.affected);
}

function scoreAfter(
  { compliant, non_compliant: violating }: VerdictCounts,
  repaired: number,
): number | null {
  return complianceScore(compliant + repaired, violating - repaired);
}
