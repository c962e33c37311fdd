import { CLOUDS, type Cloud } from "../../domain/cloud.ts";
import { allocationJudge } from "../../domain/cost/allocation.ts";
import type { CostGroup } from "../../domain/cost/cost-line.ts";
import { type CostPeriod, parseCostPeriod } from "../../domain/cost/cost-period.ts";
import type { GapGrouping } from "../../domain/cost/gap.ts";
import {
  obstacleOf,
  type Unmeasurable,
  type UnmeasurableReason,
} from "../../domain/cost/measurable.ts";
import { AppError, type ErrorCode } from "../../domain/errors.ts";
import type { Micros } from "../../domain/money.ts";
import type { CompiledPolicy } from "../../domain/policy/compile.ts";
import type { ResourceTypeCatalogue } from "../../domain/resource-type.ts";
import { type CloudKnowledge, narrowScope } from "../../domain/scan/narrow.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CloudProvider } from "../../ports/cloud.ts";
import type { CostStore, StoredBill } from "../../ports/cost-store.ts";
import type { CostSource } from "../../ports/costs.ts";
import type { StoredTags } from "../../ports/stored-tags.ts";
import { adoptParents } from "./adopt-parents.ts";
import { keptAnswer, readCosts } from "./cost-answers.ts";
import { type CostFigure, FigureBuilder } from "./cost-figure.ts";
import {
  allocationTags,
  canFilter,
  type CostGapRequest,
  type CostQuestionInFull,
  costRequest,
  type CostSettings,
  noTeamTag,
  scopeFilter,
  teamTagOf,
} from "./cost-question.ts";
import { storedSource } from "./stored-source.ts";

/** What was, or would be, asked of one cloud's bill. */
export interface CostQuestion {
  readonly cloud: Cloud;
  readonly method: CostSource["method"];
  /** An answer kept earlier serves: asking costs nothing. */
  readonly kept: boolean;
  readonly calls: number;
  /** Micro-units of US dollars. */
  readonly costMicros: Micros;
}

/** A cloud whose bill gave no figure. Its spend is in none of the figures. */
export interface CloudWithoutFigure {
  readonly cloud: Cloud;
  readonly obstacle: Unmeasurable | null;
  /** Why its bill could not be read; null where there is an obstacle instead. */
  readonly failure: ErrorCode | null;
}

export interface CostGapResult {
  readonly period: CostPeriod;
  readonly tags: readonly string[];
  readonly teamTag: string | null;
  readonly groupBy: GapGrouping | null;
  /** Regions or types were named: figures hold what the bill places there, and are not the whole bill. */
  readonly filtered: boolean;
  /** One per method, currency and state of the keys; nothing is added across them. Empty on a dry run. */
  readonly figures: readonly CostFigure[];
  readonly without: readonly CloudWithoutFigure[];
  readonly questions: readonly CostQuestion[];
  readonly dryRun: boolean;
  readonly policyHash: string;
}

export interface CostGapDeps {
  readonly providers: readonly CloudProvider[];
  readonly catalogue: ResourceTypeCatalogue;
  /** Bills that the configured clouds can be asked for. */
  readonly sources: readonly CostSource[];
  readonly store: CostStore;
  readonly clock: Clock;
  readonly policy: () => Promise<CompiledPolicy>;
  readonly settings: CostSettings;
  /** Names parents that the bill does not. */
  readonly inventory: StoredTags;
}

export type GetCostGap = (request: CostGapRequest) => Promise<CostGapResult>;

/**
 * How much of the bill belongs to whom, and why the rest does not. A cloud is answered for by imported
 * bills where they hold the period, else by its provider; what neither can say is named, never counted
 * as a gap.
 * @throws {AppError} `invalid_input`, `cancelled`, `storage_unavailable`. What a provider refuses is
 * reported in `without`, unless it leaves nothing to answer: then its own error is thrown.
 */
export function createCostGap(deps: CostGapDeps): GetCostGap {
  return async (request) => {
    const policy = await deps.policy();
    const nowMs = deps.clock.now();
    const bills = await deps.store.bills();
    const { regions = [], resourceTypes = [] } = request;
    const { scope, perCloud } = narrowScope(
      { clouds: request.clouds, accounts: request.accounts, regions, resourceTypes },
      cloudsWithBills(deps, bills, regions),
      deps.catalogue,
    );
    const question: CostQuestionInFull = {
      request,
      policy,
      nowMs,
      shares: perCloud,
      period: parseCostPeriod(request.period, nowMs),
      tags: allocationTags(request, policy, deps.settings),
      teamTag: deps.settings.teamTag ?? teamTagOf(policy),
    };
    if (request.groupBy === "team" && question.teamTag === null) throw noTeamTag();
    const collected = new Collected(question);
    for (const cloud of scope.clouds) {
      const { period } = question;
      const stored = storedSource(deps.store, bills, { cloud, period, nowMs });
      const source = stored ?? deps.sources.find((one) => one.cloud === cloud);
      const isStored = stored !== undefined;
      if (source === undefined) collected.without.push(withObstacle(cloud, "no_source"));
      else await answerCloud(deps, { question, source, isStored, collected });
    }
    return collected.result();
  };
}

