import { createHash, randomUUID } from "node:crypto";
import { z } from "zod";
import { type ChargeKind, monthsOf } from "../estate/bill-line.ts";
import { CURRENCY_OF } from "../estate/bill-prices.ts";
import type { Bill, DatedLine } from "../estate/bill.ts";
import type { FaultKind } from "../faults.ts";
import type { LoopbackAnswer, LoopbackRequest } from "../loopback.ts";
import { armError, armHeaders, faultAnswer } from "./errors.ts";

/** Cost Management's query of a subscription's costs, as far as the specification and its documents say. */
const DIMENSIONS = [
  "ChargeType",
  "PublisherType",
  "ResourceId",
  "ResourceLocation",
  "ResourceType",
  "ServiceName",
] as const;
type Dimension = (typeof DIMENSIONS)[number];

const comparison = z.strictObject({
  name: z.enum(DIMENSIONS),
  operator: z.literal("In"),
  values: z.array(z.string()).min(1),
});

const grouping = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("Dimension"), name: z.enum(DIMENSIONS) }),
  z.strictObject({ type: z.literal("TagKey"), name: z.string().min(1) }),
]);

const queryInput = z.strictObject({
  type: z.enum(["Usage", "ActualCost", "AmortizedCost"]),
  timeframe: z.literal("Custom"),
  timePeriod: z.strictObject({ from: z.iso.datetime(), to: z.iso.datetime() }),
  dataset: z.strictObject({
    granularity: z.enum(["None", "Monthly"]),
    aggregation: z.record(
      z.string(),
      z.strictObject({ name: z.literal("Cost"), function: z.literal("Sum") }),
    ),
    grouping: z.array(grouping).max(2),
    filter: z.strictObject({ dimensions: comparison }).optional(),
  }),
});
type QueryInput = z.output<typeof queryInput>;

/** Words of Cost Management for charges; marketplace purchases are told by their publisher. */
const CHARGE_TYPE: Readonly<Record<ChargeKind, string>> = {
  usage: "Usage",
  covered_usage: "Usage",
  reserved_usage: "Usage",
  negation: "Adjustment",
  commitment_fee: "Purchase",
  commitment_purchase: "Purchase",
  unused_commitment: "UnusedReservation",
  tax: "Tax",
  support: "Purchase",
  refund: "Refund",
  credit: "Credit",
  marketplace: "Purchase",
};

const VALUE_OF: Readonly<Record<Dimension, (dated: DatedLine) => string>> = {
  ChargeType: ({ line }) => CHARGE_TYPE[line.kind],
  PublisherType: ({ line }) => (line.kind === "marketplace" ? "Marketplace" : "Azure"),
  // Cost data has ids in lower case, whatever Azure Resource Manager uses.
  ResourceId: ({ line }) => line.resource?.id.toLowerCase() ?? "",
  ResourceLocation: ({ line }) => line.region,
  ResourceType: ({ line }) => line.resource?.type.toLowerCase() ?? "",
  ServiceName: ({ line }) => line.service,
};

const ROWS_PER_PAGE = 100;

/** Answers `POST /subscriptions/{id}/providers/Microsoft.CostManagement/query`. */
export function answerCostQuery(
  { bill, subscriptions }: { readonly bill: Bill; readonly subscriptions: readonly string[] },
  request: LoopbackRequest,
  { subscription, fault }: { readonly subscription: string; readonly fault: FaultKind | undefined },
): LoopbackAnswer | "silence" {
  const skipToken = request.url.searchParams.get("$skiptoken") ?? "";
  const scope = `/subscriptions/${subscription}`;
  if (fault === "throttle") return throttled();
  const stopped =
    fault &&
    faultAnswer(fault, {
      isGraph: false,
      isLaterPage: skipToken !== "",
      action: "Microsoft.CostManagement/query/action",
      scope,
    });
  if (stopped !== undefined) return stopped;
  if (!subscriptions.includes(subscription.toLowerCase()))
    return armError(404, "SubscriptionNotFound", "The subscription could not be found.");
  const parsed = queryInput.safeParse(parse(request.body));
  if (!parsed.success)
    return armError(400, "BadRequest", "Invalid query definition: a member is not understood.");
  const rows = rowsOf(bill, parsed.data, subscription.toLowerCase());
  return pageOf(request, {
    query: parsed.data,
    rows,
    subscription,
    skipToken,
    isCut: fault === "partial",
  });
}

