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

export type Row = Listed & { readonly arn: string };

/** Tags by ARN: null when they could not be read; missing when the resource is gone meanwhile. */
type TagsByArn = ReadonlyMap<string, TagSet | null>;

export interface TagReader {
  /** How many rows to read at once; undefined: as many as a page holds. */
  readonly batchSize: number | undefined;
  read(rows: readonly Row[]): Promise<TagsByArn>;
  /** The first refusal; the rows it concerned were given with their tags unknown. */
  refusal(): AppError | undefined;
}

/** Several calls may be under way for one batch; this many ARNs keep the tagging API's calls full. */
const JOIN_SIZE = 100;

export function createTagReader<S extends Service>(
  type: {
    readonly id: string;
    readonly service: S;
    readonly tags: TagSource<S>;
    readonly taggingFilter?: string | null;
  },
  request: ListRequest,
): TagReader {
  const { calls, account, region, signal } = request;
  const target = { service: type.service, account, region };
  const source = type.tags;
  let refused: AppError | undefined;
  const orUnknown = async (
    rows: readonly Row[],
    read: () => Promise<TagsByArn>,
  ): Promise<TagsByArn> => {
    try {
      return await read();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refused ??= error;
      return new Map(rows.map(({ arn }) => [arn, null]));
    }
  };
  const reader = (
    batchSize: number | undefined,
    read: (rows: readonly Row[]) => Promise<TagsByArn>,
  ): TagReader => ({
    batchSize,
    read: (rows) => orUnknown(rows, () => read(rows)),
    refusal: () => refused,
  });
  if (source === "listed")
    return reader(
      undefined,
      async (rows) => new Map(rows.map((row) => [row.arn, row.tags ?? null])),
    );
  if (source === "tagging_api") {
    const filter = type.taggingFilter ?? type.id;
    const join = createTagJoin(calls, { account, region, filter }, signal);
    return reader(JOIN_SIZE, (rows) => join(rows.map(({ arn }) => arn)));
  }
  if ("each" in source)
    return reader(undefined, async (rows) => {
      const tags = new Map<string, TagSet | null>();
      await forEachOf(rows, async (row) => {
        const one = await orUnknown([row], () =>
          calls
            .call(target, signal, (api, own) => source.each(api, row.arn, own))
            .then((own) => new Map([[row.arn, own]]), gone),
        );
        for (const [arn, own] of one) tags.set(arn, own);
      });
      return tags;
    });
  return reader(source.atMost, async (rows) => {
    const ids = rows.map(({ id }) => id);
    const byId = await calls.call(target, signal, (api, own) => source.together(api, ids, own));
    return new Map(rows.map(({ id, arn }) => [arn, byId.get(id) ?? null]));
  });
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
