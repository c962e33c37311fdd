import { z } from "zod";
import { AppError } from "../../domain/errors.ts";
import { queryPages } from "./graph-query.ts";
import {
  MAX_ROWS_PER_PAGE,
  MAX_SUBSCRIPTIONS_PER_QUERY,
  MIN_SUBSCRIPTIONS_TO_COUNT,
} from "./limits.ts";
import { countQuery, parseGraphPage, type Place } from "./resource-graph.ts";
import type { AzureSession } from "./session.ts";

type Subscriptions = readonly string[];

/**
 * Subscriptions that are read by one query each group: the quota counts queries, and a thousand
 * nearly empty subscriptions must not cost a thousand of them.
 */
export async function planBatches(
  session: AzureSession,
  { subscriptions, place }: { readonly subscriptions: Subscriptions; readonly place: Place },
  signal: AbortSignal,
): Promise<readonly Subscriptions[]> {
  const alone = subscriptions.map((id) => [id]);
  if (subscriptions.length < MIN_SUBSCRIPTIONS_TO_COUNT) return alone;
  try {
    return packSubscriptions(
      subscriptions,
      await countRows(session, { subscriptions, place }, signal),
    );
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError)) throw error;
    // Without sizes nothing is joined; what is wrong shows where it is read.
    return alone;
  }
}

const CountRow = z.object({ subscriptionId: z.string(), rows: z.number() });

async function countRows(
  session: AzureSession,
  { subscriptions, place }: { readonly subscriptions: Subscriptions; readonly place: Place },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (let from = 0; from < subscriptions.length; from += MAX_SUBSCRIPTIONS_PER_QUERY) {
    const query = {
      kql: countQuery(place),
      scope: { subscriptions: subscriptions.slice(from, from + MAX_SUBSCRIPTIONS_PER_QUERY) },
      parse: (body: unknown, options: { readonly firstPage: boolean }) =>
        parseGraphPage(body, CountRow, options),
    };
    for await (const { rows } of queryPages(session, query, signal))
      for (const row of rows) counts.set(row.subscriptionId.toLowerCase(), row.rows);
  }
  return counts;
}

/**
 * Groups whose rows fit into one page, in the order given. A subscription with more rows than a page
 * has is a group by itself: joining it would save nothing.
 */
export function packSubscriptions(
  subscriptions: Subscriptions,
  counts: ReadonlyMap<string, number>,
): readonly Subscriptions[] {
  const groups: string[][] = [];
  let open: string[] = [];
  let rows = 0;
  for (const id of subscriptions) {
    const own = counts.get(id) ?? 0;
    if (own > MAX_ROWS_PER_PAGE) {
      groups.push([id]);
      continue;
    }
    if (rows + own > MAX_ROWS_PER_PAGE || open.length === MAX_SUBSCRIPTIONS_PER_QUERY) {
      groups.push(open);
      open = [];
      rows = 0;
    }
    open.push(id);
    rows += own;
  }
  return open.length === 0 ? groups : [...groups, open];
}
