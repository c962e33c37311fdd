import { AppError } from "../../domain/errors.ts";
import type { Logger } from "../../ports/logger.ts";
import type { AwsCalls } from "./calls.ts";
import { isFatal } from "./errors.ts";
import type { SupportedTypes } from "./explorer-types.ts";
import type { ExplorerRow, ExplorerView } from "./sdk/explorer.ts";
import { readToTheEnd } from "./sweep.ts";

/** An account's Resource Explorer, when it shows everything it indexes. */
export interface Explorer {
  /** Region of the aggregator index, where its view is asked. */
  readonly home: string;
  readonly view: ExplorerView;
  /** Regions with an index; a Region without one is invisible to the aggregator. */
  readonly regions: ReadonlySet<string>;
  /** Types it supports; null when it does not say. */
  readonly types: ReadonlySet<string> | null;
  /** Lists over all Regions that this scan has made, by filter. */
  readonly lists: Map<string, Promise<IndexedByRegion | undefined>>;
}

/** Rows of one list by Region. Each Region is taken once, by its own cell, and then forgotten. */
export type IndexedByRegion = Map<string, ExplorerRow[]>;

interface Where {
  readonly account: string;
  readonly homeRegion: string;
  readonly supported: SupportedTypes;
  readonly logger: Logger;
}

/**
 * The account's aggregator index and its default view; null when there is none, when it may not be read,
 * or when the view filters (it would hide resources and not say so).
 * @throws {AppError} `cancelled`, `credentials_missing`, `credentials_expired`
 */
export async function findExplorer(
  calls: AwsCalls,
  where: Where,
  signal: AbortSignal,
): Promise<Explorer | null> {
  try {
    return await lookForExplorer(calls, where, signal);
  } catch (error) {
    if (!(error instanceof AppError) || isFatal(error)) throw error;
    where.logger.info("Resource Explorer is not used", { ...error.details, code: error.code });
    return null;
  }
}

async function lookForExplorer(
  calls: AwsCalls,
  where: Where,
  signal: AbortSignal,
): Promise<Explorer | null> {
  const { account, homeRegion, logger, supported } = where;
  const at = (region: string) => ({ service: "explorer", account, region }) as const;
  const pages = readToTheEnd(
    (token: string | undefined) =>
      calls.call(at(homeRegion), signal, (api, own) => api.listIndexes(token, own)),
    (index) => index.region,
  );
  const indexes = (await Array.fromAsync(pages)).flat();
  const home = indexes.find(({ aggregator }) => aggregator)?.region;
  if (home === undefined) return null;
  const arn = await calls.call(at(home), signal, (api, own) => api.getDefaultView(own));
  if (arn === undefined) return null;
  const view = await calls.call(at(home), signal, (api, own) => api.getView(arn, own));
  if (view.filter !== "") {
    logger.info("Resource Explorer is not used: its default view filters", { account, home });
    return null;
  }
  const types = await supported.of(calls, { account, home, logger }, signal);
  const regions = new Set(indexes.map(({ region }) => region));
  return { home, view, regions, types, lists: new Map() };
}
