import { AppError, type ErrorCode } from "../../domain/errors.ts";
import type { TagSet } from "../../domain/resource.ts";
import type { AwsCalls } from "./calls.ts";
import { sweepTags } from "./sweep.ts";

/**
 * Tags of up to 100 ARNs from the tagging API. It leaves out what never had a tag, even when asked by
 * ARN, so the answer has `[]` for those; of what lost its last tag it has `EMPTIED`.
 */
export type TagJoin = (arns: readonly string[]) => Promise<ReadonlyMap<string, TagSet>>;

/** The very value that stands for tags which a resource had once and has no more. */
export const EMPTIED: TagSet = Object.freeze([]);

interface Joined {
  readonly account: string;
  readonly region: string;
  /** The type's `ResourceTypeFilters` value. */
  readonly filter: string;
}

const SWEPT_INSTEAD: ReadonlySet<string> = new Set<ErrorCode>(["internal", "cloud_unsupported"]);

/** Endpoints found to answer `ResourceARNList` with whatever they have, as some simulators do. */
const heedless = new WeakSet<AwsCalls>();

export function createTagJoin(
  calls: AwsCalls,
  { account, region, filter }: Joined,
  signal: AbortSignal,
): TagJoin {
  let swept: Promise<ReadonlyMap<string, TagSet>> | undefined;

  const byArn: TagJoin = async (arns) => {
    const target = { service: "tagging", account, region } as const;
    const asked = new Set(arns);
    const page = await calls.call(target, signal, (api, own) => api.getResourcesOf(arns, own));
    if (page.next !== undefined || page.rows.some(({ arn }) => !asked.has(arn))) {
      heedless.add(calls);
      return bySweep(arns);
    }
    return pick(arns, new Map(page.rows.map((row) => [row.arn, row.tags])));
  };

  const bySweep: TagJoin = async (arns) => {
    swept ??= sweepAll(calls, { account, region, filter }, signal);
    return pick(arns, await swept);
  };

  return async (arns) => {
    if (arns.length === 0) return new Map();
    if (swept !== undefined || heedless.has(calls)) return bySweep(arns);
    try {
      return await byArn(arns);
    } catch (error) {
      // One ARN that the API cannot parse fails the whole call; a sweep names none.
      if (!(error instanceof AppError) || !SWEPT_INSTEAD.has(error.code)) throw error;
      return bySweep(arns);
    }
  };
}

function pick(
  arns: readonly string[],
  known: ReadonlyMap<string, TagSet>,
): ReadonlyMap<string, TagSet> {
  return new Map(
    arns.map((arn) => {
      const tags = known.get(arn);
      return [arn, tags?.length === 0 ? EMPTIED : (tags ?? [])];
    }),
  );
}

/** The service's name is asked for beside the type's: some simulators know only one of the two. */
async function sweepAll(
  calls: AwsCalls,
  { account, region, filter }: Joined,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, TagSet>> {
  const [service = filter] = filter.split(":");
  const filters = [...new Set([service, filter])];
  const tags = new Map<string, TagSet>();
  const sweep = {
    account,
    region,
    filters,
    ...(heedless.has(calls) ? { tagsPerPage: TAGS_PER_PAGE } : {}),
  };
  for await (const rows of sweepTags(calls, sweep, signal))
    for (const row of rows) tags.set(row.arn, row.tags);
  return tags;
}

/** The most that may be asked for; simulators that count tags end a page at 100 of them otherwise. */
const TAGS_PER_PAGE = 500;
