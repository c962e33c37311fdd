import { setTimeout as sleep } from "node:timers/promises";
import { azureChargeClass } from "../../domain/cost/charge-class.ts";
import type { CostDimension, CostGroup } from "../../domain/cost/cost-line.ts";
import { AppError } from "../../domain/errors.ts";
import { microCarry } from "../../domain/money.ts";
import { isLoopback, parseEndpoint } from "../../domain/scan/endpoint.ts";
import { createPacer, type Pacer } from "../../domain/scan/pacer.ts";
import { createTokenBucket } from "../../domain/scan/token-bucket.ts";
import type { CostFacts, CostRequest, CostSource, MissingCost } from "../../ports/costs.ts";
import { COST_KEPT_FOR_MS, COST_RATE } from "./cost-limits.ts";
import { type CostQuery, type CostRow, type Grouping, queryCosts } from "./cost-query.ts";
import type { AzureProviderOptions } from "./provider.ts";
import { AZURE_RESOURCE_TYPES } from "./resource-types.ts";
import { type AzureSession, createAzureSession } from "./session.ts";
import { type Governed, governedByAll, type Tenant } from "./tenants.ts";

const DIMENSION: Readonly<Record<Exclude<CostDimension, "account">, string>> = {
  region: "ResourceLocation",
  service: "ServiceName",
  resource_type: "ResourceType",
  resource: "ResourceId",
};

const TYPES: ReadonlyMap<string, string> = new Map(
  AZURE_RESOURCE_TYPES.map(({ id }) => [id.toLowerCase(), id]),
);

/** The charge type that carries the tags of a resource. */
const USAGE = "Usage";

/**
 * Azure costs by tag, from Cost Management, subscription by subscription. It gives one metric a query, so
 * that only amortised cost is asked for. Making one loads nothing and asks nothing.
 * @throws {AppError} `config_invalid` for an endpoint that tokens must not be sent to.
 */
export function createAzureCosts(options: AzureProviderOptions): CostSource {
  const { tenants: several = [], ...shared } = options;
  const tenants = (several.length === 0 ? [options] : several).map((own): Tenant => {
    const { tenantId, clientId, clientSecret } = own;
    return {
      id: tenantId,
      session: createAzureSession({ ...shared, tenantId, clientId, clientSecret }),
      subscriptions: own.subscriptions ?? [],
      managementGroups: own.managementGroups ?? [],
    };
  });
  const pacer = pacerFor(options);
  return {
    method: "azure_query",
    cloud: "azure",
    capabilities: {
      dimensions: ["account", "region", "service", "resource_type", "resource"],
      maxDimensions: 1,
      maxKeys: 1,
      blankIsAbsent: true,
      seesResources: false,
    },
    keepForMs: COST_KEPT_FOR_MS,
    askingCost: ({ keys, accounts }) => ({
      calls: Math.max(1, accounts.length) * (keys.length === 0 ? 1 : 2),
      costMicros: 0n,
    }),
    read: (request, signal) => {
      const reading: Reading = { request, signal, tenants, pacer, calls: 0, missing: [] };
      let done = false;
      return {
        groups: readAll(reading, () => {
          done = true;
        }),
        facts: () => {
          if (!done)
            throw new AppError("internal", "The facts of an answer were asked for before its end.");
          return factsOf(reading);
        },
      };
    },
    close: async () => {
      for (const { session } of tenants) session.close();
    },
  };
}

/** Nobody shares the quota of a simulated cloud on this machine. */
function pacerFor({ endpoint, timing }: AzureProviderOptions): Pacer | undefined {
  if (endpoint !== undefined && isLoopback(parseEndpoint(endpoint))) return undefined;
  return createPacer(
    createTokenBucket(COST_RATE),
    timing ?? {
      now: () => Date.now(),
      sleep: (ms, signal) => sleep(ms, undefined, { signal }),
    },
  );
}

interface Reading {
  readonly request: CostRequest;
  readonly signal: AbortSignal;
  readonly tenants: readonly Tenant[];
  readonly pacer: Pacer | undefined;
  calls: number;
  readonly missing: MissingCost[];
}

function factsOf({ request, calls, missing }: Reading): CostFacts {
  return {
    method: "azure_query",
    metric: "effective",
    asOfMs: null,
    // A month is open until five days after its end; what of it is final, Azure does not say here.
    estimated: request.period.to > openSince(),
    missing,
    keys: request.keys.map(({ tag, spellings }) => ({
      tag,
      state: "active",
      activeSince: null,
      spellingsRead: spellings.slice(0, 1),
      merged: [],
    })),
    linesLeftOut: 0,
    asked: { calls, costMicros: 0n },
  };
}

/** First day of the month that is still open. */
function openSince(): string {
  return `${new Date(Date.now() - 5 * 86_400_000).toISOString().slice(0, 7)}-01`;
}

