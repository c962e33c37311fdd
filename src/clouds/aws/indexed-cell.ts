import type { Resource } from "../../domain/resource.ts";
import { typeOfArn } from "./arn.ts";
import type { Explorer, IndexedByRegion } from "./explorer.ts";
import { readJoined } from "./joined-cell.ts";
import type { CellPlan } from "./ladder.ts";
import { AWS_RESOURCE_TYPES } from "./resource-types.ts";
import type { ExplorerRow, Page } from "./sdk/explorer.ts";
import { readToTheEnd } from "./sweep.ts";
import { type TaggingContext, UNKNOWN_TYPE } from "./tagged-cell.ts";

export interface IndexContext extends TaggingContext {
  readonly explorer: Explorer;
}

/** The cell by the tagging API, and by Resource Explorer for the rest. */
export function readIndexed(
  context: IndexContext,
  plan: CellPlan,
  signal: AbortSignal,
): AsyncGenerator<readonly Resource[]> {
  const listing = {
    includesTags: context.explorer.view.includesTags,
    rest: () => listRest(context, plan, signal),
    whole: () => listRegion(context, plan, signal),
  };
  return readJoined(context, plan, { listing, signal });
}

/** Rows of the index that the tagging API does not list. */
async function* listRest(
  context: IndexContext,
  plan: CellPlan,
  signal: AbortSignal,
): AsyncGenerator<readonly ExplorerRow[]> {
  for (const half of halvesOf(context, plan)) {
    const filter = [...commonTerms(context, plan), ...half].join(" ");
    const query = { account: plan.cell.account, filter };
    const all = await wholeList(context, query, signal);
    const own = all?.get(plan.cell.region) ?? [];
    all?.delete(plan.cell.region);
    if (all === undefined) yield* listRegion(context, plan, signal, half);
    else yield own.filter((row) => belongs(row, plan));
  }
}

/** Rows of the index in the cell's Region, tagged or not. */
async function* listRegion(
  context: IndexContext,
  plan: CellPlan,
  signal: AbortSignal,
  terms: readonly string[] = [],
): AsyncGenerator<readonly ExplorerRow[]> {
  const { account, region } = plan.cell;
  const filter = [`region:${region}`, ...commonTerms(context, plan), ...terms].join(" ");
  const ask = listResources(context, { account, filter });
  const pages = readToTheEnd(
    (token: string | undefined) => ask(token, signal),
    (row) => row.arn,
  );
  for await (const rows of pages) yield rows.filter((row) => belongs(row, plan));
}

const NEVER_TAGGED = ["tag:none"];
/** The longest filter that ListResources takes (API Reference). */
const LONGEST_FILTER = 2048;
/** What the other terms of a filter may need. */
const OTHER_TERMS = 128;

/** Tagged resources of types that the tagging API is not known to cover. */
const TAGGED_OTHERWISE = ["tag:all", `-resourcetype:${coveredTypes()}`];

/** As many as fit: those left out are listed without need, which is all. */
function coveredTypes(): string {
  const covered = AWS_RESOURCE_TYPES.filter(({ taggingFilter }) => taggingFilter !== null);
  let text = "";
  for (const { id } of covered)
    if (text.length + id.length < LONGEST_FILTER - OTHER_TERMS)
      text = text === "" ? id : `${text},${id}`;
  return text;
}

/** A view without tags cannot tell the tagged from the others: it is read whole. */
function halvesOf({ explorer }: IndexContext, { type }: CellPlan): readonly (readonly string[])[] {
  if (!explorer.view.includesTags || type?.taggingFilter === null) return [[]];
  return type === undefined ? [NEVER_TAGGED, TAGGED_OTHERWISE] : [NEVER_TAGGED];
}

function commonTerms(context: IndexContext, { cell, type }: CellPlan): readonly string[] {
  return [
    ...ownerTerms(context, cell.account),
    ...(type === undefined ? [] : [`resourcetype:${type.id}`]),
  ];
}

function ownerTerms(
  { explorer }: Pick<IndexContext, "explorer">,
  account: string,
): readonly string[] {
  return explorer.view.manyAccounts ? [`accountid:${account}`] : [];
}

function belongs(row: ExplorerRow, { cell, type, except }: CellPlan): boolean {
  if (row.region !== cell.region) return false;
  if (row.account !== "" && row.account !== cell.account) return false;
  const kind = typeOfArn(row.arn);
  return type === undefined ? !except.includes(kind ?? UNKNOWN_TYPE) : kind === type.id;
}

/**
 * ARNs of every resource of a type by Region, tagged or not; undefined when they are too many to be held.
 */
export async function listIndexed(
  context: Pick<IndexContext, "calls" | "explorer">,
  { account, type }: { readonly account: string; readonly type: string },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]> | undefined> {
  const filter = [...ownerTerms(context, account), `resourcetype:${type}`].join(" ");
  const byRegion = await readWholeList(context, { account, filter }, signal);
  const isOwn = (row: ExplorerRow): boolean =>
    (row.account === "" || row.account === account) && typeOfArn(row.arn) === type;
  return (
    byRegion &&
    new Map([...byRegion].map(([region, rows]) => [region, rows.filter(isOwn).map(arnOf)]))
  );
}

function arnOf({ arn }: ExplorerRow): string {
  return arn;
}

interface IndexQuery {
  readonly account: string;
  readonly filter: string;
}

/**
 * An account's whole list is read at once up to this many pages (about 24,000 resources, some 8 MB); a
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
  context: IndexContext,
  query: IndexQuery,
  signal: AbortSignal,
): Promise<IndexedByRegion | undefined> {
  const { lists } = context.explorer;
  const list = lists.get(query.filter) ?? readWholeList(context, query, signal);
  lists.set(query.filter, list);
  return list;
}

async function readWholeList(
  context: Pick<IndexContext, "calls" | "explorer">,
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
  { calls, explorer }: Pick<IndexContext, "calls" | "explorer">,
  { account, filter }: IndexQuery,
): (token: string | undefined, signal: AbortSignal) => Promise<Page<ExplorerRow>> {
  const target = { service: "explorer", account, region: explorer.home } as const;
  const query = { view: explorer.view.arn, filter };
  return (token, signal) =>
    calls.call(target, signal, (api, own) => api.listResources(query, token, own));
}
