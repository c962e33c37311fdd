import type { Transaction } from "kysely";
import type { Severity, Verdict } from "../../domain/compliance/violation.ts";
import type { Database } from "../schema.ts";
import { batches } from "./batches.ts";
import { COUNTED, placeAddition } from "./place-sums.ts";
import { int64, rowInsert } from "./row-insert.ts";

interface PlaceChange {
  readonly verdicts: Record<Verdict, number>;
  readonly violations: Record<Severity, number>;
  readonly findings: Map<number, number>;
  readonly gaps: Map<number, number>;
}

const addCounts = placeAddition(COUNTED);

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
    await addCounts(
      trx,
      additions.filter(({ amounts }) => amounts.some((amount) => amount !== 0)),
    );
    const findings = [...this.#places].flatMap(([place_id, { findings: counts }]) =>
      changes(counts, (finding_id, count) => ({ place_id, finding_id, count })),
    );
    await addFindings(trx, findings);
    await dropEmpty(trx, "place_findings", findings);
    const gaps = [...this.#places].flatMap(([place_id, { gaps: counts }]) =>
      changes(counts, (gap, count) => ({ place_id, gap, count })),
    );
    await addGaps(trx, gaps);
    await dropEmpty(trx, "place_gaps", gaps);
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

/** A row of each count that is not 0. */
function changes<Row>(
  counts: ReadonlyMap<number, number>,
  rowOf: (of: number, count: number) => Row,
): readonly Row[] {
  return [...counts].flatMap(([of, count]) => (count === 0 ? [] : [rowOf(of, count)]));
}

const addFindings = rowInsert<"place_findings", Database["place_findings"]>(
  "place_findings",
  {
    place_id: int64((row) => row.place_id),
    finding_id: int64((row) => row.finding_id),
    count: int64((row) => row.count),
  },
  (insert) =>
    insert.onConflict((conflict) =>
      conflict.columns(["place_id", "finding_id"]).doUpdateSet((eb) => ({
        count: eb("place_findings.count", "+", eb.ref("excluded.count")),
      })),
    ),
);

const addGaps = rowInsert<"place_gaps", Database["place_gaps"]>(
  "place_gaps",
  {
    place_id: int64((row) => row.place_id),
    gap: int64((row) => row.gap),
    count: int64((row) => row.count),
  },
  (insert) =>
    insert.onConflict((conflict) =>
      conflict.columns(["place_id", "gap"]).doUpdateSet((eb) => ({
        count: eb("place_gaps.count", "+", eb.ref("excluded.count")),
      })),
    ),
);

/** What is counted no longer is not kept with a count of 0. */
async function dropEmpty(
  trx: Transaction<Database>,
  table: "place_findings" | "place_gaps",
  changed: readonly { readonly place_id: number; readonly count: number }[],
): Promise<void> {
  const lessened = new Set(changed.filter(({ count }) => count < 0).map((row) => row.place_id));
  for (const batch of batches([...lessened]))
    await trx.deleteFrom(table).where("place_id", "in", batch).where("count", "=", 0).execute();
}
