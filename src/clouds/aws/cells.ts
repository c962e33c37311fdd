import { AppError } from "../../domain/errors.ts";
import type { Resource } from "../../domain/resource.ts";
import { ANY } from "../../domain/scan/cell.ts";
import type { CellReader } from "../../ports/cloud.ts";
import type { AwsCalls } from "./calls.ts";
import type { ConfigListing } from "./config-list.ts";
import type { Explorer } from "./explorer.ts";
import { listIndexed, readIndexed } from "./indexed-cell.ts";
import type { CellPlan } from "./ladder.ts";
import { readRecorded } from "./recorded-cell.ts";
import { findListed } from "./resource-types.ts";
import { createSharedLists, type SharedLists } from "./shared-lists.ts";
import { isRefusal } from "./tag-sources.ts";
import { readTagged, type TaggingContext } from "./tagged-cell.ts";

/** What the cells of one account are read with. */
export interface ReadContext extends TaggingContext {
  readonly homeRegion: string;
  readonly explorer: Explorer | null;
  readonly config: ConfigListing | null;
  readonly shared: SharedLists;
}

/** What the cells of an account ask once for all, until the scan ends. */
export function shareLists(
  calls: AwsCalls,
  account: string,
  explorer: Explorer | null,
): SharedLists {
  return createSharedLists(
    explorer && {
      covers: (type, region) => explorer.regions.has(region) && explorer.types?.has(type) === true,
      list: (type, signal) => listIndexed({ calls, explorer }, { account, type }, signal),
    },
  );
}

type Read = (
  context: ReadContext,
  plan: CellPlan,
  signal: AbortSignal,
) => AsyncIterable<readonly Resource[]>;

const READ: Readonly<Record<Exclude<CellPlan["rung"], "none">, Read>> = {
  explorer: (context, plan, signal) => {
    const { explorer } = context;
    if (explorer === null)
      throw new AppError("internal", "A cell was planned for an index that does not exist.");
    return readIndexed({ ...context, explorer }, plan, signal);
  },
  config: (context, plan, signal) => {
    const { config } = context;
    if (config === null)
      throw new AppError("internal", "A cell was planned for an aggregator that does not exist.");
    const next = () => listNatively(context, plan, signal);
    return readRecorded({ ...context, config }, plan, { next, signal });
  },
  native: readNative,
  tagging: readTagged,
};

/** The reader of a planned cell; `none` has no reader. */
export function createReader(
  context: ReadContext,
  plan: CellPlan & { readonly rung: Exclude<CellPlan["rung"], "none"> },
): CellReader {
  const { cell, rung } = plan;
  // An index that does not say which types it supports may leave out others than those known.
  const unsure = rung === "explorer" && context.explorer?.types === null;
  return {
    cell,
    sees: rung === "tagging" || unsure ? "tagged_only" : "everything",
    read: (signal) => READ[rung](context, plan, signal),
  };
}

/**
 * The type's own list. Where that is refused, what the tagging API shows of the type is still given
 * before the refusal is thrown: a role that may only read tags sees no less than without this list.
 */
async function* readNative(
  context: ReadContext,
  plan: CellPlan,
  signal: AbortSignal,
): AsyncGenerator<readonly Resource[]> {
  const seen = new Set<string>();
  try {
    for await (const page of listNatively(context, plan, signal)) {
      for (const { id } of page) seen.add(id);
      yield page;
    }
  } catch (error) {
    if (!isRefusal(error) || plan.cell.region === ANY) throw error;
    yield* taggedUnless(seen, readTagged(context, plan, signal));
    throw error;
  }
}

/** Nothing more where the tagging API fails too: the refusal before it is what to tell. */
async function* taggedUnless(
  seen: ReadonlySet<string>,
  pages: AsyncIterable<readonly Resource[]>,
): AsyncGenerator<readonly Resource[]> {
  try {
    for await (const page of pages) {
      const fresh = page.filter(({ id }) => !seen.has(id));
      if (fresh.length > 0) yield fresh;
    }
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "cancelled") throw error;
  }
}

function listNatively(
  context: ReadContext,
  { cell }: CellPlan,
  signal: AbortSignal,
): AsyncIterable<readonly Resource[]> {
  const native = findListed(cell.resourceType);
  if (native === undefined)
    throw new AppError("internal", "A type without an enumerator was planned to have one.");
  const { calls, partition, homeRegion, shared } = context;
  return native.list({
    calls,
    partition,
    account: cell.account,
    region: native.accountWide ? homeRegion : cell.region,
    within: native.accountWide && cell.region !== ANY ? [cell.region] : undefined,
    signal,
    shared,
  });
}
