import { CLOUDS } from "../../domain/cloud.ts";
import { COST_BUCKETS } from "../../domain/cost/allocation.ts";
import type { SpendFix } from "../../domain/cost/fix-points.ts";
import { denominatorsOf } from "../../domain/cost/waterfall.ts";
import { AppError } from "../../domain/errors.ts";
import { shareOf } from "../../domain/money.ts";
import {
  type AllocationFigure,
  type AllocationStep,
  type Listed,
  listed,
  type NoAllocation,
  type ReportAllocation,
} from "../../domain/report/model.ts";
import type { Scope } from "../../domain/scan/scope.ts";
import type { CostFigure } from "../cost/cost-figure.ts";
import type { GetCostGap } from "../cost/cost-gap.ts";
import type { CostGapRequest } from "../cost/cost-question.ts";

/** Share of taggable spend to plan for: where the FinOps Foundation's maturity "run" begins. */
const TARGET = 0.9;
const MOST_STEPS = 10;

/**
 * How much of last month's bill is allocated, and the way to more. Only what costs nothing to ask is
 * asked: a cloud whose provider charges for the answer is left out unless one is kept.
 * @throws {AppError} `cancelled`.
 */
export async function reportAllocation(
  getCostGap: GetCostGap,
  scope: Scope,
  signal: AbortSignal,
): Promise<ReportAllocation> {
  const request: CostGapRequest = {
    clouds: scope.clouds,
    accounts: scope.accounts,
    regions: scope.regions,
    resourceTypes: scope.resourceTypes,
    period: "last_month",
    groupBy: null,
    tags: [],
    metric: "effective",
    target: TARGET,
    dryRun: true,
    refresh: false,
    signal,
  };
  try {
    const { questions } = await getCostGap(request);
    const free = questions.filter(({ costMicros }) => costMicros === 0n).map(({ cloud }) => cloud);
    if (free.length === 0) return unknown("no_cost_data");
    const result = await getCostGap({ ...request, clouds: free, dryRun: false });
    if (result.figures.length === 0) return unknown("no_cost_data");
    const told = new Set(result.figures.flatMap(({ clouds }) => clouds));
    return {
      known: true,
      from: result.period.from,
      to: result.period.to,
      tags: result.tags,
      figures: result.figures.map(toFigure),
      cloudsWithout: CLOUDS.filter((cloud) => scope.clouds.includes(cloud) && !told.has(cloud)),
    };
  } catch (error) {
    // The report is about tags first: a bill that cannot be read is told of, and fails nothing.
    if (error instanceof AppError && error.code !== "cancelled") return unknown("not_readable");
    throw error;
  }
}

function unknown(reason: NoAllocation): ReportAllocation {
  return { known: false, reason };
}

function toFigure(figure: CostFigure): AllocationFigure {
  const { total, taggable } = denominatorsOf(figure.buckets);
  const measurable = figure.obstacle === null;
  return {
    clouds: figure.clouds,
    currency: figure.currency,
    method: figure.method,
    confidence: figure.confidence,
    asOfMs: figure.asOfMs,
    totalMicros: total,
    taggableMicros: taggable,
    measurable,
    buckets: measurable
      ? COST_BUCKETS.map((bucket) => ({ bucket, micros: figure.buckets[bucket] }))
      : [],
    allocatedMicros: measurable ? figure.buckets.allocated : 0n,
    target: TARGET,
    steps: stepsOf(figure),
  };
}

function stepsOf({ path }: CostFigure): Listed<AllocationStep> {
  if (path === null) return { shown: [], more: 0 };
  let allocated = path.allocatedMicros;
  const steps = path.steps.map(({ fix, gainMicros }): AllocationStep => {
    allocated += gainMicros;
    const shareAfter = shareOf(allocated, path.taggableMicros);
    return { kind: fix.kind, ...targetOf(fix), gainMicros, shareAfter };
  });
  return listed(steps, MOST_STEPS);
}

function targetOf(fix: SpendFix): Pick<AllocationStep, "where" | "setTo"> {
  if (fix.kind === "value") return { where: `${fix.tag}=${fix.actual}`, setTo: fix.suggestion };
  if (fix.kind === "ignore_case") return { where: fix.tag, setTo: null };
  const account = `${fix.cloud} ${fix.account ?? ""}`.trim();
  return fix.kind === "parent"
    ? { where: `${account} ${fix.parent}`, setTo: null }
    : { where: account, setTo: fix.value };
}
