import type { Kysely } from "kysely";
import { SEVERITIES, type Severity } from "../../domain/compliance/violation.ts";
import { AppError } from "../../domain/errors.ts";
import type {
  Breakdown,
  InventoryFilter,
  StoredViolation,
  ViolationPage,
  ViolationPosition,
  ViolationTally,
} from "../../ports/inventory.ts";
import type { Database } from "../schema.ts";
import { occupiedPlacesIn, placesIn } from "./places.ts";
import { decodeRowId, type RowPosition, rowIdRange } from "./row-id.ts";

/** Reads one row per place: its cost does not depend on how many resources there are. */
export async function breakdown(
  db: Kysely<Database>,
  { scope }: InventoryFilter,
): Promise<readonly Breakdown[]> {
  const rows = await occupiedPlacesIn(db, scope)
    .select(["cloud", "account", "region", "resource_type"])
    .select(["compliant", "non_compliant", "exempt", "unknown", "out_of_scope"])
    .orderBy("cloud")
    .orderBy("account")
    .orderBy("region")
    .orderBy("type_key")
    .execute();
  return rows.map(({ cloud, account, region, resource_type: resourceType, ...counts }) => ({
    cloud,
    account,
    region,
    resourceType,
    counts,
  }));
}

/** Reads one row per place and finding, most frequent first. */
export async function tally(
  db: Kysely<Database>,
  { scope, severities }: InventoryFilter,
): Promise<readonly ViolationTally[]> {
  let query = placesIn(db, scope)
    .innerJoin("place_findings", "place_findings.place_id", "places.id")
    .innerJoin("findings", "findings.id", "place_findings.finding_id")
    .select(["findings.kind", "findings.tag", "findings.severity", "places.cloud"])
    .select((eb) => eb.fn.sum<number>("place_findings.count").as("count"));
  if (severities.length > 0) query = query.where("findings.severity", "in", severities);
  return query
    .groupBy(["findings.kind", "findings.tag", "findings.severity", "places.cloud"])
    .orderBy("count", "desc")
    .orderBy("findings.tag")
    .orderBy("findings.kind")
    .orderBy("findings.severity")
    .orderBy("places.cloud")
    .execute();
}

/**
 * Violations in the order severity (errors first), cloud, account, region, type, and within one place
 * in the order they were found. Walks from place to place along the index, so that a page costs the
 * same in a small and in a large inventory.
 * @throws {AppError} `cursor_invalid` when no violation of this database ever had the position.
 */
export async function violations(
  db: Kysely<Database>,
  filter: InventoryFilter,
  page: { readonly limit: number; readonly after: ViolationPosition | null },
): Promise<ViolationPage> {
  const start = page.after === null ? undefined : requirePosition(page.after);
  // One more than asked for tells whether there is a next page.
  const wanted = page.limit + 1;
  const found: FoundViolation[] = [];
  for await (const violation of walk(db, { filter, start, wanted })) {
    found.push(violation);
    if (found.length === wanted) break;
  }
  const last = found[page.limit - 1];
  return {
    violations: found.slice(0, page.limit).map(({ violation }) => violation),
    next: found.length < wanted || last === undefined ? null : { afterRow: last.id },
  };
}

interface Walk {
  readonly filter: InventoryFilter;
  readonly start: RowPosition | undefined;
  /** The reader stops after this many. */
  readonly wanted: number;
}

/** Violations after `start` in the order of pages, at least `wanted` of them where there are. */
async function* walk(
  db: Kysely<Database>,
  { filter, start, wanted }: Walk,
): AsyncGenerator<FoundViolation> {
  for (const severity of severitiesFrom(filter.severities, start?.severity)) {
    const resume = start?.severity === severity ? start : undefined;
    for (const placeId of await placesWith(db, { filter, severity, resume, wanted })) {
      const after = resume?.placeId === placeId ? resume : undefined;
      yield* await rowsOf(db, { severity, placeId, after, wanted });
    }
  }
}

interface FoundViolation {
  readonly id: number;
  readonly violation: StoredViolation;
}

function requirePosition({ afterRow }: ViolationPosition): RowPosition {
  const position = decodeRowId(afterRow);
  if (position === undefined) throw invalidPosition();
  return position;
}

function invalidPosition(): AppError {
  return new AppError("cursor_invalid", "The position in the list of violations is not known.", {
    hint: "Ask again without a cursor.",
  });
}

function severitiesFrom(
  wanted: readonly Severity[],
  start: Severity | undefined,
): readonly Severity[] {
  const from = start === undefined ? 0 : SEVERITIES.indexOf(start);
  return SEVERITIES.slice(from).filter((one) => wanted.length === 0 || wanted.includes(one));
}

interface PlaceQuestion {
  readonly filter: InventoryFilter;
  readonly severity: Severity;
  readonly resume: RowPosition | undefined;
  readonly wanted: number;
}

/** Places that have violations of the severity, as many as a page can need: each has at least one. */
async function placesWith(
  db: Kysely<Database>,
  { filter, severity, resume, wanted }: PlaceQuestion,
): Promise<readonly number[]> {
  let query = placesIn(db, filter.scope)
    .select("places.id")
    .where(severity === "error" ? "errors" : "warnings", ">", 0);
  if (resume !== undefined) {
    const at = await db
      .selectFrom("places")
      .select(["cloud", "account", "region", "type_key"])
      .where("id", "=", resume.placeId)
      .executeTakeFirst();
    if (at === undefined) throw invalidPosition();
    query = query.where((eb) =>
      eb(
        eb.refTuple("cloud", "account", "region", "type_key"),
        ">=",
        eb.tuple(at.cloud, at.account, at.region, at.type_key),
      ),
    );
  }
  const rows = await query
    .orderBy("cloud")
    .orderBy("account")
    .orderBy("region")
    .orderBy("type_key")
    // The place to resume in may have nothing left.
    .limit(wanted + 1)
    .execute();
  return rows.map((row) => row.id);
}

interface RowQuestion {
  readonly severity: Severity;
  readonly placeId: number;
  readonly after: RowPosition | undefined;
  readonly wanted: number;
}

async function rowsOf(
  db: Kysely<Database>,
  { severity, placeId, after, wanted }: RowQuestion,
): Promise<readonly FoundViolation[]> {
  const range = rowIdRange(severity, placeId);
  const rows = await db
    .selectFrom("violations")
    .innerJoin("findings", "findings.id", "violations.finding_id")
    .innerJoin("resources", "resources.no", "violations.resource_no")
    .innerJoin("places", "places.id", "resources.place_id")
    .select(["violations.id", "violations.actual", "violations.suggestion"])
    .select(["findings.kind", "findings.tag", "findings.expected", "findings.rule"])
    .select(["resources.resource_key", "resources.spelling"])
    .select(["places.cloud", "places.account", "places.region", "places.resource_type"])
    .where("violations.id", ">", range.after + (after?.row ?? 0))
    .where("violations.id", "<", range.before)
    .orderBy("violations.id")
    .limit(wanted)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    violation: {
      resourceId: row.spelling ?? row.resource_key,
      resourceType: row.resource_type,
      cloud: row.cloud,
      account: row.account,
      region: row.region,
      kind: row.kind,
      tag: row.tag,
      severity,
      expected: row.expected,
      actual: row.actual,
      suggestion: row.suggestion,
      rule: row.rule,
    },
  }));
}
