import { AppError } from "../../domain/errors.ts";
import type { Resource } from "../../domain/resource.ts";
import type { ConfigListing, RecordedRows } from "./config-list.ts";
import { type CellListing, readJoined } from "./joined-cell.ts";
import type { CellPlan } from "./ladder.ts";
import type { TaggingContext } from "./tagged-cell.ts";

export interface RecordedContext extends TaggingContext {
  readonly config: ConfigListing;
}

type ReadNext = () => AsyncIterable<readonly Resource[]>;

/**
 * The cell by the tagging API, and by the items of AWS Config for what never had a tag. Where Config has
 * nothing to show for itself, or cannot be asked after all, the cell is read from its next source too.
 */
export async function* readRecorded(
  context: RecordedContext,
  plan: CellPlan,
  { next, signal }: { readonly next: ReadNext; readonly signal: AbortSignal },
): AsyncGenerator<readonly Resource[]> {
  const asked = askOnce(context.config, plan, signal);
  const list: CellListing["rest"] = async function* () {
    const { rows } = await asked();
    if (rows.length > 0) yield rows;
  };
  const listing = { includesTags: true, rest: list, whole: list };
  const seen = new Set<string>();
  for await (const page of readJoined(context, plan, { listing, signal })) {
    for (const { id } of page) seen.add(id);
    yield page;
  }
  if ((await asked()).proven) return;
  for await (const page of next()) {
    const fresh = page.filter(({ id }) => !seen.has(id));
    if (fresh.length > 0) yield fresh;
  }
}

/** What Config says of the cell. Whatever keeps it from answering, the next source can. */
function askOnce(
  config: ConfigListing,
  { cell, type }: CellPlan,
  signal: AbortSignal,
): () => Promise<RecordedRows> {
  if (type === undefined)
    throw new AppError("internal", "A cell of every type was planned for AWS Config.");
  let answer: Promise<RecordedRows> | undefined;
  return () => {
    answer ??= config.of(cell.region, type, signal).catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code === "cancelled") throw error;
      return { rows: [], proven: false };
    });
    return answer;
  };
}
