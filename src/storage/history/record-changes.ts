import type { Transaction } from "kysely";
import { tagDifferences } from "../../domain/compliance/drift/change.ts";
import { batches } from "../inventory/batches.ts";
import { takeNumbers } from "../inventory/counters.ts";
import { lastSeenAt } from "../inventory/last-seen.ts";
import { tagsOf } from "../inventory/stored-tags.ts";
import type { Database } from "../schema.ts";

/** A stored resource that was read again and is about to be rewritten. */
export interface Rewrite {
  readonly resourceNo: number;
  readonly placeId: number;
  /** The tags just read, as stored; null when they could not be read. */
  readonly tags: string | null;
  /** When it was found to be gone; null when it was not. */
  readonly goneAt: number | null;
}

type NewChange = Omit<Database["resource_changes"], "no" | "seen_at" | "scan_no">;

/** Tags as last known, and when they were read. */
interface Known {
  readonly tags: string;
  readonly seenAt: number;
}

/**
 * Writes down how resources differ from what was last known of them; to be called before their rows are
 * rewritten. Tags that could not be read make no change: what was known is put aside until they can be
 * read again.
 */
export async function recordChanges(
  trx: Transaction<Database>,
  rewrites: readonly Rewrite[],
  seen: { readonly scanNo: number; readonly nowMs: number },
): Promise<void> {
  const numbers = rewrites.map(({ resourceNo }) => resourceNo);
  const stored = await storedTags(trx, numbers);
  const unread = [...stored].flatMap(([no, known]) => (known === null ? [no] : []));
  const aside = await tagsPutAside(trx, unread);
  const changes: NewChange[] = [];
  for (const rewrite of rewrites) {
    const known = stored.get(rewrite.resourceNo) ?? aside.get(rewrite.resourceNo);
    changes.push(...returned(rewrite), ...differences(rewrite, known));
  }
  await insertChanges(trx, changes, seen);
  await putAside(trx, rewrites, stored);
  const readAgain = rewrites.filter(
    ({ tags, resourceNo }) => tags !== null && aside.has(resourceNo),
  );
  for (const batch of batches(readAgain.map(({ resourceNo }) => resourceNo)))
    await trx.deleteFrom("known_tags").where("resource_no", "in", batch).execute();
}

/** Null: the latest read could not tell. */
async function storedTags(
  trx: Transaction<Database>,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, Known | null>> {
  const stored = new Map<number, Known | null>();
  for (const batch of batches(numbers)) {
    const rows = await trx
      .selectFrom("resources")
      .select((eb) => ["no", "tags", lastSeenAt(eb).as("seen_at")])
      .where("no", "in", batch)
      .execute();
    for (const { no, tags, seen_at: seenAt } of rows)
      stored.set(no, tags === null ? null : { tags, seenAt });
  }
  return stored;
}

async function tagsPutAside(
  trx: Transaction<Database>,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, Known>> {
  const aside = new Map<number, Known>();
  for (const batch of batches(numbers)) {
    const rows = await trx
      .selectFrom("known_tags")
      .selectAll()
      .where("resource_no", "in", batch)
      .execute();
    for (const { resource_no, tags, seen_at: seenAt } of rows)
      aside.set(resource_no, { tags, seenAt });
  }
  return aside;
}

function returned({ resourceNo, placeId, goneAt }: Rewrite): readonly NewChange[] {
  if (goneAt === null) return [];
  return [
    {
      resource_no: resourceNo,
      place_id: placeId,
      kind: "resource_returned",
      tag_key: null,
      old_value: null,
      new_value: null,
      after_at: goneAt,
    },
  ];
}

function differences(
  { resourceNo, placeId, tags }: Rewrite,
  known: Known | undefined,
): readonly NewChange[] {
  if (tags === null || known === undefined || tags === known.tags) return [];
  return tagDifferences(tagsOf(known.tags) ?? [], tagsOf(tags) ?? []).map(({ key, from, to }) => ({
    resource_no: resourceNo,
    place_id: placeId,
    kind: kindOf(from, to),
    tag_key: key,
    old_value: from,
    new_value: to,
    after_at: known.seenAt,
  }));
}

function kindOf(from: string | null, to: string | null): NewChange["kind"] {
  if (from === null) return "tag_added";
  return to === null ? "tag_removed" : "tag_changed";
}

async function insertChanges(
  trx: Transaction<Database>,
  changes: readonly NewChange[],
  { scanNo, nowMs }: { readonly scanNo: number; readonly nowMs: number },
): Promise<void> {
  if (changes.length === 0) return;
  const first = await takeNumbers(trx, "change", changes.length);
  const rows = changes.map((change, at) => ({
    ...change,
    no: first + at,
    seen_at: nowMs,
    scan_no: scanNo,
  }));
  for (const batch of batches(rows))
    await trx.insertInto("resource_changes").values(batch).execute();
}

async function putAside(
  trx: Transaction<Database>,
  rewrites: readonly Rewrite[],
  stored: ReadonlyMap<number, Known | null>,
): Promise<void> {
  const rows = rewrites.flatMap(({ resourceNo, tags }) => {
    const known = stored.get(resourceNo);
    if (tags !== null || known === null || known === undefined) return [];
    return [{ resource_no: resourceNo, tags: known.tags, seen_at: known.seenAt }];
  });
  for (const batch of batches(rows))
    await trx
      .insertInto("known_tags")
      .values(batch)
      .onConflict((conflict) =>
        conflict.column("resource_no").doUpdateSet((eb) => ({
          tags: eb.ref("excluded.tags"),
          seen_at: eb.ref("excluded.seen_at"),
        })),
      )
      .execute();
}
