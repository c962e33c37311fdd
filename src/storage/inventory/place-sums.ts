import { type RawBuilder, sql, type Transaction } from "kysely";
import type { Database } from "../schema.ts";
import { batches } from "./batches.ts";
import { SizedStatement } from "./sized-statement.ts";

/** Columns of what is counted of resources and violations, for places and for snapshots. */
export const COUNTED = [
  "compliant",
  "non_compliant",
  "exempt",
  "unknown",
  "out_of_scope",
  "errors",
  "warnings",
] as const;

/** What `places` counts. */
export type PlaceSum = (typeof COUNTED)[number] | "violation_rows";

/** So much more, or less, of the sums of a place. */
export interface PlaceAddition {
  readonly placeId: number;
  /** In the order of `sums`. */
  readonly amounts: readonly number[];
}

/** The place as it is afterwards. */
interface PlaceAfter {
  readonly id: number;
  readonly violation_rows: number;
}

/** Adds to sums of many places by few statements: a scan touches tens of thousands of places. */
export function placeAddition(
  sums: readonly PlaceSum[],
): (
  trx: Transaction<Database>,
  additions: readonly PlaceAddition[],
) => Promise<readonly PlaceAfter[]> {
  const names = sql.join([sql.ref("id"), ...sums.map((sum) => sql.ref(sum))]);
  const sets = sql.join(
    sums.map(
      (sum) => sql`${sql.ref(sum)} = ${sql.ref(`places.${sum}`)} + ${sql.ref(`added.${sum}`)}`,
    ),
  );
  const statement = new SizedStatement();
  return async (trx, additions) => {
    const after: PlaceAfter[] = [];
    for (const batch of batches(additions)) {
      const parameters = batch.flatMap(({ placeId, amounts }) => [placeId, ...amounts]);
      const { rows } = await statement.execute<PlaceAfter>(trx, parameters, () =>
        sql<PlaceAfter>`with added (${names}) as (values ${sql.join(batch.map(numbers))})
          update places set ${sets} from added where places.id = added.id
          returning places.id, places.violation_rows`.compile(trx),
      );
      after.push(...rows);
    }
    return after;
  };
}

/** Casts: PostgreSQL takes bare parameters of `values` for text. */
function numbers({ placeId, amounts }: PlaceAddition): RawBuilder<unknown> {
  return sql`(${sql.join([placeId, ...amounts].map((value) => sql`cast(${value} as bigint)`))})`;
}
