import type { Resource, TagSet } from "../../domain/resource.ts";
import { type Arn, parseArn, typeOf, typeOfArn } from "./arn.ts";
import type { AwsCalls } from "./calls.ts";
import { untilStopped } from "./deadline.ts";
import type { CellPlan } from "./ladder.ts";
import { GLOBAL, globalHomes } from "./region-names.ts";
import type { TaggedRow } from "./sdk/tagging.ts";
import { sweepTags } from "./sweep.ts";

/** What the tagging API is asked with for the cells of one account. */
export interface TaggingContext {
  readonly calls: AwsCalls;
  readonly partition: string;
  readonly globals: GlobalRows;
}

/**
 * The tagging API of one Region also lists what has no Region. The cell that sweeps all types there
 * keeps those rows aside for the cell of `global`, which would have to sweep the Region once more.
 */
export interface GlobalRows {
  /** Settles when that sweep ends: its rows, or undefined when it broke off. Absent: none has begun. */
  swept: Promise<readonly TaggedRow[] | undefined> | undefined;
}

/** Every resource of the cell that carries a tag or once did, with its tags. */
export function readTagged(
  context: TaggingContext,
  plan: CellPlan,
  signal: AbortSignal,
): AsyncGenerator<readonly Resource[]> {
  return sweepCell(context, plan, { seen: new Set(), signal });
}

interface Reading {
  /** ARNs that were given already; those given now are added. */
  readonly seen: Set<string>;
  readonly signal: AbortSignal;
}

/** What the tagging API lists of the cell, each resource once. */
export async function* sweepCell(
  context: TaggingContext,
  plan: CellPlan,
  { seen, signal }: Reading,
): AsyncGenerator<readonly Resource[]> {
  const { region } = plan.cell;
  const own = plan.type?.taggingFilter;
  // Resource Explorer may know a type that the tagging API does not: nothing to ask for.
  if (own === null) return;
  const homes = region === GLOBAL ? globalHomes(context.partition) : [{ region, filters: [] }];
  for (const home of homes) {
    const filters = own === undefined ? home.filters : [own];
    for await (const rows of sweepPlace(context, plan, { region: home.region, filters, signal })) {
      const fresh: Resource[] = [];
      for (const row of rows) {
        const resource = sweptResource(row, plan);
        if (resource === undefined || seen.has(row.arn)) continue;
        seen.add(row.arn);
        fresh.push(resource);
      }
      if (fresh.length > 0) yield fresh;
    }
  }
}

interface Place {
  readonly region: string;
  /** Empty: every type. */
  readonly filters: readonly string[];
  readonly signal: AbortSignal;
}

async function* sweepPlace(
  { calls, partition, globals }: TaggingContext,
  { cell }: CellPlan,
  { region, filters, signal }: Place,
): AsyncGenerator<readonly TaggedRow[]> {
  const sweep = sweepTags(calls, { account: cell.account, region, filters }, signal);
  const isHome = filters.length === 0 && globalHomes(partition)[0]?.region === region;
  if (!isHome) yield* sweep;
  else if (cell.region !== GLOBAL) yield* keepingGlobals(sweep, globals);
  else {
    const { swept } = globals;
    const rows = swept && (await untilStopped({ signal }, () => swept));
    if (rows === undefined) yield* sweep;
    else yield rows;
  }
}

const WITHOUT_REGION = /^arn:[^:]+:[^:]+::/;

async function* keepingGlobals(
  sweep: AsyncIterable<readonly TaggedRow[]>,
  globals: GlobalRows,
): AsyncGenerator<readonly TaggedRow[]> {
  const { promise, resolve } = Promise.withResolvers<readonly TaggedRow[] | undefined>();
  globals.swept = promise;
  const aside: TaggedRow[] = [];
  let whole = false;
  try {
    for await (const rows of sweep) {
      aside.push(...rows.filter(({ arn }) => WITHOUT_REGION.test(arn)));
      yield rows;
    }
    whole = true;
  } finally {
    resolve(whole ? aside : undefined);
  }
}

/**
 * The resource that a row shows; undefined when it is not of the cell: the tagging API of one Region also
 * lists what has no Region, and some endpoints list buckets everywhere. It lists a resource without tags
 * only where that had some (API Reference of `GetResources`).
 */
function sweptResource({ arn, tags }: TaggedRow, plan: CellPlan): Resource | undefined {
  const { cell, type, except } = plan;
  const parsed = parseArn(arn);
  const kind = parsed === undefined ? UNKNOWN_TYPE : typeOf(parsed);
  if (type === undefined ? except.includes(kind) : kind !== type.id) return undefined;
  if (parsed !== undefined && regionOf(parsed, kind, cell.region) !== cell.region) return undefined;
  const resource = resourceAt(cell, { arn, kind, tags });
  return tags.length === 0 ? { ...resource, hadTags: true } : resource;
}

/** Of what is no ARN. */
export const UNKNOWN_TYPE = "aws:unknown";

/** Other ARNs without a Region are global; a bucket's is without, though the bucket is in the one that lists it. */
function regionOf({ region }: Arn, kind: string, listedIn: string): string | undefined {
  if (region !== "") return region;
  if (kind !== "s3:bucket") return GLOBAL;
  return listedIn === GLOBAL ? undefined : listedIn;
}

/** A resource of the cell. */
export function resourceOf(arn: string, { cell, type }: CellPlan, tags: TagSet | null): Resource {
  const kind = type?.id ?? typeOfArn(arn) ?? UNKNOWN_TYPE;
  return resourceAt(cell, { arn, kind, tags });
}

function resourceAt(
  { account, region }: CellPlan["cell"],
  {
    arn,
    kind,
    tags,
  }: { readonly arn: string; readonly kind: string; readonly tags: TagSet | null },
): Resource {
  return { cloud: "aws", account, region, type: kind, id: arn, tags, createdAt: null };
}
