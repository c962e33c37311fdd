import { z } from "zod";
import { type AllocationTag, ALLOCATION_TAGS } from "../estate/bill-tags.ts";
import { createBill } from "../estate/bill.ts";
import {
  DIMENSIONS,
  dimensionOf,
  type Expression,
  expressionSchema,
  matches,
} from "./cost-filter.ts";
import { type CostLine, costLines, monthPeriods, passedOf } from "./cost-lines.ts";
import { sliceOf } from "./paging.ts";
import { failure, json, type WireResult } from "./protocol.ts";
import { type AwsCall, type AwsService, operation, readTarget } from "./service.ts";

/** AWS Cost Explorer (2017-10-25), as far as costs by tag and the state of tags go. */
const INVALID = "ValidationException";

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const timePeriod = z.object({ Start: day, End: day }).refine(({ Start, End }) => Start < End, {
  message: "Start date (and hour) should be before end date (and hour)",
});

/** Amounts in dollars. Quantities are not simulated: they have no common unit. */
const METRICS = {
  UnblendedCost: "billedMicros",
  NetUnblendedCost: "billedMicros",
  AmortizedCost: "effectiveMicros",
  NetAmortizedCost: "effectiveMicros",
} as const;
type Metric = keyof typeof METRICS;

const groupDefinition = z.discriminatedUnion("Type", [
  z.strictObject({ Type: z.literal("DIMENSION"), Key: z.enum(DIMENSIONS) }),
  z.strictObject({ Type: z.literal("TAG"), Key: z.string().min(1) }),
]);
type GroupDefinition = z.output<typeof groupDefinition>;

const costInput = z.strictObject({
  TimePeriod: timePeriod,
  Granularity: z.literal("MONTHLY"),
  Filter: expressionSchema.optional(),
  Metrics: z
    .array(z.enum(["UnblendedCost", "NetUnblendedCost", "AmortizedCost", "NetAmortizedCost"]))
    .min(1),
  GroupBy: z.array(groupDefinition).max(2).default([]),
  NextPageToken: z.string().optional(),
});
type CostInput = z.output<typeof costInput>;

const tagsInput = z.strictObject({
  TimePeriod: timePeriod,
  TagKey: z.string().optional(),
  SearchString: z.string().optional(),
  Filter: expressionSchema.optional(),
  MaxResults: z.int().min(1).optional(),
  NextPageToken: z.string().optional(),
});

const listInput = z.strictObject({
  Status: z.enum(["Active", "Inactive"]).optional(),
  TagKeys: z.array(z.string()).min(1).max(100).optional(),
  Type: z.enum(["AWSGenerated", "UserDefined"]).optional(),
  NextToken: z.string().optional(),
  MaxResults: z.int().min(1).max(1000).default(100),
});

/** Groups of one answer before it goes on behind a token. */
const GROUPS_PER_PAGE = 500;

export const costExplorerService: AwsService = {
  protocol: "json",
  global: true,
  lists: new Set(["GetCostAndUsage", "ListCostAllocationTags", "GetTags"]),
  read: (request) => {
    const intent = readTarget(request, "AWSInsightsIndexService", "NextPageToken");
    if (intent?.operation !== "ListCostAllocationTags") return intent;
    return readTarget(request, "AWSInsightsIndexService", "NextToken");
  },
  operations: {
    GetCostAndUsage: operation(costInput, INVALID, getCostAndUsage),
    GetTags: operation(tagsInput, INVALID, getTags),
    ListCostAllocationTags: operation(listInput, INVALID, listTags),
    ListCostAllocationTagBackfillHistory: () => json({ BackfillRequests: [] }),
  },
  errors: {
    throttle: failure(
      "LimitExceededException",
      "You made too many calls in a short period of time.",
    ),
    deny: failure(
      "AccessDeniedException",
      "User: arn:aws:iam::000000000000:user/sandbox is not authorized to perform: ce:GetCostAndUsage on resource: arn:aws:ce:us-east-1:000000000000:/GetCostAndUsage because no identity-based policy allows the ce:GetCostAndUsage action",
    ),
    expire: failure(
      "ExpiredTokenException",
      "The security token included in the request is expired",
    ),
    expirePage: failure("InvalidNextTokenException", "The pagination token is invalid."),
    broken: failure("InternalFailure", "The request processing has failed.", 500),
    unknownCredentials: failure(
      "UnrecognizedClientException",
      "The security token included in the request is invalid.",
    ),
  },
};

/** The payer sees every account, another account itself. */
function* visible(call: AwsCall, period: { readonly from: string; readonly until: string }) {
  const isPayer = call.account === call.world.managementAccount;
  const passed = passedOf(period, new Date().toISOString().slice(0, 10));
  if (passed.from >= passed.until) return;
  for (const line of costLines(createBill(call.world.estate), passed))
    if (isPayer || line.line.account === call.account) yield line;
}

interface Group {
  readonly keys: readonly string[];
  readonly amounts: { billedMicros: number; effectiveMicros: number };
}

interface Row {
  readonly period: { readonly from: string; readonly until: string };
  readonly group?: Group;
}

