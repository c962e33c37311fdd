import {
  CostExplorerClient,
  type Expression,
  GetCostAndUsageCommand,
  type GroupDefinition,
  ListCostAllocationTagBackfillHistoryCommand,
  ListCostAllocationTagsCommand,
} from "@aws-sdk/client-cost-explorer";
import { z } from "zod";
import { type ConnectOptions, clientSettings } from "./connect.ts";

export type { Expression, GroupDefinition } from "@aws-sdk/client-cost-explorer";

/** One question of amounts. */
export interface CostQuery {
  /** First day, `YYYY-MM-DD`. */
  readonly from: string;
  /** Day after the last. */
  readonly to: string;
  readonly filter: Expression | undefined;
  /** Two at most. */
  readonly groupBy: readonly GroupDefinition[];
}

/** A group of one month, its keys in the order of `groupBy`. */
export interface CostRow {
  /** First day of the month, or of the part of it that is in the period. */
  readonly from: string;
  readonly keys: readonly string[];
  /** Decimal text. */
  readonly amortized: string;
  readonly unblended: string;
  readonly currency: string;
}

export interface CostPage {
  readonly rows: readonly CostRow[];
  /** Some month of the page is not final. */
  readonly estimated: boolean;
  readonly next: string | undefined;
}

/** A key that people made, as cost allocation knows it. */
export interface AllocationTag {
  readonly key: string;
  readonly active: boolean;
  /** ISO 8601; when `active` changed last. */
  readonly changedAt: string | undefined;
}

export interface CostExplorerApi {
  getCost(query: CostQuery, token: string | undefined, signal: AbortSignal): Promise<CostPage>;
  listAllocationTags(
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly tags: readonly AllocationTag[]; readonly next: string | undefined }>;
  /** First days of the months from which active keys were filled in, as far as that has been done. */
  listBackfills(
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<{
    readonly backfills: readonly { readonly from: string; readonly requestedAt: string }[];
    readonly next: string | undefined;
  }>;
}

const Metric = z.object({ Amount: z.string(), Unit: z.string() });

/** A group without its amounts is no group of nothing: parsing fails, and so does the read. */
const Answer = z.object({
  NextPageToken: z.string().optional(),
  ResultsByTime: z.array(
    z.object({
      TimePeriod: z.object({ Start: z.string() }),
      Estimated: z.boolean().optional(),
      Groups: z
        .array(
          z.object({
            Keys: z.array(z.string()),
            Metrics: z.object({ AmortizedCost: Metric, UnblendedCost: Metric }),
          }),
        )
        .default([]),
    }),
  ),
});

export function connect(options: ConnectOptions): CostExplorerApi {
  const client = new CostExplorerClient(clientSettings(options));
  return {
    getCost: async ({ from, to, filter, groupBy }, token, signal) => {
      const command = new GetCostAndUsageCommand({
        TimePeriod: { Start: from, End: to },
        Granularity: "MONTHLY",
        Metrics: ["AmortizedCost", "UnblendedCost"],
        GroupBy: [...groupBy],
        ...(filter === undefined ? {} : { Filter: filter }),
        ...(token === undefined ? {} : { NextPageToken: token }),
      });
      return pageOf(Answer.parse(await client.send(command, { abortSignal: signal })));
    },
    listAllocationTags: async (token, signal) => {
      const command = new ListCostAllocationTagsCommand({
        Type: "UserDefined",
        MaxResults: 1000,
        ...(token === undefined ? {} : { NextToken: token }),
      });
      const answer = await client.send(command, { abortSignal: signal });
      return {
        tags: (answer.CostAllocationTags ?? []).map(({ TagKey, Status, LastUpdatedDate }) => ({
          key: TagKey ?? "",
          active: Status === "Active",
          changedAt: LastUpdatedDate,
        })),
        next: answer.NextToken || undefined,
      };
    },
    listBackfills: async (token, signal) => {
      const command = new ListCostAllocationTagBackfillHistoryCommand(
        token === undefined ? {} : { NextToken: token },
      );
      const answer = await client.send(command, { abortSignal: signal });
      return {
        backfills: (answer.BackfillRequests ?? []).flatMap((request) =>
          request.BackfillStatus === "SUCCEEDED"
            ? [{ from: request.BackfillFrom ?? "", requestedAt: request.RequestedAt ?? "" }]
            : [],
        ),
        next: answer.NextToken || undefined,
      };
    },
  };
}

function pageOf({ ResultsByTime, NextPageToken }: z.output<typeof Answer>): CostPage {
  return {
    rows: ResultsByTime.flatMap(({ TimePeriod, Groups }) =>
      Groups.map(({ Keys, Metrics }) => ({
        from: TimePeriod.Start,
        keys: Keys,
        amortized: Metrics.AmortizedCost.Amount,
        unblended: Metrics.UnblendedCost.Amount,
        currency: Metrics.AmortizedCost.Unit,
      })),
    ),
    estimated: ResultsByTime.some(({ Estimated }) => Estimated === true),
    next: NextPageToken || undefined,
  };
}
