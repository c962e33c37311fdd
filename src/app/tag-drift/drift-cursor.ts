import type { Mark } from "../../ports/history.ts";
import { invalidCursor, openCursor, sealCursor } from "../cursor.ts";

/** Where a page of drifts begins, and the two ends that its first page compared. */
export interface DriftPage {
  readonly baselineId: string;
  readonly laterId: string;
  /** How far the first page looked: later pages look no further. */
  readonly upTo: Mark;
  /** Position of the last drift already shown. */
  readonly after: number;
}

export function sealPage(key: Uint8Array, filter: string, page: DriftPage): string {
  const { baselineId, laterId, upTo, after } = page;
  const scanId = [baselineId, laterId, upTo.changeNo, upTo.resourceNo].join(":");
  return sealCursor(key, { scanId, filter }, { afterRow: after });
}

/**
 * Null without a cursor.
 * @throws {AppError} `cursor_invalid`: not ours, of another question, or the scope was scanned since.
 */
export function openPage(
  key: Uint8Array,
  cursor: string | undefined,
  { filter, laterId }: { readonly filter: string; readonly laterId: string },
): DriftPage | null {
  if (cursor === undefined) return null;
  const { scanId, position } = openCursor(key, cursor, filter);
  const [baselineId = "", later, changeNo, resourceNo] = scanId.split(":");
  if (later !== laterId)
    throw invalidCursor("The scope was scanned again since the cursor was given out.");
  const upTo = { changeNo: Number(changeNo), resourceNo: Number(resourceNo) };
  return { baselineId, laterId, upTo, after: position.afterRow };
}