/** One page; one that is cut short breaks on the next. */
function pageOf(
  request: LoopbackRequest,
  {
    query,
    rows,
    subscription,
    skipToken,
    isCut,
  }: {
    readonly query: QueryInput;
    readonly rows: readonly Row[];
    readonly subscription: string;
    readonly skipToken: string;
    readonly isCut: boolean;
  },
): LoopbackAnswer {
  const offset = readToken(skipToken, request.body);
  if (offset === undefined) return armError(400, "BadRequest", "The skip token is not valid.");
  if (isCut && offset > 0)
    return armError(503, "ServiceUnavailable", "The service is unavailable.");
  const size = isCut ? 1 : ROWS_PER_PAGE;
  if (rows.length === 0) return { status: 204, headers: quotaHeaders(query), body: "" };
  const nextLink = offset + size < rows.length ? linkTo(request, offset + size) : null;
  const id = randomUUID();
  return {
    status: 200,
    headers: { ...armHeaders(), ...quotaHeaders(query) },
    body: {
      id: `subscriptions/${subscription}/providers/Microsoft.CostManagement/query/${id}`,
      name: id,
      type: "Microsoft.CostManagement/query",
      location: null,
      sku: null,
      eTag: null,
      properties: {
        nextLink,
        columns: columnsOf(query),
        rows: rows.slice(offset, offset + size),
      },
    },
  };
}

type Row = readonly (string | number)[];

function rowsOf(bill: Bill, query: QueryInput, subscription: string): readonly Row[] {
  const { timePeriod, dataset, type } = query;
  const from = timePeriod.from.slice(0, 10);
  // The last day is named, not the one after it.
  const until = new Date(Date.parse(timePeriod.to.slice(0, 10)) + 86_400_000)
    .toISOString()
    .slice(0, 10);
  const amount = type === "AmortizedCost" ? "effectiveMicros" : "billedMicros";
  const sums = new Map<string, { micros: number; readonly keys: readonly string[] }>();
  for (const dated of bill.within("azure", { from, until })) {
    if (dated.line.account !== subscription || !isWanted(dataset.filter, dated)) continue;
    const keys = [
      ...(dataset.granularity === "Monthly" ? [`${dated.month}-01T00:00:00`] : []),
      ...dataset.grouping.flatMap((one) =>
        one.type === "TagKey"
          ? [one.name.toLowerCase(), tagOf(dated, one.name)]
          : [VALUE_OF[one.name](dated)],
      ),
    ];
    const id = JSON.stringify(keys);
    const sum = sums.get(id) ?? { micros: 0, keys };
    sum.micros += dated[amount];
    sums.set(id, sum);
  }
  return Array.from(sums.values(), ({ micros, keys }) => [
    micros / 1_000_000,
    ...keys,
    CURRENCY_OF.azure,
  ]);
}

function isWanted(filter: QueryInput["dataset"]["filter"], dated: DatedLine): boolean {
  if (filter === undefined) return true;
  const { name, values } = filter.dimensions;
  return values.includes(VALUE_OF[name](dated));
}

/** Names of tags are compared without case; what is untagged has an empty value. */
function tagOf({ line }: DatedLine, name: string): string {
  return line.tags.find(({ key }) => key.toLowerCase() === name.toLowerCase())?.value ?? "";
}

function columnsOf({ dataset }: QueryInput): readonly object[] {
  const names = [
    ...(dataset.granularity === "Monthly" ? ["BillingMonth"] : []),
    ...dataset.grouping.flatMap((one) =>
      one.type === "TagKey" ? ["TagKey", "TagValue"] : [one.name],
    ),
  ];
  return [
    { name: "Cost", type: "Number" },
    ...names.map((name) => ({ name, type: name === "BillingMonth" ? "Datetime" : "String" })),
    { name: "Currency", type: "String" },
  ];
}

/** One query processing unit for each month of data. */
function quotaHeaders({ timePeriod }: QueryInput): Readonly<Record<string, string>> {
  const months = monthsOf({
    from: timePeriod.from.slice(0, 10),
    until: timePeriod.to.slice(0, 10),
  });
  return {
    "x-ms-ratelimit-microsoft.costmanagement-qpu-consumed": String(Math.max(1, months.length)),
    "x-ms-ratelimit-microsoft.costmanagement-qpu-remaining":
      "QueriesPerHour:600,QueriesPerMin:60,QueriesPer10Sec:12",
  };
}

function throttled(): LoopbackAnswer {
  return armError(429, "429", "Too many requests. Please retry.", {
    "x-ms-ratelimit-microsoft.costmanagement-qpu-retry-after": "1",
    "x-ms-ratelimit-microsoft.costmanagement-entity-retry-after": "1",
    "x-ms-ratelimit-microsoft.costmanagement-tenant-retry-after": "1",
  });
}

function linkTo({ url, body }: LoopbackRequest, offset: number): string {
  const next = new URL(url);
  next.searchParams.set(
    "$skiptoken",
    Buffer.from(`${offset}:${fingerprint(body)}`).toString("base64url"),
  );
  return next.href;
}

/** Good for the query it was issued for and no other. */
function readToken(token: string, body: string): number | undefined {
  if (token === "") return 0;
  const text = Buffer.from(token, "base64url").toString("utf8");
  const [, offset, mark] = /^(\d+):(\w+)$/.exec(text) ?? [];
  return mark === fingerprint(body) ? Number(offset) : undefined;
}

function fingerprint(body: string): string {
  return createHash("sha256").update(body).digest("hex").slice(0, 16);
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
