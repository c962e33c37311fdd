import type { InventoryStore } from "../ports/inventory.ts";
import { type CursorBinding, openBound, sealCursor } from "./cursor.ts";

/**
 * One page of a list whose order is fixed for a scan and a question, so that a number is a position.
 * @throws {AppError} `cursor_invalid`.
 */
export async function pageOf<Item>(
  inventory: Pick<InventoryStore, "signingKey">,
  items: readonly Item[],
  asked: {
    readonly limit: number;
    readonly cursor: string | undefined;
    readonly binding: CursorBinding;
  },
): Promise<{ readonly shown: readonly Item[]; readonly nextCursor: string | null }> {
  const { limit, cursor, binding } = asked;
  const key = await inventory.signingKey();
  const start = openBound(key, cursor, binding)?.afterRow ?? 0;
  const end = start + limit;
  const nextCursor = end < items.length ? sealCursor(key, binding, { afterRow: end }) : null;
  return { shown: items.slice(start, end), nextCursor };
}
