import type { Kysely } from "kysely";
import { VERDICTS } from "../../src/domain/compliance/violation.ts";
import { decodeRowId } from "../../src/storage/inventory/row-id.ts";
import { UNKNOWN_GAP } from "../../src/storage/inventory/gap-number.ts";
import type { Database } from "../../src/storage/schema.ts";

export interface Counts {
  /** `placeId verdict` or `placeId severity` → count; zeros left out. */
  readonly places: Readonly<Record<string, number>>;
  /** `placeId findingId` → count. */
  readonly findings: Readonly<Record<string, number>>;
  /** `placeId gap` → count. */
  readonly gaps: Readonly<Record<string, number>>;
}

/** The counts as the store keeps them beside the rows. */
export async function keptCounts(db: Kysely<Database>): Promise<Counts> {
  const places: Record<string, number> = {};
  for (const row of await db.selectFrom("places").selectAll().execute())
    for (const column of [...VERDICTS, "errors", "warnings"] as const)
      if (row[column] !== 0) places[`${row.id} ${column}`] = row[column];
  const findings: Record<string, number> = {};
  for (const row of await db.selectFrom("place_findings").selectAll().execute())
    findings[`${row.place_id} ${row.finding_id}`] = row.count;
  const gaps: Record<string, number> = {};
  for (const row of await db.selectFrom("place_gaps").selectAll().execute())
    gaps[`${row.place_id} ${row.gap}`] = row.count;
  return { places, findings, gaps };
}

const add = (to: Record<string, number>, key: string): void => {
  to[key] = (to[key] ?? 0) + 1;
};

function recountResources(
  resources: readonly Database["resources"][],
): Pick<Counts, "places" | "gaps"> & { readonly places: Record<string, number> } {
  const places: Record<string, number> = {};
  const gaps: Record<string, number> = {};
  for (const row of resources) {
    if (row.gap !== null) add(gaps, `${row.place_id} ${row.gap}`);
    if (row.gone_at !== null) continue;
    add(places, `${row.place_id} ${row.verdict}`);
    const agree = (row.verdict === "unknown") === (row.gap === UNKNOWN_GAP);
    if (!agree && (row.verdict === "unknown" || row.tags !== null))
      throw new Error(`Resource ${row.no} lacks something else than is known of it.`);
  }
  return { places, gaps };
}

/** The same counts made anew from the resources and violations themselves. */
export async function recount(db: Kysely<Database>): Promise<Counts> {
  const resources = await db.selectFrom("resources").selectAll().execute();
  const { places, gaps } = recountResources(resources);
  const findings: Record<string, number> = {};
  const placeOf = new Map(resources.map((row) => [row.no, row.place_id]));
  const rows = await db
    .selectFrom("violations")
    .innerJoin("findings", "findings.id", "violations.finding_id")
    .select(["violations.id", "resource_no", "finding_id", "severity"])
    .execute();
  for (const row of rows) {
    const position = decodeRowId(row.id);
    const placeId = placeOf.get(row.resource_no);
    if (position?.placeId !== placeId || position?.severity !== row.severity)
      throw new Error(`Violation ${row.id} is filed under the wrong place or severity.`);
    add(places, `${placeId} ${row.severity === "error" ? "errors" : "warnings"}`);
    add(findings, `${placeId} ${row.finding_id}`);
  }
  return { places, findings, gaps };
}
