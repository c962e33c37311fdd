import type { Expression, ExpressionBuilder, SqlBool, Transaction } from "kysely";
import { recordGone } from "../history/record-gone.ts";
import type { Database } from "../schema.ts";
import { batches } from "./batches.ts";
import { UNKNOWN_GAP } from "./gap-number.ts";
import { unseenSince } from "./last-seen.ts";
import { RollupChange } from "./rollup.ts";

/** `gone`: a complete read did not find them. `unknown`: they could not be looked for. */
export type Conclusion = "gone" | "unknown";

/** The state of a resource that could not be looked for: equal to no other, so the next sighting rewrites it. */
export const UNCONFIRMED = "";

/** The scan that concludes, and since when it has been looking. */
export interface Looker {
  readonly no: number;
  /** When the scan began by the clock of the store, epoch milliseconds. */
  readonly beganAtMs: number;
}

/**
 * Draws the conclusion about every resource of these places that the scan did not see. A resource seen
 * by anyone since the scan began exists, whatever this scan saw: another scan may run at the same time.
 */
export async function concludeUnseen(
  trx: Transaction<Database>,
  looker: Looker,
  about: {
    readonly placeIds: readonly number[];
    readonly conclusion: Conclusion;
    readonly nowMs: number;
  },
): Promise<void> {
  const rollup = new RollupChange();
  for (const placeIds of batches(about.placeIds)) {
    const unseen = unseenIn(placeIds, looker, about.conclusion);
    const { conclusion, nowMs } = about;
    const count = await countResources(trx, unseen, { rollup, conclusion });
    if (count === 0) continue;
    if (conclusion === "gone")
      await recordGone(trx, { which: unseen, count, scanNo: looker.no, nowMs });
    await dropViolations(trx, unseen, rollup);
    await trx
      .updateTable("resources")
      .set(
        conclusion === "gone"
          ? { gone_at: nowMs, gap: null }
          : { verdict: "unknown" as const, state: UNCONFIRMED, gap: UNKNOWN_GAP },
      )
      .where(unseen)
      .execute();
  }
  await rollup.apply(trx);
}

type Condition = (eb: ExpressionBuilder<Database, "resources">) => Expression<SqlBool>;

function unseenIn(placeIds: readonly number[], looker: Looker, conclusion: Conclusion): Condition {
  return (eb) =>
    eb.and([
      eb("resources.place_id", "in", placeIds),
      eb("resources.gone_at", "is", null),
      ...(conclusion === "unknown" ? [eb("resources.state", "!=", UNCONFIRMED)] : []),
      unseenSince(eb, looker),
    ]);
}

/** Moves the counts. @returns how many resources the conclusion is about. */
async function countResources(
  trx: Transaction<Database>,
  unseen: Condition,
  { rollup, conclusion }: { readonly rollup: RollupChange; readonly conclusion: Conclusion },
): Promise<number> {
  const groups = await trx
    .selectFrom("resources")
    .select(["place_id", "verdict", "gap"])
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where(unseen)
    .groupBy(["place_id", "verdict", "gap"])
    .execute();
  for (const { place_id, verdict, gap, count } of groups) {
    rollup.addResources(place_id, verdict, -count);
    rollup.addGaps(place_id, gap, -count);
    if (conclusion === "gone") continue;
    rollup.addResources(place_id, "unknown", count);
    rollup.addGaps(place_id, UNKNOWN_GAP, count);
  }
  return groups.reduce((sum, { count }) => sum + count, 0);
}

async function dropViolations(
  trx: Transaction<Database>,
  unseen: Condition,
  rollup: RollupChange,
): Promise<void> {
  const groups = await trx
    .selectFrom("violations")
    .innerJoin("resources", "resources.no", "violations.resource_no")
    .innerJoin("findings", "findings.id", "violations.finding_id")
    .select(["resources.place_id", "findings.id", "findings.severity"])
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("violations.resource_no", "in", (eb) =>
      eb.selectFrom("resources").select("no").where(unseen),
    )
    .groupBy(["resources.place_id", "findings.id", "findings.severity"])
    .execute();
  if (groups.length === 0) return;
  for (const { place_id, count, ...finding } of groups)
    rollup.addViolations(place_id, finding, -count);
  await trx
    .deleteFrom("violations")
    .where("resource_no", "in", (eb) => eb.selectFrom("resources").select("no").where(unseen))
    .execute();
}