function getCostAndUsage(input: CostInput, call: AwsCall): WireResult {
  const { TimePeriod, Filter, GroupBy, Metrics, NextPageToken } = input;
  const months = monthPeriods({ from: TimePeriod.Start, until: TimePeriod.End });
  const rows = months.flatMap((period): readonly Row[] => {
    const groups = groupsOf(visible(call, period), Filter, GroupBy);
    // A month without charges is still in the answer.
    return groups.length === 0 ? [{ period }] : groups.map((group) => ({ period, group }));
  });
  const page = sliceOf(rows, {
    list: JSON.stringify(["GetCostAndUsage", call.account, { ...input, NextPageToken: "" }]),
    token: NextPageToken,
    limit: call.cutShort ? 1 : GROUPS_PER_PAGE,
  });
  if (page === undefined) return costExplorerService.errors.expirePage;
  const metrics = [...new Set(Metrics)];
  const byMonth = Map.groupBy(page.items, ({ period }) => period);
  return json({
    ...(page.next === undefined ? {} : { NextPageToken: page.next }),
    ...(GroupBy.length === 0 ? {} : { GroupDefinitions: GroupBy }),
    ResultsByTime: [...byMonth].map(([period, items]) => {
      const groups = items.flatMap(({ group }) => (group === undefined ? [] : [group]));
      const isGrouped = GroupBy.length > 0;
      return {
        TimePeriod: { Start: period.from, End: period.until },
        Total: isGrouped ? {} : metricsOf(groups[0], metrics),
        Groups: isGrouped
          ? groups.map((group) => ({ Keys: group.keys, Metrics: metricsOf(group, metrics) }))
          : [],
        Estimated: isOpen(period.from),
      };
    }),
    DimensionValueAttributes: [],
  });
}

/** The bill of a month is final some days after its end; until then figures are estimates. */
function isOpen(from: string): boolean {
  return from.slice(0, 7) >= new Date().toISOString().slice(0, 7);
}

function groupsOf(
  lines: Iterable<CostLine>,
  filter: Expression | undefined,
  definitions: readonly GroupDefinition[],
): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const line of lines) {
    if (!matches(filter, line)) continue;
    const keys = definitions.map((definition) => keyOf(definition, line));
    const id = JSON.stringify(keys);
    const group = groups.get(id) ?? { keys, amounts: { billedMicros: 0, effectiveMicros: 0 } };
    group.amounts.billedMicros += line.billedMicros;
    group.amounts.effectiveMicros += line.effectiveMicros;
    groups.set(id, group);
  }
  return [...groups.values()];
}

/** An absent tag looks like an empty one: `CostCenter$`. */
function keyOf({ Type, Key }: GroupDefinition, line: CostLine): string {
  return Type === "TAG" ? `${Key}$${line.tags.get(Key) ?? ""}` : dimensionOf(Key, line);
}

function metricsOf(group: Group | undefined, metrics: readonly Metric[]): object {
  return Object.fromEntries(
    metrics.map((metric) => [
      metric,
      { Amount: amountText(group?.amounts[METRICS[metric]] ?? 0), Unit: "USD" },
    ]),
  );
}

/** Cost Explorer writes up to ten digits after the point and leaves out what ends in zeros. */
function amountText(micros: number): string {
  const size = Math.abs(micros);
  const fraction = String(size % 1_000_000)
    .padStart(6, "0")
    .replace(/0+$/, "");
  const whole = Math.floor(size / 1_000_000);
  return `${micros < 0 ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

function getTags(input: z.output<typeof tagsInput>, call: AwsCall): WireResult {
  const { TimePeriod, TagKey, SearchString = "", Filter } = input;
  const found = new Set<string>();
  for (const line of visible(call, { from: TimePeriod.Start, until: TimePeriod.End })) {
    if (!matches(Filter, line)) continue;
    const values = TagKey === undefined ? line.tags.keys() : [line.tags.get(TagKey) ?? ""];
    for (const value of values) if (value.includes(SearchString)) found.add(value);
  }
  const tags = [...found].toSorted();
  return json({ Tags: tags, ReturnSize: tags.length, TotalSize: tags.length });
}

function listTags(input: z.output<typeof listInput>, call: AwsCall): WireResult {
  if (call.account !== call.world.managementAccount)
    return failure(
      "AccessDeniedException",
      "Linked account doesn't have access to cost allocation tags.",
    );
  const { Status, TagKeys, Type, NextToken, MaxResults } = input;
  const tags = ALLOCATION_TAGS.filter(
    ({ key, status }) =>
      (Status === undefined || Status === status) &&
      (TagKeys === undefined || TagKeys.includes(key)) &&
      Type !== "AWSGenerated",
  );
  const page = sliceOf(tags, {
    list: `ListCostAllocationTags ${Status ?? ""}`,
    token: NextToken,
    limit: call.cutShort ? 1 : MaxResults,
  });
  if (page === undefined) return costExplorerService.errors.expirePage;
  return json({
    CostAllocationTags: page.items.map(tagOnWire),
    ...(page.next === undefined ? {} : { NextToken: page.next }),
  });
}

function tagOnWire({ key, status, changedAt, lastUsedAt }: AllocationTag): object {
  return {
    TagKey: key,
    Type: "UserDefined",
    Status: status,
    LastUpdatedDate: changedAt,
    LastUsedDate: lastUsedAt,
  };
}
