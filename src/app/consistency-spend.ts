import type { Cloud } from "../domain/cloud.ts";
import { spendFor } from "../domain/compliance/consistency/find-inconsistencies.ts";
import {
  exampleKey,
  type FoundSpend,
  type SpendOfFinding,
  spendUnit,
} from "../domain/compliance/consistency/finding-spend.ts";
import type { Example, Finding } from "../domain/compliance/consistency/finding.ts";
import { AppError } from "../domain/errors.ts";
import type { PolicyDocument } from "../domain/policy/schema.ts";
import type { ResourceTypeCatalogue } from "../domain/resource-type.ts";
import type { Scope } from "../domain/scan/scope.ts";
import type { CostMatch } from "../ports/cost-store.ts";
import { KeptAnswers } from "./cost/kept-answers.ts";
import { type BillOfMonth, type Judged, type Spend, weighedBy } from "./cost/spend.ts";

/** What the spend of findings was read from. Bills and tags are of different times. */
export interface FindingCosts {
  /** The newest whole month of which a bill is stored, `YYYY-MM`. */
  readonly month: string;
  readonly bills: readonly BillOfMonth[];
  /** Clouds of the scope without a bill of that month: what their resources cost is not known. */
  readonly cloudsWithout: readonly Cloud[];
  /** How much of the bill's resources the inventory knows: the rest is in no finding's spend. */
  readonly matches: readonly CostMatch[];
}

/** Null: no bill names a resource behind it, so what that costs is not known. */
interface Spent {
  readonly spend: readonly FoundSpend[] | null;
}

export interface WeighedFinding extends Omit<Finding, "carriers" | "examples">, Spent {
  readonly examples: readonly (Example & Spent)[];
}

export interface WeighedFindings {
  /** Dearest first as far as spend is known, then those with most resources. */
  readonly findings: readonly WeighedFinding[];
  /** Null where no bill of a whole month is stored. */
  readonly costs: FindingCosts | null;
}

export interface FoundQuestion {
  readonly findings: readonly Finding[];
  readonly policy: PolicyDocument;
  readonly scope: Scope;
  readonly judged: Judged;
  readonly signal: AbortSignal;
}

/** @throws {AppError} `cancelled`, `storage_unavailable`. */
export type WeighFindings = (question: FoundQuestion) => Promise<WeighedFindings>;

/**
 * Puts the stored bills' money on findings; no cloud is asked. Reading a million resources takes seconds,
 * and pages of one answer need the same sums, so they are kept for as long as scan, policy and bills stay.
 */
export function createWeighFindings(
  spend: Pick<Spend, "newestBills" | "matches" | "tagged">,
  catalogue: ResourceTypeCatalogue,
): WeighFindings {
  const kept = new KeptAnswers<readonly SpendOfFinding[]>();
  return async ({ findings, policy, scope, judged, signal }) => {
    const bills = await spend.newestBills(scope.clouds);
    if (bills === null) return { findings: inOrder(findings.map(unweighed)), costs: null };
    const sums = await kept.of(weighedBy(scope, judged, bills), async () => {
      const found = spendFor(policy, findings);
      for await (const page of spend.tagged(scope, bills)) {
        if (signal.aborted) throw new AppError("cancelled", "The comparison was cancelled.");
        for (const { resourceType, effectiveMicros, ...resource } of page)
          if (catalogue.find(resource.cloud, resourceType)?.taggable !== false)
            found.add({ ...resource, micros: effectiveMicros });
      }
      return found.read();
    });
    return {
      findings: inOrder(findings.map((one, at) => weighed(one, sums[at]))),
      costs: {
        month: bills.month,
        bills: bills.bills,
        cloudsWithout: scope.clouds.filter((cloud) => !bills.clouds.includes(cloud)),
        matches: await spend.matches(scope, judged, bills),
      },
    };
  };
}

const unweighed = (finding: Finding): WeighedFinding => weighed(finding, undefined);

function weighed(found: Finding, sums: SpendOfFinding | undefined): WeighedFinding {
  const { carriers: _carriers, ...finding } = found;
  const known = (spend: readonly FoundSpend[] = []) => (spend.length === 0 ? null : spend);
  return {
    ...finding,
    examples: finding.examples.map((example) => ({
      ...example,
      spend: known(sums?.byExample.get(exampleKey(example))),
    })),
    spend: known(sums?.spend),
  };
}

/**
 * Amounts of several currencies or methods cannot be compared: each has its own ranking, and a finding
 * stands where it ranks best. Equals stay as they were.
 */
function inOrder(findings: readonly WeighedFinding[]): readonly WeighedFinding[] {
  const amounts = findings.flatMap((finding) =>
    (finding.spend ?? []).map((spend) => ({ finding, spend })),
  );
  const ranks = new Map<WeighedFinding, number>();
  for (const ranking of Map.groupBy(amounts, ({ spend }) => spendUnit(spend)).values()) {
    const dearest = ranking.toSorted((a, b) => (a.spend.micros > b.spend.micros ? -1 : 1));
    for (const [rank, { finding }] of dearest.entries())
      ranks.set(finding, Math.min(rank, ranks.get(finding) ?? rank));
  }
  const rankOf = (finding: WeighedFinding): number => ranks.get(finding) ?? findings.length;
  return findings.toSorted((a, b) => rankOf(a) - rankOf(b) || b.resources - a.resources);
}
