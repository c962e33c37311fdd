import { AppError } from "../../domain/errors.ts";
import type { Resource, TagSet } from "../../domain/resource.ts";
import { ANY } from "../../domain/scan/cell.ts";
import type { CellReader } from "../../ports/cloud.ts";
import { parseArn, typeOfArn } from "./arn.ts";
import type { AwsCalls } from "./calls.ts";
import type { Explorer, IndexedByRegion } from "./explorer.ts";
import type { CellPlan } from "./ladder.ts";
import { GLOBAL, globalHomes } from "./region-names.ts";
import { findType, NATIVE_TYPES } from "./resource-types.ts";
import type { ExplorerRow, Page } from "./sdk/explorer.ts";
import type { TaggedRow } from "./sdk/tagging.ts";
import { readToTheEnd, sweepTags } from "./sweep.ts";
import { isRefusal } from "./tag-sources.ts";

/** What the cells of one account are read with. */
export interface ReadContext {
  readonly calls: AwsCalls;
  readonly partition: string;
  readonly homeRegion: string;
  readonly explorer: Explorer | null;
}

/** The reader of a planned cell; `none` has no reader. */
export function createReader(
  context: ReadContext,
  plan: CellPlan & { readonly rung: Exclude<CellPlan["rung"], "none"> },
): CellReader {
  const { cell, rung } = plan;
  const read = { explorer: readIndexed, native: readNative, tagging: readTagged }[rung];
  return {
    cell,
    sees: rung === "tagging" ? "tagged_only" : "everything",
    read: (signal) => read(context, plan, signal),
  };
}

type Pages = AsyncIterable<readonly Resource[]>;

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
  pages: Pages,
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

function listNatively(context: ReadContext, { cell }: CellPlan, signal: AbortSignal): Pages {
  const native = NATIVE_TYPES.find(({ facts }) => facts.id === cell.resourceType);
  if (native === undefined)
    throw new AppError("internal", "A type without an enumerator was planned to have one.");
  const { calls, partition, homeRegion } = context;
  return native.list({
    calls,
    partition,
    account: cell.account,
    region: native.accountWide ? homeRegion : cell.region,
    within: native.accountWide && cell.region !== ANY ? [cell.region] : undefined,
    signal,
  });
}

async function* readTagged(
  context: ReadContext,
  plan: CellPlan,
  signal: AbortSignal,
): AsyncGenerator<readonly Resource[]> {
  for await (const rows of sweepCell(context, plan, signal)) {
    const page = rows.map((row) => resourceOf(row, plan, row.tags));
    if (page.length > 0) yield page;
  }
}

/** Rows of the tagging API that belong to the cell, each once. */
async function* sweepCell(
  { calls, partition }: ReadContext,
  plan: CellPlan,
  signal: AbortSignal,
): AsyncGenerator<readonly TaggedRow[]> {
  const { account, region } = plan.cell;
  const own = plan.type?.taggingFilter;
  // Resource Explorer may know a type that the tagging API does not: nothing to ask for.
  if (own === null) return;
  const homes = region === GLOBAL ? globalHomes(partition) : [{ region, filters: [] }];
  const seen = new Set<string>();
  for (const home of homes) {
    const filters = own === undefined ? home.filters : [own];
    for await (const rows of sweepTags(calls, { account, region: home.region, filters }, signal))
      yield rows.filter((row) => {
        if (!belongs(row.arn, plan) || seen.has(row.arn)) return false;
        seen.add(row.arn);
        return true;
      });
  }
}

/** The tagging API of one Region also lists what has no Region, and some endpoints list buckets everywhere. */
function belongs(arn: string, { cell, type, except }: CellPlan): boolean {
  const kind = typeOfArn(arn) ?? UNKNOWN_TYPE;
  if (type === undefined ? except.includes(kind) : kind !== type.id) return false;
  return regionOf(arn, kind, cell.region) === cell.region;
}

const UNKNOWN_TYPE = "aws:unknown";

/** Other ARNs without a Region are global; a bucket's is without, though the bucket is in the one that lists it. */
function regionOf(arn: string, kind: string, listedIn: string): string | undefined {
  const named = parseArn(arn)?.region;
  if (named === undefined) return listedIn;
  if (named !== "") return named;
  if (kind !== "s3:bucket") return GLOBAL;
  return listedIn === GLOBAL ? undefined : listedIn;
}

function resourceOf(
  { arn }: { readonly arn: string },
  plan: CellPlan,
  tags: TagSet | null,
): Resource {
  const { account, region } = plan.cell;
  const type = plan.type?.id ?? typeOfArn(arn) ?? UNKNOWN_TYPE;
  return { cloud: "aws", account, region, type, id: arn, tags, createdAt: null };
}

/**
 * Resource Explorer's list with the tagging API's tags. Either may fail: what the other saw is still
 * given, with tags unknown where nothing proves them, and the failure is thrown at the end.
 */