async function* readAll(reading: Reading, done: () => void): AsyncGenerator<readonly CostGroup[]> {
  const { request, signal, tenants } = reading;
  if (request.keys.length > 1 || request.dimensions.length > 1)
    throw new AppError(
      "internal",
      "Cost Management was asked for more than it tells apart at once.",
    );
  const governed = await governedByAll(tenants, signal);
  for (const { error } of governed.failures) noteMissing(reading, null, error);
  const wanted = new Set(request.accounts.map((id) => id.toLowerCase()));
  const chosen = governed.subscriptions.filter(({ id }) => wanted.size === 0 || wanted.has(id));
  let first: AppError | undefined;
  for (const one of chosen) {
    try {
      yield* readSubscription(reading, one);
    } catch (error) {
      if (signal.aborted) throw error;
      if (error instanceof AppError) first ??= error;
      noteMissing(reading, one.id, error);
    }
  }
  if (chosen.length > 0 && reading.missing.length >= chosen.length && first !== undefined)
    throw first;
  done();
}

/** Every later subscription may still answer; what is missing is never read as zero. */
function noteMissing({ request, missing }: Reading, account: string | null, error: unknown): void {
  if (!(error instanceof AppError)) throw error;
  missing.push({ cloud: "azure", account, period: request.period, reason: error.code });
}

/**
 * All pages of a subscription before the first group is given: what fails half-way is missing as a whole,
 * not in part.
 */
async function* readSubscription(
  reading: Reading,
  { id, session }: Governed,
): AsyncGenerator<readonly CostGroup[]> {
  if (session === null)
    throw new AppError("cloud_denied", "No credential can read this subscription.", {
      details: { account: id },
    });
  const { request } = reading;
  const [key] = request.keys;
  const [spelling] = key?.spellings ?? [];
  const [dimension] = request.dimensions;
  const by: readonly Grouping[] =
    dimension === undefined || dimension === "account"
      ? []
      : [{ type: "Dimension", name: DIMENSION[dimension] }];
  const chargeType: Grouping = { type: "Dimension", name: "ChargeType" };
  const publisher: Grouping = { type: "Dimension", name: "PublisherType" };
  const query = { subscription: id, period: request.period };
  const groups: CostGroup[] = [];
  const charges: CostQuery = {
    ...query,
    grouping: [chargeType, ...(by.length === 0 ? [publisher] : by)],
    chargeTypes: null,
  };
  const isTagged = spelling !== undefined;
  const other = groupMaker(request, id);
  for await (const row of rowsOf(reading, session, charges))
    if (!isTagged || row.get("chargetype") !== USAGE) groups.push(other(row));
  if (spelling !== undefined) {
    const toGroup = groupMaker(request, id);
    const tagged = {
      ...query,
      grouping: [{ type: "TagKey", name: spelling } as const, ...by],
      chargeTypes: [USAGE],
    };
    for await (const row of rowsOf(reading, session, tagged)) groups.push(toGroup(row, spelling));
  }
  yield groups;
}

async function* rowsOf(
  reading: Reading,
  session: AzureSession,
  query: CostQuery,
): AsyncGenerator<CostRow> {
  await reading.pacer?.pass(reading.signal);
  reading.calls += 1;
  let pages = 0;
  for await (const rows of queryCosts(session, query, reading.signal)) {
    pages += 1;
    if (pages > 1) reading.calls += 1;
    yield* rows;
  }
}

function groupMaker(
  request: CostRequest,
  account: string,
): (row: CostRow, spelling?: string) => CostGroup {
  const effective = microCarry();
  const asked = new Set(request.dimensions);
  const text = (row: CostRow, dimension: Exclude<CostDimension, "account">): string | null =>
    asked.has(dimension) ? valueIn(row, DIMENSION[dimension]) : null;
  return (row, spelling) => {
    const resourceId = text(row, "resource");
    return {
      cloud: "azure",
      month: (valueIn(row, "BillingMonth") ?? "").slice(0, 7),
      charge: spelling === undefined ? chargeOf(row) : "usage",
      account: asked.has("account") ? account : null,
      region: asked.has("region") ? regionIn(row) : null,
      service: text(row, "service"),
      resourceType: TYPES.get(text(row, "resource_type")?.toLowerCase() ?? "") ?? null,
      resourceId,
      hasResource: asked.has("resource") ? resourceId !== null : null,
      tags: tagsOf(row, spelling),
      effectiveMicros: effective(valueIn(row, "Cost") ?? valueIn(row, "totalCost") ?? ""),
      billedMicros: null,
      currency: valueIn(row, "Currency") ?? "",
      lines: 0,
    };
  };
}

/** `West Europe` and `westeurope` are the same place. */
function regionIn(row: CostRow): string | null {
  return valueIn(row, DIMENSION.region)?.toLowerCase().replaceAll(" ", "") ?? null;
}

/** The value of a column; null where it is empty. */
function valueIn(row: CostRow, column: string): string | null {
  return row.get(column.toLowerCase()) || null;
}

function chargeOf(row: CostRow): CostGroup["charge"] {
  return azureChargeClass(valueIn(row, "ChargeType") ?? "", valueIn(row, "PublisherType"));
}

/** What is untagged has an empty value. */
function tagsOf(row: CostRow, spelling: string | undefined): CostGroup["tags"] {
  if (spelling === undefined) return [];
  const value = valueIn(row, "TagValue") ?? valueIn(row, spelling);
  return value === null ? [] : [{ key: spelling, value }];
}
