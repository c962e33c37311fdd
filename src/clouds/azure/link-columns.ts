import type { Resource } from "../../domain/resource.ts";
import { createWaitingLine } from "../../domain/scan/waiting-line.ts";
import type { Logger } from "../../ports/logger.ts";
import { isInvalidQuery } from "./errors.ts";
import { type GraphAnswer, queryPages } from "./graph-query.ts";
import { parseResourcePage, type ResourceQuery } from "./resource-graph.ts";
import type { AzureSession } from "./session.ts";

/**
 * All pages of resources of some subscriptions, with links where Azure takes the columns for them.
 * @throws {AppError} what `queryPages` throws.
 */
export type ReadResources = (
  query: ResourceQuery,
  subscriptions: readonly string[],
  signal: AbortSignal,
) => AsyncGenerator<GraphAnswer<Resource>>;

export type LinkColumns = (session: AzureSession) => ReadResources;

type Pages = ReturnType<ReadResources>;

/**
 * Reads through any session with the columns that tell of networks, until Azure calls a query with them
 * invalid: then, and from then on, without. Links are an extra, and must never cost a scan. Whoever comes
 * while the first query of all is under way waits for its answer, so that one refusal is enough; when
 * that answer tells nothing of the query (denied, throttled), those who waited find out for themselves.
 */
export function createLinkColumns(logger: Logger): LinkColumns {
  let state: "untried" | "trying" | "taken" | "refused" = "untried";
  const line = createWaitingLine();

  const refuse = (details: Readonly<Record<string, unknown>>): void => {
    if (state === "refused") return;
    state = "refused";
    logger.warn("Azure does not take the columns of networks; resources are read without", details);
  };

  /** Undefined when Azure refuses the columns. */
  const firstOf = async (
    pages: Pages,
  ): Promise<IteratorResult<GraphAnswer<Resource>> | undefined> => {
    const leads = state === "untried";
    if (leads) state = "trying";
    try {
      const page = await pages.next();
      if (state !== "refused") state = "taken";
      return page;
    } catch (error) {
      if (!isInvalidQuery(error)) throw error;
      refuse(error.details);
      return undefined;
    } finally {
      if (leads && state === "trying") state = "untried";
      if (state !== "trying") while (line.admit());
    }
  };

  return (session) =>
    async function* read({ linked, plain }, subscriptions, signal) {
      const pagesOf = (kql: string): Pages =>
        queryPages(session, { kql, scope: { subscriptions }, parse: parseResourcePage }, signal);
      // All are admitted at once, whatever their priority.
      if (state === "trying") await line.wait(signal, "interactive");
      if (state !== "refused") {
        const pages = pagesOf(linked);
        const first = await firstOf(pages);
        if (first !== undefined) {
          if (first.done !== true) yield first.value;
          yield* pages;
          return;
        }
      }
      yield* pagesOf(plain);
    };
}
