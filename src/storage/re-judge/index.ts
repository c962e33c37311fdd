import { randomUUID } from "node:crypto";
import type { Kysely } from "kysely";
import type { Clock } from "../../ports/clock.ts";
import type { BegunReJudgement, ReJudgement, ReJudgeStore } from "../../ports/re-judge.ts";
import { VERDICTS } from "../../domain/compliance/violation.ts";
import { Dictionary } from "../inventory/dictionary.ts";
import { RollupChange } from "../inventory/rollup.ts";
import { covers, lastFinishedScans } from "../inventory/scan-rows.ts";
import { noteChange } from "../one-moment.ts";
import type { Database } from "../schema.ts";
import { resourcesToJudge } from "./read.ts";
import { endRight, isReJudging, renewRight, takeRight } from "./right.ts";
import { changedOf, type Gathered, stage } from "./stage.ts";
import { dropStaged, runningScan, showStaged } from "./switch.ts";

/** Between two signs of life where nothing has to be written. */
const RENEW_MS = 5_000;

/** Over an opened and migrated database, which somebody else closes. */
export function createReJudgeStore(db: Kysely<Database>, clock: Clock): ReJudgeStore {
  const owner = randomUUID();
  return {
    youngestRead: async (scope) =>
      (await lastFinishedScans(db)).find(({ record }) => covers(record.scope, scope))?.record,
    countResources: async () => {
      const sums = await db
        .selectFrom("places")
        .select((eb) => VERDICTS.map((verdict) => eb.fn.sum(verdict).as(verdict)))
        .executeTakeFirstOrThrow();
      return VERDICTS.reduce((sum, verdict) => sum + Number(sums[verdict] ?? 0), 0);
    },
    begin: (policyHash) => {
      noteChange(db);
      return db.transaction().execute(async (trx): Promise<BegunReJudgement> => {
        const nowMs = clock.now();
        if (await isReJudging(trx, nowMs)) return { kind: "judging" };
        const scan = await runningScan(trx);
        if (scan !== undefined) return { kind: "scanning", scanId: scan.id };
        const token = await takeRight(trx, owner, nowMs);
        // What one that died has left behind.
        await dropStaged(trx);
        const places = await trx.selectFrom("places").select(["id", "violation_rows"]).execute();
        const gathered: Gathered = {
          rollup: new RollupChange(),
          lastRows: new Map(places.map((place) => [place.id, place.violation_rows])),
          changed: 0,
        };
        return {
          kind: "begun",
          judgement: judgementOf(db, clock, { policyHash, token, gathered }),
        };
      });
    },
  };
}

interface Own {
  readonly policyHash: string;
  readonly token: number;
  readonly gathered: Gathered;
}

function judgementOf(
  db: Kysely<Database>,
  clock: Clock,
  { policyHash, token, gathered }: Own,
): ReJudgement {
  const dictionary = new Dictionary();
  let renewedAtMs = clock.now();
  return {
    resources: () => resourcesToJudge(db),
    stage: async (page) => {
      const changed = changedOf(page);
      const nowMs = clock.now();
      if (changed.length > 0) {
        const lookup = await db.transaction().execute(async (trx) => {
          await renewRight(trx, token, nowMs);
          const within = dictionary.within(trx);
          await stage(trx, within, { changed, gathered });
          return within;
        });
        dictionary.remember(lookup);
      } else if (nowMs - renewedAtMs > RENEW_MS) await renewRight(db, token, nowMs);
      else return;
      renewedAtMs = nowMs;
    },
    finish: async () => {
      await db.transaction().execute(async (trx) => {
        await renewRight(trx, token, clock.now());
        await showStaged(trx, policyHash);
        await gathered.rollup.apply(trx);
        await endRight(trx, token, clock.now());
      });
      noteChange(db);
      return { changed: gathered.changed };
    },
    abandon: async () => {
      await endRight(db, token, clock.now());
    },
  };
}
