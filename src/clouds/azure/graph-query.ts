import type { AzureSession } from "./session.ts";
import type { GraphPage } from "./resource-graph.ts";
import { MAX_ROWS_PER_PAGE, RESOURCE_GRAPH_API_VERSION } from "./limits.ts";

const RESOURCE_GRAPH_PATH = `/providers/Microsoft.ResourceGraph/resources?api-version=${RESOURCE_GRAPH_API_VERSION}`;

export interface GraphQuery<T> {
  readonly kql: string;
  /** Where to look: always named, because a query without a scope goes over the whole tenant. */
  readonly scope:
    | { readonly subscriptions: readonly string[] }
    | { readonly managementGroups: readonly string[] };
  readonly parse: (body: unknown, options: { readonly firstPage: boolean }) => GraphPage<T>;
}

export interface GraphAnswer<T> {
  readonly rows: readonly T[];
  /**
   * Beyond 10,000 subscriptions Resource Graph answers for some of them and says so only by this header
   * (learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data).
   */
  readonly subscriptionLimitHit: boolean;
}

/**
 * All pages of a query, in their order.
 * @throws {AppError} what `AzureSession.send` and `GraphQuery.parse` throw.
 */
export async function* queryPages<T>(
  session: AzureSession,
  { kql, scope, parse }: GraphQuery<T>,
  signal: AbortSignal,
): AsyncGenerator<GraphAnswer<T>> {
  let skipToken: string | undefined;
  do {
    const firstPage = skipToken === undefined;
    const options = {
      $top: MAX_ROWS_PER_PAGE,
      resultFormat: "objectArray",
      ...(skipToken === undefined ? {} : { $skipToken: skipToken }),
    };
    const { body, header } = await session.send(
      {
        method: "POST",
        path: RESOURCE_GRAPH_PATH,
        body: { query: kql, ...scope, options },
        operation: "Resources",
        laterPage: !firstPage,
      },
      signal,
    );
    const page = parse(body, { firstPage });
    yield {
      rows: page.rows,
      subscriptionLimitHit: header("x-ms-tenant-subscription-limit-hit") === "true",
    };
    skipToken = page.skipToken;
  } while (skipToken !== undefined);
}
