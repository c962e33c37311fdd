import type { Transaction } from "kysely";
import { tagGapOf } from "../../domain/compliance/tag-gap.ts";
import { AppError } from "../../domain/errors.ts";
import type { ReJudged } from "../../ports/re-judge.ts";
import { batches } from "../inventory/batches.ts";
import type { DictionaryLookup } from "../inventory/dictionary.ts";
import { gapNumber } from "../inventory/gap-number.ts";
import type { RollupChange } from "../inventory/rollup.ts";
import { decodeRowId, encodeRowId } from "../inventory/row-id.ts";
import { stateOf } from "../inventory/seen-row.ts";
import type { Database } from "../schema.ts";

/** What a judging gathers beside the rows it puts aside; grows with places, not with resources. */
export interface Gathered {
  readonly rollup: RollupChange;
  /** The last violation row of each place. No scan runs meanwhile, so nobody else takes numbers. */
  readonly lastRows: Map<number, number>;
  changed: number;
}

interface Changed {
  readonly judged: ReJudged;
  readonly state: string;
  readonly gap: number | null;
}

/** Of a page those of which the new policy says something else than what is stored. */
export function changedOf(page: readonly ReJudged[]): readonly Changed[] {
  return page.flatMap((judged) => {
    const { stored } = judged;
    const state = stateOf(judged);
    const gapName = tagGapOf(judged, stored.hadTags);
    const gap = gapName === null ? null : gapNumber(gapName);
    return state === stored.state && gap === stored.gap ? [] : [{ judged, state, gap }];
  });
}

/** Puts the judgements of changed resources aside. */
export async function stage(
  trx: Transaction<Database>,
  dictionary: DictionaryLookup,
  { changed, gathered }: { readonly changed: readonly Changed[]; readonly gathered: Gathered },
): Promise<void> {
  await countOutOld(trx, changed, gathered.rollup);
  const verdicts = changed.map(({ judged, state, gap }) => {
    const { stored, judgement } = judged;
    gathered.rollup.addResources(stored.placeId, stored.verdict, -1);
    gathered.rollup.addGaps(stored.placeId, stored.gap, -1);
    gathered.rollup.addResources(stored.placeId, judgement.verdict, 1);
    gathered.rollup.addGaps(stored.placeId, gap, 1);
    return { resource_no: stored.no, verdict: judgement.verdict, state, gap };
  });
  for (const batch of batches(verdicts))
    await trx.insertInto("staged_verdicts").values(batch).execute();
  await stageViolations(trx, dictionary, { changed, gathered });
  gathered.changed += changed.length;
}

async function countOutOld(
  trx: Transaction<Database>,
  changed: readonly Changed[],
  rollup: RollupChange,
): Promise<void> {
  const numbers = changed.map(({ judged }) => judged.stored.no);
  for (const batch of batches(numbers)) {
    const rows = await trx
      .selectFrom("violations")
      .select(["id", "finding_id"])
      .where("resource_no", "in", batch)
      .execute();
    for (const { id, finding_id } of rows) {
      const position = decodeRowId(id);
      if (position === undefined) throw new AppError("internal", "A violation has no position.");
      const finding = { id: finding_id, severity: position.severity };
      rollup.addViolations(position.placeId, finding, -1);
    }
  }
}

async function stageViolations(
  trx: Transaction<Database>,
  dictionary: DictionaryLookup,
  { changed, gathered }: { readonly changed: readonly Changed[]; readonly gathered: Gathered },
): Promise<void> {
  const rows: Database["staged_violations"][] = [];
  for (const { judged } of changed) {
    const { placeId, no } = judged.stored;
    for (const violation of judged.judgement.violations) {
      const finding = await dictionary.finding(violation);
      const row = (gathered.lastRows.get(placeId) ?? 0) + 1;
      gathered.lastRows.set(placeId, row);
      rows.push({
        id: encodeRowId({ severity: violation.severity, placeId, row }),
        resource_no: no,
        finding_id: finding.id,
        actual: violation.actual,
        suggestion: violation.suggestion,
      });
      gathered.rollup.addViolations(placeId, finding, 1);
    }
  }
  for (const batch of batches(rows))
    await trx.insertInto("staged_violations").values(batch).execute();
}
