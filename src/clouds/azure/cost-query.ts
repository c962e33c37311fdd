import { z } from "zod";
import { addDays, type CostPeriod } from "../../domain/cost/cost-period.ts";
import { azureMalformed } from "./errors.ts";
import { COST_API_VERSION } from "./cost-limits.ts";
import type { AzureSession } from "./session.ts";

/** Something that costs are grouped by. */
export interface Grouping {
  readonly type: "Dimension" | "TagKey";
  readonly name: string;
}

export interface CostQuery {
  readonly subscription: string;
  readonly period: CostPeriod;
  /** Two at most. */
  readonly grouping: readonly Grouping[];
  /** Charge types to restrict the answer to; null: all of them. */
  readonly chargeTypes: readonly string[] | null;
}

/** A row under the names of its columns, in lower case. */
export type CostRow = ReadonlyMap<string, string>;

const OPERATION = "CostManagement.Query";

/** QueryResult of the published specification; without its rows it is no answer of nothing. */
const Answer = z.object({
  properties: z.object({
    nextLink: z.string().nullish(),
    columns: z.array(z.object({ name: z.string() })),
    rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
  }),
});

/**
 * The rows of a query, page by page, amortised, a month a row. A page is asked for by its link and the
 * same body again (learn.microsoft.com/rest/api/cost-management/query/usage).
 * @throws {AppError} as `AzureSession.send`
 */
export async function* queryCosts(
  session: AzureSession,
  query: CostQuery,
  signal: AbortSignal,
): AsyncGenerator<readonly CostRow[]> {
  const first = `/subscriptions/${encodeURIComponent(query.subscription)}/providers/Microsoft.CostManagement/query?api-version=${COST_API_VERSION}`;
  let path: string | undefined = first;
  while (path !== undefined) {
    const call = {
      method: "POST",
      path,
      body: bodyOf(query),
      operation: OPERATION,
      laterPage: path !== first,
    } as const;
    const { body } = await session.send(call, signal);
    if (body === null) return;
    const parsed = Answer.safeParse(body);
    if (!parsed.success) throw azureMalformed(OPERATION, parsed.error);
    const { columns, rows, nextLink } = parsed.data.properties;
    const names = columns.map(({ name }) => name.toLowerCase());
    yield rows.map(
      (row) => new Map(names.map((name, at) => [name, String(row[at] ?? "")] as const)),
    );
    path = nextLink ? pathOf(nextLink) : undefined;
  }
}

/** Only path and query: the link must not lead a token to another host. */
function pathOf(link: string): string {
  if (!URL.canParse(link)) throw azureMalformed(OPERATION);
  const { pathname, search } = new URL(link);
  return `${pathname}${search}`;
}

function bodyOf({ period, grouping, chargeTypes }: CostQuery): object {
  const filter =
    chargeTypes === null
      ? {}
      : { filter: { dimensions: { name: "ChargeType", operator: "In", values: chargeTypes } } };
  return {
    type: "AmortizedCost",
    timeframe: "Custom",
    timePeriod: {
      from: `${period.from}T00:00:00Z`,
      to: `${addDays(period.to, -1)}T23:59:59Z`,
    },
    dataset: {
      granularity: "Monthly",
      aggregation: { totalCost: { name: "Cost", function: "Sum" } },
      grouping,
      ...filter,
    },
  };
}
