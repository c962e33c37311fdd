import { AppError } from "../../domain/errors.ts";
import type { Resource, TagSet } from "../../domain/resource.ts";
import { ANY } from "../../domain/scan/cell.ts";
import type { CellReader } from "../../ports/cloud.ts";
import { parseArn, typeOfArn } from "./arn.ts";
import type { AwsCalls } from "./calls.ts";
import type { Explorer } from "./explorer.ts";
import type { CellPlan } from "./ladder.ts";
import { GLOBAL, globalHomes } from "./region-names.ts";
import { findType, NATIVE_TYPES } from "./resource-types.ts";
import type { ExplorerRow, Page } from "./sdk/explorer.ts";
import type { TaggedRow } from "./sdk/tagging.ts";
import { readToTheEnd, sweepTags } from "./sweep.ts";

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

function readNative(context: ReadContext, { cell }: CellPlan, signal: AbortSignal): Pages {
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
  try {
    for await (const rows of sweepCell(context, plan, signal))
      for (const row of rows) swept.set(row.arn, row.tags);
  } catch (error) {
    keep(error);
  }
  const proof = { includesTags: explorer.view.includesTags, sweptAll: failures.length === 0 };
  try {
    for await (const rows of listIndexed({ ...context, explorer }, plan, signal)) {
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
  const small = await wholeList(context, { account, filter: within.join(" ") }, signal);
  if (small !== undefined) {
    yield small.filter(belongsHere);
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
 * Every Region's resources, when they fit in one page: the quota of 3 requests a second then costs one
 * request an account instead of one a Region. Undefined when there are more; asked once for all cells.
 */
async function wholeList(
  context: ReadContext & { readonly explorer: Explorer },
  query: IndexQuery,
  signal: AbortSignal,
): Promise<readonly ExplorerRow[] | undefined> {
  const { firstPages } = context.explorer;
  const page = firstPages.get(query.filter) ?? listResources(context, query)(undefined, signal);
  firstPages.set(query.filter, page);
  const { rows, next } = await page;
  if (next !== undefined) return undefined;
  return [...new Map(rows.map((row) => [row.arn, row])).values()];
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
