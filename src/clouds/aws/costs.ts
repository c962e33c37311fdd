import { awsChargeClass, type ChargeClass } from "../../domain/cost/charge-class.ts";
import type { CostGroup, CostKeyFact } from "../../domain/cost/cost-line.ts";
import { AppError } from "../../domain/errors.ts";
import { microCarry } from "../../domain/money.ts";
import type { AskingCost, CostFacts, CostRequest, CostSource } from "../../ports/costs.ts";
import { CALLER } from "./calls.ts";
import { ofCostExplorer } from "./cost-errors.ts";
import { type AllocationState, readableKey } from "./cost-keys.ts";
import {
  AWS_COST_DIMENSIONS,
  type ChargeQuery,
  dimensionIn,
  planCosts,
  TAGGABLE_TYPES,
} from "./cost-plan.ts";
import { type AwsProviderOptions, settingsFrom } from "./options.ts";
import type { CostExplorerApi, CostPage, CostQuery, CostRow } from "./sdk/cost-explorer.ts";
import { createSessions } from "./session.ts";

/** One cent a request, and each page is one (aws.amazon.com/aws-cost-management/aws-cost-explorer/pricing). */
const REQUEST_COST_MICROS = 10_000n;
/** AWS refreshes cost data up to three times a day (Cost Explorer User Guide). */
const KEEP_FOR_MS = 8 * 3_600_000;
/** The state of cost allocation tags takes up to a day to change. */
const STATE_KEPT_FOR_MS = 3_600_000;
/** Cost Explorer is served from here, whatever Region the account works in. */
const COST_REGION = "us-east-1";

const TAGGABLE: ReadonlySet<string> = new Set(TAGGABLE_TYPES);

/** Asks, and counts what asking costs. */
interface Asking {
  readonly ask: <T>(
    operation: string,
    send: (api: CostExplorerApi, signal: AbortSignal) => Promise<T>,
  ) => Promise<T>;
  readonly cost: () => AskingCost;
}

/** GetCostAndUsage groups by two things; one of them is the tag. */
const CAPABILITIES: CostSource["capabilities"] = {
  dimensions: AWS_COST_DIMENSIONS,
  maxDimensions: 1,
  maxKeys: 1,
  blankIsAbsent: true,
  seesResources: false,
};

/**
 * AWS costs by tag, from Cost Explorer. Best asked with the payer's credentials: others see their own
 * account and cannot tell which keys are active. Making one loads nothing and asks nothing.
 */
export function createAwsCosts(options: AwsProviderOptions): CostSource {
  const settings = settingsFrom(options);
  const { calls } = createSessions(settings);
  const target = { service: "costExplorer", account: CALLER, region: COST_REGION } as const;
  let known: { readonly state: AllocationState | null; readonly atMs: number } | undefined;

  const asking = (signal: AbortSignal, onSpent?: (costMicros: bigint) => void): Asking => {
    let sent = 0;
    return {
      ask: (operation, send) =>
        calls.call(target, signal, async (api, own) => {
          // A refused request is no page, but whether it is free is nowhere said.
          sent += 1;
          onSpent?.(REQUEST_COST_MICROS);
          try {
            return await send(api, own);
          } catch (error) {
            throw ofCostExplorer(error, operation);
          }
        }),
      cost: () => priceOf(sent),
    };
  };

  const isStateKnown = (): boolean =>
    known !== undefined && settings.clock.now() - known.atMs < STATE_KEPT_FOR_MS;

  const stateOf = async (ask: Asking["ask"]): Promise<AllocationState | null> => {
    if (known !== undefined && isStateKnown()) return known.state;
    known = { state: await readState(ask), atMs: settings.clock.now() };
    return known.state;
  };

  return {
    method: "cost_explorer",
    cloud: "aws",
    capabilities: CAPABILITIES,
    keepForMs: KEEP_FOR_MS,
    askingCost: (request) => {
      const { tagged, charges } = planCosts(request, request.keys[0]?.spellings.slice(0, 1) ?? []);
      const states = request.keys.length === 0 || isStateKnown() ? 0 : 2;
      return priceOf(tagged.length + charges.length + states);
    },
    read: (request, signal, onSpent) => {
      const own = asking(signal, onSpent);
      const facts: { read?: Omit<CostFacts, "asked"> } = {};
      return {
        groups: readCosts({ request, ask: own.ask, stateOf }, (read) => {
          facts.read = read;
        }),
        facts: () => {
          if (facts.read === undefined)
            throw new AppError("internal", "The facts of an answer were asked for before its end.");
          return { ...facts.read, asked: own.cost() };
        },
      };
    },
    close: () => calls.close(),
  };
}

function priceOf(calls: number): AskingCost {
  return { calls, costMicros: BigInt(calls) * REQUEST_COST_MICROS };
}

/** Null where these credentials may not ask: only the payer may. */
async function readState(ask: Asking["ask"]): Promise<AllocationState | null> {
  try {
    const tags = [];
    let token: string | undefined;
    do {
      const page = await ask("ListCostAllocationTags", (api, own) =>
        api.listAllocationTags(token, own),
      );
      tags.push(...page.tags);
      token = page.next;
    } while (token !== undefined);
    const backfills = [];
    do {
      const page = await ask("ListCostAllocationTagBackfillHistory", (api, own) =>
        api.listBackfills(token, own),
      );
      backfills.push(...page.backfills);
      token = page.next;
    } while (token !== undefined);
    return { tags, backfills };
  } catch (error) {
    if (error instanceof AppError && error.code === "cloud_denied") return null;
    throw error;
  }
}

