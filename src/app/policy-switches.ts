import { setTimeout as sleep } from "node:timers/promises";
import type { Judge } from "../domain/compliance/violation.ts";
import { AppError } from "../domain/errors.ts";
import type { Scope } from "../domain/scan/scope.ts";
import type { Clock } from "../ports/clock.ts";
import type { InventoryStore } from "../ports/inventory.ts";
import type { Logger } from "../ports/logger.ts";
import type { ReJudgeStore } from "../ports/re-judge.ts";
import { reJudge } from "./re-judge.ts";

export interface PolicySwitchDeps {
  readonly reJudge?: ReJudgeStore;
  readonly inventory: InventoryStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface PolicyQuestion {
  readonly scope: Scope;
  readonly signal: AbortSignal;
  /** The caller has another answer: it waits only as long as a small inventory takes. */
  readonly mayLeave: boolean;
}

/** Judging the inventory by the policy in force, once for all questions of this process that need it. */
export interface PolicySwitches {
  /**
   * @returns false when the caller may leave and it is not done yet; it goes on.
   * @throws {AppError} `cancelled`, `storage_unavailable`.
   */
  to(judge: Judge, question: PolicyQuestion): Promise<boolean>;
  /** Resolves when nothing runs any more; never rejects. */
  ended(): Promise<void>;
}

/** Judged and stored in less than a second of computing; see `bench/re-judge.ts`. */
const FEW_RESOURCES = 20_000;
const PATIENCE_MS = 5_000;

/** @param closing ends what runs. */
export function createPolicySwitches(deps: PolicySwitchDeps, closing: AbortSignal): PolicySwitches {
  const running = new Map<string, Promise<void>>();

  const start = (store: ReJudgeStore, judge: Judge, scope: Scope): Promise<void> => {
    const run = switchTo({ ...deps, reJudge: store }, { judge, scope, closing }).finally(() =>
      running.delete(judge.policyHash),
    );
    running.set(judge.policyHash, run);
    run.catch((error: unknown) => {
      if (!closing.aborted) deps.logger.warn("judging by the new policy failed", { error });
    });
    return run;
  };

  return {
    to: async (judge, { scope, signal, mayLeave }) => {
      const { reJudge: store } = deps;
      if (store === undefined) return false;
      const run = running.get(judge.policyHash) ?? start(store, judge, scope);
      if (mayLeave && (await store.countResources()) > FEW_RESOURCES) return false;
      return waitFor(run, signal, mayLeave ? PATIENCE_MS : null);
    },
    ended: async () => {
      await Promise.allSettled(running.values());
    },
  };
}

async function switchTo(
  deps: PolicySwitchDeps & { readonly reJudge: ReJudgeStore },
  {
    judge,
    scope,
    closing,
  }: { readonly judge: Judge; readonly scope: Scope; readonly closing: AbortSignal },
): Promise<void> {
  while (!(await reJudge(deps, judge, closing))) {
    const latest = await deps.inventory.latestScanCovering(scope);
    if (latest?.policyHash === judge.policyHash) return;
  }
}

async function waitFor(
  run: Promise<void>,
  signal: AbortSignal,
  patienceMs: number | null,
): Promise<boolean> {
  const leave = new AbortController();
  const either = AbortSignal.any([signal, leave.signal]);
  const left = sleep(patienceMs ?? 2 ** 31 - 1, false, { signal: either }).catch(() => false);
  try {
    const ended = await Promise.race([run.then(() => true), left]);
    if (signal.aborted) throw new AppError("cancelled", "The question was cancelled.");
    return ended;
  } finally {
    leave.abort();
  }
}
