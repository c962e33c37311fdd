import type { Category, TagLimit } from "../../domain/resource-type.ts";
import { AppError } from "../../domain/errors.ts";
import type { Resource } from "../../domain/resource.ts";
import { forEachOf } from "./concurrent.ts";
import { GLOBAL, globalEndpoint } from "./region-names.ts";
import type { List, Listed } from "./sdk/listing.ts";
import type { Apis, Service } from "./sdk/services.ts";
import { readToTheEnd } from "./sweep.ts";
import { EMPTIED } from "./tag-join.ts";
import { createTagReader, type TagSource } from "./tag-sources.ts";
import type { ListRequest, NativeType } from "./types/native-type.ts";

/** Where an ARN is built for. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** A type whose service lists it in pages: what there is to say of it, as one row of a table. */
export interface ListedType<S extends Service> {
  readonly id: string;
  readonly category: Category;
  readonly billable: boolean;
  /** Where its service takes less than AWS in general. */
  readonly tagLimit?: TagLimit;
  /** Belongs to no Region. Default false. */
  readonly global?: boolean;
  /** Region that answers for a type without one. Default: that of the partition's global services. */
  readonly home?: string;
  /** Default: the id. Null: the tagging API does not cover the type. */
  readonly taggingFilter?: string | null;
  /** IAM actions of the calls below; `tag:GetResources` is added where the tags come from there. */
  readonly readActions: readonly string[];
  /** Null where CloudFormation has no such resource. */
  readonly cloudFormation: string | null;
  readonly terraform: string;
  readonly service: S;
  /** What `list` is asked for one by one: the clusters of services, the buses of rules. */
  readonly parents?: (api: Apis[S]) => List;
  /** Type of the parents where an index has it, which is then asked for all Regions of an account at once. */
  readonly parentsIndexedAs?: string;
  /** A type of the same service without which there is none of this one: a Region without it is not asked. */
  readonly onlyWhere?: { readonly type: string; readonly list: (api: Apis[S]) => List };
  /** Other types name this one in `onlyWhere`: its list, a short one, is held for them. Default false. */
  readonly shared?: boolean;
  /** `parent` is the id of one of `parents`; empty without them. */
  readonly list: (api: Apis[S], parent: string) => List;
  /** One more call a row, where the list says too little; undefined when the row is no resource. */
  readonly detail?: Detail<S>;
  /** The ARN, where the service lists names or ids. */
  readonly arn?: (id: string, place: Place) => string;
  readonly tags: TagSource<S>;
}

type Detail<S extends Service> = (
  api: Apis[S],
  row: { readonly id: string; readonly parent: string },
  signal: AbortSignal,
) => Promise<Listed | undefined>;

/** ARNs of the form `arn:partition:service:region:account:<prefix><id>`. */
export function regionalArn(service: string, prefix: string): (id: string, place: Place) => string {
  return (id, { partition, region, account }) =>
    `arn:${partition}:${service}:${region}:${account}:${prefix}${id}`;
}

export function listedType<S extends Service>(type: ListedType<S>): NativeType {
  const { id, category, billable, global = false, taggingFilter = id } = type;
  const { readActions, cloudFormation, terraform } = type;
  return {
    facts: {
      cloud: "aws",
      id,
      category,
      billable,
      taggable: true,
      global,
      taggingFilter,
      readActions: type.tags === "tagging_api" ? [...readActions, "tag:GetResources"] : readActions,
      cloudFormation,
      terraform,
      ...(type.tagLimit === undefined ? {} : { tagLimit: type.tagLimit }),
    },
    accountWide: false,
    list: (request) => listResources(type, request),
  };
}

async function* listResources<S extends Service>(
  type: ListedType<S>,
  request: ListRequest,
): AsyncGenerator<readonly Resource[]> {
  const { account, partition, region } = request;
  const at = {
    ...request,
    region: region === GLOBAL ? (type.home ?? globalEndpoint(partition)) : region,
  };
  const tags = createTagReader(type, at);
  const seen = new Set<string>();
  for await (const rows of inBatches(rowsOf(type, at), tags.batchSize)) {
    const placed = rows.map(({ id, tags: own, createdAt, links }) => {
      const arn = type.arn?.(id, { partition, region, account }) ?? id;
      return { id, arn, tags: own, createdAt, links };
    });
    const fresh = [...new Map(placed.map((row) => [row.arn, row])).values()].filter(
      ({ arn }) => !seen.has(arn),
    );
    for (const { arn } of fresh) seen.add(arn);
    const read = await tags.read(fresh);
    const page = fresh.flatMap(({ arn, createdAt, links }): Resource[] => {
      const own = read.get(arn);
      if (own === undefined) return [];
      const known = {
        ...(own === EMPTIED ? ({ hadTags: true } as const) : {}),
        ...(links === undefined ? {} : { links }),
      };
      return [
        { cloud: "aws", account, region, type: type.id, id: arn, tags: own, createdAt, ...known },
      ];
    });
    if (page.length > 0) yield page;
  }
  // What was seen has been given, with tags unknown; the cell must still not count as complete.
  const refusal = tags.refusal();
  if (refusal !== undefined) throw refusal;
}

