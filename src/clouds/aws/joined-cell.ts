import { AppError } from "../../domain/errors.ts";
import type { Resource, TagSet } from "../../domain/resource.ts";
import { typeOfArn } from "./arn.ts";
import type { CellPlan } from "./ladder.ts";
import { findType } from "./resource-types.ts";
import { resourceOf, sweepCell, type TaggingContext, UNKNOWN_TYPE } from "./tagged-cell.ts";

/** A resource as an inventory that is asked beside the tagging API shows it. */
export interface InventoryRow {
  readonly arn: string;
  /** Null when the row says nothing of tags. */
  readonly tags: TagSet | null;
  /** ISO 8601 UTC; absent where the inventory does not know it. */
  readonly createdAt?: string | null;
}

/** An inventory of a cell that also knows what never had a tag: Resource Explorer, AWS Config. */
export interface CellListing {
  /** Its rows show tags, so that a row without any says something. */
  readonly includesTags: boolean;
  /** What the tagging API does not list; more does no harm. */
  rest(): AsyncGenerator<readonly InventoryRow[], void>;
  /** Everything, for a tagging API that could not be read to its end. */
  whole(): AsyncGenerator<readonly InventoryRow[], void>;
}

/**
 * The tagging API lists what carries a tag or once did, as it is now; the inventory lists the rest: what
 * never had a tag (as the reference of `GetResources` advises) and what has tags that the tagging API may
 * not cover. Either may fail: what the other saw is still given, with tags unknown where nothing proves
 * them, and the failure is thrown at the end.
 */
export async function* readJoined(
  context: TaggingContext,
  plan: CellPlan,
  { listing, signal }: { readonly listing: CellListing; readonly signal: AbortSignal },
): AsyncGenerator<readonly Resource[]> {
  const seen = new Set<string>();
  const failures: AppError[] = [];
  const keep = (error: unknown): void => {
    if (!(error instanceof AppError) || error.code === "cancelled") throw error;
    failures.push(error);
  };
  const rest = listing.rest();
  // Asked for already while the sweep runs; a failure is met when its turn comes.
  const first = rest.next();
  first.catch(() => undefined);
  try {
    yield* sweepCell(context, plan, { seen, signal });
  } catch (error) {
    keep(error);
  }
  const sweptAll = failures.length === 0;
  const proof = { includesTags: listing.includesTags, sweptAll };
  try {
    // Without the whole sweep the inventory must be asked for tagged resources too.
    const pages = sweptAll ? resumed(first, rest) : listing.whole();
    for await (const rows of pages) {
      const fresh = rows.filter(({ arn }) => !seen.has(arn));
      if (fresh.length > 0) yield fresh.map((row) => inventoried(row, plan, proof));
      for (const { arn } of fresh) seen.add(arn);
    }
  } catch (error) {
    keep(error);
  }
  const [failure] = failures;
  if (failure !== undefined) throw failure;
}

async function* resumed<T>(
  first: Promise<IteratorResult<T, void>>,
  rest: AsyncGenerator<T, void>,
): AsyncGenerator<T> {
  const step = await first;
  if (step.done === true) return;
  yield step.value;
  yield* rest;
}

interface Proof {
  readonly includesTags: boolean;
  readonly sweptAll: boolean;
}

function inventoried(row: InventoryRow, plan: CellPlan, proof: Proof): Resource {
  return { ...resourceOf(row.arn, plan, tagsOf(row, proof)), createdAt: row.createdAt ?? null };
}

/**
 * Tags of a resource that an inventory lists and the tagging API does not. While the latter could not be
 * read to the end, nothing is said: the inventory may be hours old, and a stale tag would count as
 * compliant. A resource that a whole sweep does not list never had a tag, if the API covers the type;
 * else the inventory decides, if it has tags (Resource Explorer never has those of IAM).
 */
export function tagsOf(row: Pick<InventoryRow, "arn" | "tags">, proof: Proof): TagSet | null {
  if (!proof.sweptAll) return null;
  if (row.tags !== null && row.tags.length > 0) return row.tags;
  const kind = typeOfArn(row.arn) ?? UNKNOWN_TYPE;
  const covered = (findType(kind)?.taggingFilter ?? null) !== null;
  if (covered) return [];
  return proof.includesTags && !kind.startsWith("iam:") ? [] : null;
}
