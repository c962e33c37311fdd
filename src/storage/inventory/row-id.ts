import { SEVERITIES, type Severity } from "../../domain/compliance/violation.ts";
import { AppError } from "../../domain/errors.ts";

/**
 * The primary key of a violation says where it stands: severity, then place, then the how-manieth row
 * of that place. The table is thereby stored in the order in which pages are read, a page needs no
 * second index, and a position stays valid when the row it names is deleted.
 *
 * 1 bit severity · 22 bits place · 30 bits row = 53 bits, the integers a JavaScript number holds exactly.
 */
export interface RowPosition {
  readonly severity: Severity;
  readonly placeId: number;
  /** 1-based within the place, over all severities; never used twice. */
  readonly row: number;
}

export const PLACES = 2 ** 22;
export const ROWS = 2 ** 30;

/** @throws {AppError} `internal` when a database outgrew the layout. */
export function encodeRowId({ severity, placeId, row }: RowPosition): number {
  if (placeId >= PLACES || row >= ROWS)
    throw new AppError("internal", "The inventory outgrew its numbering of violations.", {
      details: { placeId, row },
    });
  return (SEVERITIES.indexOf(severity) * PLACES + placeId) * ROWS + row;
}

/** Undefined when no violation can have this id. */
export function decodeRowId(id: number): RowPosition | undefined {
  if (!Number.isSafeInteger(id) || id < 0) return undefined;
  const group = Math.floor(id / ROWS);
  const severity = SEVERITIES[Math.floor(group / PLACES)];
  return severity === undefined ? undefined : { severity, placeId: group % PLACES, row: id % ROWS };
}

/** Ids of all rows of one severity in one place: `after < id < before`. */
export function rowIdRange(
  severity: Severity,
  placeId: number,
): { readonly after: number; readonly before: number } {
  const after = encodeRowId({ severity, placeId, row: 0 });
  return { after, before: after + ROWS };
}
