import { sql, type Transaction } from "kysely";
import type { Database } from "../schema.ts";
import { batches } from "./batches.ts";

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
export async function addToPlaces(
  trx: Transaction<Database>,
  sums: readonly PlaceSum[],
  additions: readonly PlaceAddition[],
): Promise<readonly PlaceAfter[]> {
  const after: PlaceAfter[] = [];
  const names = sql.join([sql.ref("id"), ...sums.map((sum) => sql.ref(sum))]);
  const sets = sql.join(
    sums.map(
      (sum) => sql`${sql.ref(sum)} = ${sql.ref(`places.${sum}`)} + ${sql.ref(`added.${sum}`)}`,
    ),
  );
  for (const batch of batches(additions)) {
    const rows = batch.map(
      // Casts: PostgreSQL takes bare parameters of `values` for text.
      ({ placeId, amounts }) =>
        sql`(${sql.join([placeId, ...amounts].map((value) => sql`cast(${value} as bigint)`))})`,
    );
    const done = await sql<PlaceAfter>`with added (${names}) as (values ${sql.join(rows)})
      update places set ${sets} from added where places.id = added.id
      returning places.id, places.violation_rows`.execute(trx);
    after.push(...done.rows);
  }
  return after;
}
