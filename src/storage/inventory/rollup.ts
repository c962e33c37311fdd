import type { Transaction } from "kysely";
import type { Severity, Verdict } from "../../domain/compliance/violation.ts";
import type { Database } from "../schema.ts";
import { batches } from "./batches.ts";
import { addToPlaces, COUNTED } from "./place-sums.ts";

interface PlaceChange {
  readonly verdicts: Record<Verdict, number>;
  readonly violations: Record<Severity, number>;
  readonly findings: Map<number, number>;
  readonly gaps: Map<number, number>;
}

/**
 * What one transaction changes in the counts kept per place. The counts cannot drift from the rows:
 * the change is derived from rows read and written under the same write lock, and is applied in the
 * same transaction.
 */
export class RollupChange {
  readonly #places = new Map<number, PlaceChange>();

  addResources(placeId: number, verdict: Verdict, count: number): void {
    this.#place(placeId).verdicts[verdict] += count;
  }

  /** @param gap Null counts nothing. */
  addGaps(placeId: number, gap: number | null, count: number): void {
    if (gap === null) return;
    const { gaps } = this.#place(placeId);
    gaps.set(gap, (gaps.get(gap) ?? 0) + count);
  }

  addViolations(
    placeId: number,
    finding: { readonly id: number; readonly severity: Severity },
    count: number,
  ): void {
    const place = this.#place(placeId);
    place.violations[finding.severity] += count;
    place.findings.set(finding.id, (place.findings.get(finding.id) ?? 0) + count);
  }

  async apply(trx: Transaction<Database>): Promise<void> {
    const additions = [...this.#places].map(([placeId, change]) => ({
      placeId,
      amounts: sumsOf(change),
    }));
    await addToPlaces(
      trx,
      COUNTED,
      additions.filter(({ amounts }) => amounts.some((amount) => amount !== 0)),
    );
    const findings = [...this.#places].flatMap(([place_id, change]) =>
      [...change.findings].map(([finding_id, count]) => ({ place_id, finding_id, count })),
    );
    await applyFindings(
      trx,
      findings.filter(({ count }) => count !== 0),
    );
    const gaps = [...this.#places].flatMap(([place_id, change]) =>
      [...change.gaps].map(([gap, count]) => ({ place_id, gap, count })),
    );
    await applyGaps(
      trx,
      gaps.filter(({ count }) => count !== 0),
    );
  }

  #place(placeId: number): PlaceChange {
    let place = this.#places.get(placeId);
    if (place === undefined) {
      place = {
        verdicts: { compliant: 0, non_compliant: 0, exempt: 0, unknown: 0, out_of_scope: 0 },
        violations: { error: 0, warning: 0 },
        findings: new Map(),
        gaps: new Map(),
      };
      this.#places.set(placeId, place);
    }
    return place;
  }
}

function sumsOf({ verdicts, violations }: PlaceChange): readonly number[] {
  return [
    verdicts.compliant,
    verdicts.non_compliant,
    verdicts.exempt,
    verdicts.unknown,
    verdicts.out_of_scope,
    violations.error,
    violations.warning,
  ];
}

async function applyFindings(
  trx: Transaction<Database>,
  changed: readonly Database["place_findings"][],
): Promise<void> {
  for (const batch of batches(changed))
    await trx
      .insertInto("place_findings")
      .values(batch)
      .onConflict((conflict) =>
        conflict.columns(["place_id", "finding_id"]).doUpdateSet((eb) => ({
          count: eb("place_findings.count", "+", eb.ref("excluded.count")),
        })),
      )
      .execute();
  const lessened = new Set(changed.filter(({ count }) => count < 0).map((row) => row.place_id));
  for (const batch of batches([...lessened]))
    await trx
      .deleteFrom("place_findings")
      .where("place_id", "in", batch)
      .where("count", "=", 0)
      .execute();
}

async function applyGaps(
  trx: Transaction<Database>,
  changed: readonly Database["place_gaps"][],
): Promise<void> {
  for (const batch of batches(changed))
    await trx
      .insertInto("place_gaps")
      .values(batch)
      .onConflict((conflict) =>
        conflict.columns(["place_id", "gap"]).doUpdateSet((eb) => ({
          count: eb("place_gaps.count", "+", eb.ref("excluded.count")),
        })),
      )
      .execute();
  const lessened = new Set(changed.filter(({ count }) => count < 0).map((row) => row.place_id));
  for (const batch of batches([...lessened]))
    await trx
      .deleteFrom("place_gaps")
      .where("place_id", "in", batch)
      .where("count", "=", 0)
      .execute();
}
