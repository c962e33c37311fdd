import { AppError } from "../../domain/errors.ts";
import { ANY, type Cell, type CellOutcome, type CellReason } from "../../domain/scan/cell.ts";
import { cellFailure } from "../../domain/scan/cell-failure.ts";
import type { Scope } from "../../domain/scan/scope.ts";
import type { Inventory, PlannedCell, PlanOptions } from "../../ports/cloud.ts";
import { chooseAccounts } from "./accounts.ts";
import { createReader, shareLists } from "./cells.ts";
import {
  type Aggregator,
  findAggregator,
  findRecorded,
  type Recorded,
} from "./config-aggregator.ts";
import { createConfigListing } from "./config-list.ts";
import { type Explorer, findExplorer } from "./explorer.ts";
import { createSupportedTypes, type SupportedTypes } from "./explorer-types.ts";
import { type CellPlan, planCells } from "./ladder.ts";
import type { AwsSettings } from "./options.ts";
import { type ChosenRegions, chooseRegions, listRegions } from "./regions.ts";
import { findListed, NATIVE_TYPES } from "./resource-types.ts";
import type { Caller, Sessions } from "./session.ts";
import type { GlobalRows } from "./tagged-cell.ts";
import type { NativeType } from "./types/native-type.ts";

/** Accounts whose Regions and index are looked up at the same time. */
const ACCOUNTS_AHEAD = 32;

interface Planning {
  readonly aggregator: Aggregator | null;
  readonly supported: SupportedTypes;
  readonly sessions: Sessions;
  readonly settings: AwsSettings;
  readonly caller: Caller;
  readonly scope: Scope;
  /** Empty: every type. */
  readonly types: readonly NativeType[];
}

export function createInventory(sessions: Sessions, settings: AwsSettings): Inventory {
  const supported = createSupportedTypes(settings.clock);
  return {
    plan: (scope, signal, { priority = "interactive" }: PlanOptions = {}) => {
      const own = { ...sessions, calls: sessions.calls.at(priority) };
      return planScan({ sessions: own, settings, supported, scope }, signal);
    },
  };
}

async function* planScan(
  asked: Pick<Planning, "sessions" | "settings" | "supported" | "scope">,
  signal: AbortSignal,
): AsyncGenerator<PlannedCell> {
  const { sessions, settings, scope } = asked;
  if (scope.clouds.length > 0 && !scope.clouds.includes("aws")) return;
  const types = [...new Set(scope.resourceTypes.flatMap((id) => findListed(id) ?? []))];
  if (scope.resourceTypes.length > 0 && types.length === 0) return;
  const caller = await sessions.caller(signal);
  const chosen = { caller, asked: scope.accounts };
  const accounts = chooseAccounts(sessions, settings, chosen, signal);
  const aggregator = await findAggregator(sessions, settings, caller, signal);
  const planning: Planning = { ...asked, aggregator, caller, types };
  const plan = async (account: string | AppError): Promise<readonly PlannedCell[]> =>
    typeof account === "string"
      ? planAccount(planning, account, signal)
      : [gap(cellOf(ANY, ANY), account)];
  for await (const cells of inOrder(accounts, plan)) yield* cells;
}

/** Results in the order of `items`, with a few computed ahead. */
async function* inOrder<T, R>(
  items: AsyncIterable<T>,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  for await (const item of items) {
    const next = work(item);
    // Looked at when its turn comes; until then a failure must not count as unhandled.
    next.catch(() => undefined);
    running.push(next);
    if (running.length < ACCOUNTS_AHEAD) continue;
    for (const due of running.splice(0, 1)) yield await due;
  }
  for (const rest of running) yield await rest;
}

/** One broken account is a gap; a mistake in the question or a cancelled scan concerns all of it. */
async function planAccount(
  planning: Planning,
  account: string,
  signal: AbortSignal,
): Promise<readonly PlannedCell[]> {
  try {
    return await planReachable(planning, account, signal);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === "invalid_input" || error.code === "cancelled") throw error;
    planning.settings.logger.warn("an account cannot be read", { account, code: error.code });
    return [gap(cellOf(account, ANY), error)];
  }
}

async function planReachable(
  planning: Planning,
  account: string,
  signal: AbortSignal,
): Promise<readonly PlannedCell[]> {
  const { sessions, settings, supported, caller, scope, types, aggregator } = planning;
  const { calls } = sessions;
  const { homeRegion, logger } = settings;
  await sessions.open(account, signal);
  const where = { account, partition: caller.partition, homeRegion, logger };
  const [known, explorer] = await Promise.all([
    listRegions(calls, where, signal),
    findExplorer(calls, { ...where, supported }, signal),
  ]);
  const chosen = chooseRegions(known, scope.regions, settings.regions);
  const plans = planCells({
    account,
    regions: chosen.enabled,
    global: chosen.global,
    allRegions: chosen.all,
    types: types.map(({ facts }) => facts),
    native: types.length === 0 ? NATIVE_TYPES : types,
    explorer,
    config: await recordedIn(planning, { account, regions: chosen.enabled, explorer }, signal),
  });
  const globals: GlobalRows = { swept: undefined };
  const config = aggregator && createConfigListing(calls, aggregator, account, plans);
  const context = {
    calls,
    explorer,
    config,
    partition: caller.partition,
    homeRegion,
    globals,
    shared: shareLists(calls, account, explorer),
  };
  return [
    ...regionGaps(account, chosen),
    ...plans.map((plan): PlannedCell => {
      if (!isReadable(plan)) return unsupported(plan.cell);
      return { kind: "reader", reader: createReader(context, plan) };
    }),
  ];
}

/** What AWS Config records where Resource Explorer does not tell everything that is asked. */
async function recordedIn(
  { aggregator, sessions, settings, types }: Planning,
  place: {
    readonly account: string;
    readonly regions: readonly string[];
    readonly explorer: Explorer | null;
  },
  signal: AbortSignal,
): Promise<Recorded | null> {
  if (aggregator === null) return null;
  const { account, explorer } = place;
  const entrusted = types.every(({ facts }) => explorer?.types?.has(facts.id) === true);
  const regions = place.regions.filter(
    (region) => explorer?.regions.has(region) !== true || !entrusted,
  );
  const where = { account, regions, logger: settings.logger };
  return findRecorded(sessions.calls, aggregator, where, signal);
}

function isReadable(
  plan: CellPlan,
): plan is CellPlan & { readonly rung: Exclude<CellPlan["rung"], "none"> } {
  return plan.rung !== "none";
}

function regionGaps(account: string, chosen: ChosenRegions): readonly PlannedCell[] {
  const none = (region: string, outcome: Pick<CellOutcome, "status" | "reason">): PlannedCell => ({
    kind: "gap",
    outcome: { cell: cellOf(account, region), ...outcome, resources: 0 },
  });
  return [
    ...chosen.disabled.map((region) =>
      none(region, { status: "disabled_region", reason: "region_not_enabled" }),
    ),
    ...chosen.unproven.map((region) => none(region, { status: "denied", reason: "access_denied" })),
  ];
}

function unsupported(cell: Cell): PlannedCell {
  const reason: CellReason = "api_not_available";
  return { kind: "gap", outcome: { cell, status: "unsupported", reason, resources: 0 } };
}

function gap(cell: Cell, error: AppError): PlannedCell {
  return { kind: "gap", outcome: { cell, ...cellFailure(error, 0), resources: 0 } };
}

function cellOf(account: string, region: string): Cell {
  return { cloud: "aws", account, region, resourceType: ANY };
}