/** Rows of every parent, with what `detail` adds, without what belongs to other accounts. */
async function* rowsOf<S extends Service>(
  type: ListedType<S>,
  request: ListRequest,
): AsyncGenerator<readonly Listed[]> {
  const { service, parents, onlyWhere } = type;
  if (onlyWhere !== undefined && !(await isAny(service, request, onlyWhere))) return;
  if (parents === undefined) {
    yield* orUnsupported(rowsUnder(type, request, ""));
    return;
  }
  const indexed = await indexedParents(type, request);
  if (indexed !== undefined) {
    try {
      for (const parent of indexed) yield* unlessGone(rowsUnder(type, request, parent));
      return;
    } catch (error) {
      // The index may show what the service does not count among its parents, and calls invalid.
      if (!(error instanceof AppError) || error.code !== "internal") throw error;
    }
  }
  for await (const found of orUnsupported(pagesOf(service, request, parents)))
    for (const parent of found) yield* unlessGone(rowsUnder(type, request, parent.id));
}

/** Is there any of a type? A list that is tried by itself is to be asked in any case. */
async function isAny<S extends Service>(
  service: S,
  request: ListRequest,
  { type, list }: NonNullable<ListedType<S>["onlyWhere"]>,
): Promise<boolean> {
  if (request.shared === undefined) return true;
  const pages = sharedPages(type, request, () => pagesOf(service, request, list));
  for await (const rows of orUnsupported(pages)) if (rows.length > 0) return true;
  return false;
}

async function indexedParents<S extends Service>(
  { parentsIndexedAs }: ListedType<S>,
  { shared, region, signal }: ListRequest,
): Promise<readonly string[] | undefined> {
  if (parentsIndexedAs === undefined) return undefined;
  return shared?.indexedNames(parentsIndexedAs, region, signal);
}

/** The whole list of a type in the Region, which other cells of the scan may have asked for. */
async function* sharedPages(
  type: string,
  { shared, region }: ListRequest,
  list: () => AsyncIterable<readonly Listed[]>,
): AsyncGenerator<readonly Listed[]> {
  if (shared === undefined) yield* list();
  else
    yield await shared.once(`${type} ${region}`, async () =>
      (await Array.fromAsync(list())).flat(),
    );
}

async function* rowsUnder<S extends Service>(
  type: ListedType<S>,
  request: ListRequest,
  parent: string,
): AsyncGenerator<readonly Listed[]> {
  const list = () => pagesOf(type.service, request, (api) => type.list(api, parent));
  const pages = type.shared === true ? sharedPages(type.id, request, list) : list();
  for await (const rows of pages) {
    const full = await withDetail(type, request, { rows, parent });
    yield full.filter(({ owner }) => owner === undefined || owner === request.account);
  }
}

function pagesOf<S extends Service>(
  service: S,
  { calls, account, region, signal }: ListRequest,
  list: (api: Apis[S]) => List,
): AsyncGenerator<readonly Listed[]> {
  const target = { service, account, region };
  return readToTheEnd(
    (token: string | undefined) => calls.call(target, signal, (api, own) => list(api)(token, own)),
    ({ id }) => id,
  );
}

async function withDetail<S extends Service>(
  { service, detail }: ListedType<S>,
  { calls, account, region, signal }: ListRequest,
  { rows, parent }: { readonly rows: readonly Listed[]; readonly parent: string },
): Promise<readonly Listed[]> {
  if (detail === undefined) return rows;
  const target = { service, account, region };
  const full = new Map<string, Listed>();
  await forEachOf(rows, async ({ id }) => {
    const row = await calls
      .call(target, signal, (api, own) => detail(api, { id, parent }, own))
      .catch(ignoreGone);
    if (row !== undefined) full.set(id, row);
  });
  return rows.flatMap(({ id }) => full.get(id) ?? []);
}

/** What is deleted while we read is no longer a resource. */
function ignoreGone(error: unknown): undefined {
  if (error instanceof AppError && error.code === "not_found") return;
  throw error;
}

async function* unlessGone<T>(pages: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* pages;
  } catch (error) {
    ignoreGone(error);
  }
}

/** A list of all there is always exists, if only empty: an endpoint that cannot find it does not offer it. */
async function* orUnsupported<T>(pages: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* pages;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "not_found") throw error;
    throw new AppError("cloud_unsupported", "This AWS endpoint does not offer the list.", {
      hint: "Use the AWS endpoints themselves, or leave this type out.",
      details: error.details,
      cause: error,
    });
  }
}

/** Groups of `size`, the last one smaller; pages as they come when no size is wanted. */
async function* inBatches<T>(
  pages: AsyncIterable<readonly T[]>,
  size: number | undefined,
): AsyncGenerator<readonly T[]> {
  const waiting: T[] = [];
  for await (const page of pages) {
    if (size === undefined) {
      yield page;
      continue;
    }
    waiting.push(...page);
    while (waiting.length >= size) yield waiting.splice(0, size);
  }
  if (waiting.length > 0) yield waiting;
}