async function* readIndexed(
  context: ReadContext,
  plan: CellPlan,
  signal: AbortSignal,
): AsyncGenerator<readonly Resource[]> {
  const { explorer } = context;
  if (explorer === null)
    throw new AppError("internal", "A cell was planned for an index that does not exist.");
  const swept = new Map<string, TagSet>();
  const failures: AppError[] = [];
  const keep = (error: unknown): void => {
    if (!(error instanceof AppError) || error.code === "cancelled") throw error;
    failures.push(error);
  };
  const indexed = listIndexed({ ...context, explorer }, plan, signal);
  // Asked for already while the sweep runs; a failure is met when its turn comes.
  const first = indexed.next();
  first.catch(() => undefined);
  try {
    for await (const rows of sweepCell(context, plan, signal))
      for (const row of rows) swept.set(row.arn, row.tags);
  } catch (error) {
    keep(error);
  }
  const proof = { includesTags: explorer.view.includesTags, sweptAll: failures.length === 0 };
  try {
    for (let step = await first; step.done !== true; step = await indexed.next()) {
      const rows = step.value;
      yield rows.map((row) => resourceOf(row, plan, tagsOf(row, swept.get(row.arn), proof)));
      for (const row of rows) swept.delete(row.arn);
    }
  } catch (error) {
    keep(error);
  }
  const rest = [...swept].map(([arn, tags]) => resourceOf({ arn }, plan, tags));
  if (rest.length > 0) yield rest;
  const [failure] = failures;
  if (failure !== undefined) throw failure;
}

async function* listIndexed(
  context: ReadContext & { readonly explorer: Explorer },
  { cell, type }: CellPlan,
  signal: AbortSignal,
): AsyncGenerator<readonly ExplorerRow[]> {
  const { account, region } = cell;
  const within = [
    ...(context.explorer.view.manyAccounts ? [`accountid:${account}`] : []),
    ...(type === undefined ? [] : [`resourcetype:${type.id}`]),
  ];
  const belongsHere = (row: ExplorerRow): boolean =>
    row.region === region &&
    (row.account === "" || row.account === account) &&
    (type === undefined || typeOfArn(row.arn) === type.id);
  const all = await wholeList(context, { account, filter: within.join(" ") }, signal);
  if (all !== undefined) {
    const own = all.get(region) ?? [];
    all.delete(region);
    yield own.filter(belongsHere);
    return;
  }
  const ask = listResources(context, {
    account,
    filter: [`region:${region}`, ...within].join(" "),
  });
  const pages = readToTheEnd(
    (token: string | undefined) => ask(token, signal),
    (row) => row.arn,
  );
  for await (const rows of pages) yield rows.filter(belongsHere);
}

interface IndexQuery {
  readonly account: string;
  readonly filter: string;
}

/**
 * An account's whole list is read at once up to this many pages (about 24,000 resources, some 15 MB); a
 * larger one is read Region by Region and never held. The pages read until then are asked for twice,
 * which costs such an account at most as much again.
 */
const WHOLE_LIST_PAGES = 24;

/**
 * Every Region's resources in one list: with 3 requests a second for an account, the number of requests
 * is what a scan waits for, and one list has full pages where one a Region has mostly empty ones. Asked
 * once for all cells; undefined when it is too long to be held.
 */
function wholeList(
  context: ReadContext & { readonly explorer: Explorer },
  query: IndexQuery,
  signal: AbortSignal,
): Promise<IndexedByRegion | undefined> {
  const { lists } = context.explorer;
  const list = lists.get(query.filter) ?? readWholeList(context, query, signal);
  lists.set(query.filter, list);
  return list;
}

async function readWholeList(
  context: ReadContext & { readonly explorer: Explorer },
  query: IndexQuery,
  signal: AbortSignal,
): Promise<IndexedByRegion | undefined> {
  const ask = listResources(context, query);
  const byRegion: IndexedByRegion = new Map();
  let pages = 0;
  let more = false;
  const read = async (token: string | undefined): Promise<Page<ExplorerRow>> => {
    pages += 1;
    const page = await ask(token, signal);
    more = page.next !== undefined;
    return page;
  };
  for await (const rows of readToTheEnd(read, (row) => row.arn)) {
    for (const row of rows) {
      const region = byRegion.get(row.region);
      if (region === undefined) byRegion.set(row.region, [row]);
      else region.push(row);
    }
    if (more && pages >= WHOLE_LIST_PAGES) return undefined;
  }
  return byRegion;
}

function listResources(
  { calls, explorer }: ReadContext & { readonly explorer: Explorer },
  { account, filter }: IndexQuery,
): (token: string | undefined, signal: AbortSignal) => Promise<Page<ExplorerRow>> {
  const target = { service: "explorer", account, region: explorer.home } as const;
  const query = { view: explorer.view.arn, filter };
  return (token, signal) =>
    calls.call(target, signal, (api, own) => api.listResources(query, token, own));
}

/**
 * Tags of a resource that Resource Explorer lists. The tagging API's win, being current; while they
 * could not be read to the end, nothing is said of the others: the index may be hours old, and a stale
 * tag would count as compliant. A resource that a whole sweep does not list never had a tag, if the API
 * covers the type; else the index decides, if its view has tags (it never has those of IAM).
 */
export function tagsOf(
  row: ExplorerRow,
  swept: TagSet | undefined,
  proof: { readonly includesTags: boolean; readonly sweptAll: boolean },
): TagSet | null {
  if (swept !== undefined) return swept;
  if (!proof.sweptAll) return null;
  if (row.tags !== null && row.tags.length > 0) return row.tags;
  const kind = typeOfArn(row.arn) ?? UNKNOWN_TYPE;
  const covered = (findType(kind)?.taggingFilter ?? null) !== null;
  if (covered) return [];
  return proof.includesTags && !kind.startsWith("iam:") ? [] : null;
}
