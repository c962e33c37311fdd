import { setTimeout as sleep } from "node:timers/promises";
import type { Judge } from "../domain/compliance/violation.ts";
import { AppError } from "../domain/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { InventoryStore } from "../ports/inventory.ts";
import type { Logger } from "../ports/logger.ts";
import type { ReJudgement, ReJudgeStore } from "../ports/re-judge.ts";
import { followScan } from "./follow-scan.ts";

export interface ReJudgeDeps {
  readonly reJudge: ReJudgeStore;
  readonly inventory: Pick<InventoryStore, "scanProgress" | "failAbandonedScans">;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Between two looks whether another process has ended. */
const PAUSE_MS = 200;

/**
 * Judges every stored resource by a policy, from its stored tags: no cloud is asked. Waits for a scan
 * that runs to end first.
 * @returns false when another process is judging, by whatever policy: look again.
 * @throws {AppError} `cancelled`; `storage_unavailable`.
 */
export async function reJudge(
  deps: ReJudgeDeps,
  judge: Judge,
  signal: AbortSignal,
): Promise<boolean> {
  for (;;) {
    if (signal.aborted) throw cancelled();
    await deps.inventory.failAbandonedScans();
    const begun = await deps.reJudge.begin(judge.policyHash);
    if (begun.kind === "begun") return judgeAll(deps, begun.judgement, { judge, signal });
    if (begun.kind === "scanning") await followScan(deps.inventory, begun.scanId, { signal });
    else {
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      return false;
    }
  }
}

async function judgeAll(
  { clock, logger }: ReJudgeDeps,
  judgement: ReJudgement,
  { judge, signal }: { readonly judge: Judge; readonly signal: AbortSignal },
): Promise<true> {
  const beganAt = clock.now();
  let resources = 0;
  try {
    for await (const page of judgement.resources()) {
      if (signal.aborted) throw cancelled();
      const nowMs = clock.now();
      resources += page.length;
      await judgement.stage(
        page.map((stored) => ({
          stored,
          resource: stored.resource,
          judgement: judge.judge(stored.resource, nowMs),
        })),
      );
    }
    const { changed } = await judgement.finish();
    const durationMs = clock.now() - beganAt;
    logger.info("inventory judged by the new policy", { resources, changed, durationMs });
    return true;
  } catch (error) {
    await judgement.abandon().catch(() => undefined);
    throw error;
  }
}

function cancelled(): AppError {
  return new AppError("cancelled", "Judging by the new policy was cancelled.");
}