/** Clouds in use, and those of which only imported bills are known, whose regions cannot be checked. */
function cloudsWithBills(
  { providers }: CostGapDeps,
  bills: readonly StoredBill[],
  regions: readonly string[],
): readonly CloudKnowledge[] {
  return CLOUDS.flatMap((cloud): readonly CloudKnowledge[] => {
    const provider = providers.find((one) => one.cloud === cloud);
    if (provider !== undefined) return [provider];
    return bills.some((bill) => bill.cloud === cloud) ? [{ cloud, regions }] : [];
  });
}

/** What is known so far, cloud by cloud. */
class Collected {
  readonly figures: FigureBuilder;
  readonly without: CloudWithoutFigure[] = [];
  readonly questions: CostQuestion[] = [];
  readonly errors: AppError[] = [];
  readonly #question: CostQuestionInFull;

  constructor(question: CostQuestionInFull) {
    const { request, policy, nowMs, tags, teamTag } = question;
    this.#question = question;
    this.figures = new FigureBuilder({
      judge: allocationJudge(policy, tags, nowMs),
      grouping: request.groupBy,
      teamTag: teamTag ?? "",
      metric: request.metric,
      target: request.target,
    });
  }

  result(): CostGapResult {
    const { request, policy, period, tags, teamTag } = this.#question;
    const [first] = this.errors;
    const figures = this.figures.figures();
    if (first !== undefined && figures.length === 0) throw first;
    return {
      period,
      tags,
      teamTag,
      groupBy: request.groupBy,
      filtered: (request.regions ?? []).length + (request.resourceTypes ?? []).length > 0,
      figures,
      without: [
        ...this.without,
        ...this.figures.cloudsWithoutCharges().map((cloud) => withObstacle(cloud, "no_charges")),
      ],
      questions: this.questions,
      dryRun: request.dryRun,
      policyHash: policy.policyHash,
    };
  }
}

async function answerCloud(
  deps: CostGapDeps,
  {
    question,
    source,
    isStored,
    collected,
  }: {
    readonly question: CostQuestionInFull;
    readonly source: CostSource;
    readonly isStored: boolean;
    readonly collected: Collected;
  },
): Promise<void> {
  const { cloud, method } = source;
  const { request, tags, period } = question;
  const asked = costRequest(question, source);
  if (source.capabilities.maxKeys < tags.length || !canFilter(question, source)) {
    const obstacle: Unmeasurable = { reason: "source_cannot", tags, measurableFrom: null };
    collected.without.push({ cloud, obstacle, failure: null });
    return;
  }
  if (request.dryRun) {
    const kept = (await keptAnswer(deps, source, asked)) !== undefined && !request.refresh;
    const cost = kept ? NOTHING : source.askingCost(asked);
    collected.questions.push({ cloud, method, kept, ...cost });
    return;
  }
  const part = collected.figures.begin(source);
  try {
    const { refresh, signal } = request;
    const { onSpent } = request;
    const isWanted = scopeFilter(question.shares.get(cloud));
    const take = (groups: readonly CostGroup[]): void => part.take(groups.filter(isWanted));
    const ask = { source, request: asked, refresh, signal, onSpent };
    const answer = await readCosts(deps, ask, take);
    const { kept, facts } = answer;
    const asking = kept ? NOTHING : facts.asked;
    if (isStored && request.target !== null)
      await adoptParents(
        deps,
        { cloud, request: asked, facts: facts.keys },
        (group, inventoryTags) => {
          if (isWanted(group)) part.adopt(group, inventoryTags);
        },
      );
    collected.questions.push({ cloud, method, kept, ...asking });
    part.end(answer, { obstacle: obstacleOf(facts.keys, tags, period), keys: asked.keys });
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "cancelled") throw error;
    collected.errors.push(error);
    collected.without.push({ cloud, obstacle: null, failure: error.code });
  }
}

const NOTHING = { calls: 0, costMicros: 0n };

function withObstacle(cloud: Cloud, reason: UnmeasurableReason): CloudWithoutFigure {
  return { cloud, obstacle: { reason, tags: [], measurableFrom: null }, failure: null };
}
