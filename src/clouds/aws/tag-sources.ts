import { AppError } from "../../domain/errors.ts";
import type { TagSet } from "../../domain/resource.ts";
import { forEachOf } from "./concurrent.ts";
import type { Listed } from "./sdk/listing.ts";
import type { Apis, Service } from "./sdk/services.ts";
import { createTagJoin } from "./tag-join.ts";
import type { ListRequest } from "./types/native-type.ts";

/**
 * Where the tags of a type come from: its own list; the tagging API, 100 ARNs a call; or a call of its
 * own service, for one ARN or for several ids at once.
 */
export type TagSource<S extends Service> =
  | "listed"
  | "tagging_api"
  | { readonly each: (api: Apis[S], arn: string, signal: AbortSignal) => Promise<TagSet> }
  | {
      readonly together: (
        api: Apis[S],
        ids: readonly string[],
        signal: AbortSignal,
      ) => Promise<ReadonlyMap<string, TagSet>>;
      readonly atMost: number;
    };

/** A listed row and its ARN. */
export interface Row extends Pick<Listed, "id" | "createdAt"> {
  readonly arn: string;
  /** Undefined where the list does not show them. */
  readonly tags: TagSet | undefined;
}

/** Tags by ARN: null when they could not be read; missing when the resource is gone meanwhile. */
type TagsByArn = ReadonlyMap<string, TagSet | null>;

export interface TagReader {
  /** How many rows to read at once; undefined: as many as a page holds. */
  readonly batchSize: number | undefined;
  read(rows: readonly Row[]): Promise<TagsByArn>;
  /** The first refusal; the rows it concerned were given with their tags unknown. */
  refusal(): AppError | undefined;
}

/** The most ARNs that the tagging API takes. */
const JOIN_SIZE = 100;

interface Tagged<S extends Service> {
  readonly id: string;
  readonly service: S;
  readonly tags: TagSource<S>;
  readonly taggingFilter?: string | null;
}

type Read = (rows: readonly Row[]) => Promise<TagsByArn>;
type OrUnknown = (rows: readonly Row[], read: () => Promise<TagsByArn>) => Promise<TagsByArn>;

export function createTagReader<S extends Service>(
  type: Tagged<S>,
  request: ListRequest,
): TagReader {
  let refused: AppError | undefined;
  const orUnknown: OrUnknown = async (rows, read) => {
    try {
      return await read();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refused ??= error;
      return new Map(rows.map(({ arn }) => [arn, null]));
    }
  };
  const [batchSize, read] = readingOf(type, request, orUnknown);
  return {
    batchSize,
    read: (rows) => orUnknown(rows, () => read(rows)),
    refusal: () => refused,
  };
}

function readingOf<S extends Service>(
  type: Tagged<S>,
  request: ListRequest,
  orUnknown: OrUnknown,
): readonly [batchSize: number | undefined, read: Read] {
  const { calls, account, region, signal } = request;
  const source = type.tags;
  if (source === "listed")
    return [undefined, async (rows) => new Map(rows.map((row) => [row.arn, row.tags ?? null]))];
  if (source === "tagging_api") {
    const filter = type.taggingFilter ?? type.id;
    const join = createTagJoin(calls, { account, region, filter }, signal);
    return [JOIN_SIZE, (rows) => join(rows.map(({ arn }) => arn))];
  }
  const target = { service: type.service, account, region };
  if ("together" in source)
    return [
      source.atMost,
      async (rows) => {
        const ids = rows.map(({ id }) => id);
        const byId = await calls.call(target, signal, (api, own) => source.together(api, ids, own));
        return new Map(rows.map(({ id, arn }) => [arn, byId.get(id) ?? null]));
      },
    ];
  const one = (row: Row): Promise<TagsByArn> =>
    calls
      .call(target, signal, (api, own) => source.each(api, row.arn, own))
      .then((own) => new Map([[row.arn, own]]), gone);
  return [undefined, (rows) => oneByOne(rows, (row) => orUnknown([row], () => one(row)))];
}

async function oneByOne(
  rows: readonly Row[],
  read: (row: Row) => Promise<TagsByArn>,
): Promise<TagsByArn> {
  const tags = new Map<string, TagSet | null>();
  await forEachOf(rows, async (row) => {
    for (const [arn, own] of await read(row)) tags.set(arn, own);
  });
  return tags;
}

function gone(error: unknown): Map<string, TagSet> {
  if (error instanceof AppError && error.code === "not_found") return new Map();
  throw error;
}

export function isRefusal(error: unknown): error is AppError {
  return (
    error instanceof AppError &&
    (error.code === "cloud_denied" || error.code === "cloud_unsupported")
  );
}