interface Reading {
  readonly request: CostRequest;
  readonly ask: Asking["ask"];
  readonly stateOf: (ask: Asking["ask"]) => Promise<AllocationState | null>;
}

async function* readCosts(
  { request, ask, stateOf }: Reading,
  done: (facts: Omit<CostFacts, "asked">) => void,
): AsyncGenerator<readonly CostGroup[]> {
  const { keys, period } = request;
  const [key] = keys;
  if (keys.length > 1 || request.dimensions.length > 1)
    throw new AppError("internal", "Cost Explorer was asked for more than it tells apart at once.");
  const readable = key && readableKey(key, await stateOf(ask), period);
  const { tagged, charges } = planCosts(request, readable?.spellings ?? []);
  let estimated = false;
  const pages = async function* (query: CostQuery): AsyncGenerator<CostPage> {
    let token: string | undefined;
    do {
      const page = await ask("GetCostAndUsage", (api, own) => api.getCost(query, token, own));
      estimated ||= page.estimated;
      yield page;
      token = page.next;
    } while (token !== undefined);
  };
  yield* readTagged(request, tagged, pages);
  for (const { query, support } of charges) {
    const toGroup = groupMaker(request, ([type = "", service = ""]) =>
      chargeOf(type, support === "told" ? service : "", support),
    );
    for await (const { rows } of pages(query)) yield rows.map((row) => toGroup(row));
  }
  done(factsOf(readable === undefined ? [] : [readable.fact], estimated));
}

function factsOf(keys: readonly CostKeyFact[], estimated: boolean): Omit<CostFacts, "asked"> {
  return {
    method: "cost_explorer",
    metric: "effective",
    // Cost Explorer does not say when its data was written.
    asOfMs: null,
    estimated,
    missing: [],
    keys,
    linesLeftOut: 0,
  };
}

type Pages = (query: CostQuery) => AsyncGenerator<CostPage>;

/**
 * Spelling by spelling. What has no value under one is asked for under the next, and what is left at the
 * end is absent. A blank value may count as present for the next question and so be missing from its
 * answer: the difference is added back, so that the parts add up to the first answer.
 */
async function* readTagged(
  request: CostRequest,
  queries: readonly CostQuery[],
  pages: Pages,
): AsyncGenerator<readonly CostGroup[]> {
  let open = new Map<string, CostGroup>();
  for (const [at, query] of queries.entries()) {
    const empty = new Map<string, CostGroup>();
    const answered = new Map<string, CostGroup>();
    // Grouped by a dimension, discounts are not told from use.
    const toGroup = groupMaker(request, ([, type = ""]) =>
      dimensionIn(request) === undefined ? awsChargeClass(type, "") : "usage",
    );
    const key = query.groupBy[0]?.Key ?? "";
    for await (const { rows } of pages(query)) {
      const found: CostGroup[] = [];
      for (const row of rows) {
        const group = toGroup(row, key);
        addTo(answered, group, 1n);
        if (group.tags.length === 0) addTo(empty, group, 1n);
        else found.push(group);
      }
      if (found.length > 0) yield found;
    }
    if (at > 0) {
      for (const group of answered.values()) addTo(open, group, -1n);
      const blank = [...open.values()].filter(
        ({ effectiveMicros, billedMicros }) => effectiveMicros !== 0n || billedMicros !== 0n,
      );
      if (blank.length > 0) yield blank;
    }
    open = empty;
  }
  if (open.size > 0) yield [...open.values()];
}

/** Adds the amounts of a group to those of its month and dimension, without its tags. */
function addTo(sums: Map<string, CostGroup>, group: CostGroup, sign: 1n | -1n): void {
  const { month, charge, account, region, service, currency } = group;
  const id = JSON.stringify([month, charge, account, region, service, currency]);
  const sum = sums.get(id);
  sums.set(id, {
    ...group,
    tags: [],
    effectiveMicros: (sum?.effectiveMicros ?? 0n) + sign * group.effectiveMicros,
    billedMicros: (sum?.billedMicros ?? 0n) + sign * (group.billedMicros ?? 0n),
  });
}

/** Groups of one query; their amounts add up to the rounded sum of its answer. */
function groupMaker(
  request: CostRequest,
  chargeOfKeys: (keys: readonly string[]) => ChargeClass,
): (row: CostRow, tagKey?: string) => CostGroup {
  const effective = microCarry();
  const billed = microCarry();
  const dimension = dimensionIn(request);
  return (row, tagKey) => {
    const [first = "", second = ""] = row.keys;
    const value = tagKey === undefined ? "" : first.slice(tagKey.length + 1);
    return {
      cloud: "aws",
      month: row.from.slice(0, 7),
      charge: chargeOfKeys(row.keys),
      account: dimension === "LINKED_ACCOUNT" ? second : null,
      region: dimension === "REGION" ? regionOf(second) : null,
      service: dimension === "SERVICE" ? second : null,
      resourceType: null,
      resourceId: null,
      hasResource: null,
      tags: value === "" || tagKey === undefined ? [] : [{ key: tagKey, value }],
      effectiveMicros: effective(row.amortized),
      billedMicros: billed(row.unblended),
      currency: row.currency,
      lines: 0,
    };
  };
}

function chargeOf(type: string, service: string, support: ChargeQuery["support"]): ChargeClass {
  return support === "alone" && TAGGABLE.has(type) ? "support" : awsChargeClass(type, service);
}

/** Charges of no Region. */
function regionOf(text: string): string | null {
  return text === "" || text === "NoRegion" ? null : text;
}
