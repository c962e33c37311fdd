import { hash } from "node:crypto";
import { type RawBuilder, sql, type SqlBool, type Transaction } from "kysely";
import type { Severity, Violation } from "../../domain/compliance/violation.ts";
import { AppError } from "../../domain/errors.ts";
import type { Database } from "../schema.ts";
import { batches } from "./batches.ts";
import { takeNumbers } from "./counters.ts";
import { int64, rowInsert, text } from "./row-insert.ts";
import { placeKey, type PlaceName } from "./seen-row.ts";
import { SizedStatement } from "./sized-statement.ts";

export interface Finding {
  readonly id: number;
  readonly severity: Severity;
}

/** Findings can name keys found on resources, so their number is not bounded by the policy. */
const MAX_REMEMBERED = 50_000;

/**
 * Row numbers of places and findings, looked up once and remembered. Neither is ever deleted, so what
 * another process does cannot make a remembered number wrong; numbers made by a transaction are
 * remembered only when the caller says that it was committed.
 */
export class Dictionary {
  readonly #places = new Map<string, number>();
  readonly #findings = new Map<string, Finding>();

  /** Starts the lookups of one transaction. */
  within(trx: Transaction<Database>): DictionaryLookup {
    return new DictionaryLookup(trx, this.#places, this.#findings);
  }

  remember(lookup: DictionaryLookup): void {
    if (this.#places.size > MAX_REMEMBERED) this.#places.clear();
    if (this.#findings.size > MAX_REMEMBERED) this.#findings.clear();
    for (const [key, id] of lookup.newPlaces) this.#places.set(key, id);
    for (const [key, finding] of lookup.newFindings) this.#findings.set(key, finding);
  }
}

/** Lookups of one transaction; rows that are missing are made. */
export class DictionaryLookup {
  readonly newPlaces = new Map<string, number>();
  readonly newFindings = new Map<string, Finding>();
  readonly #trx: Transaction<Database>;
  readonly #places: ReadonlyMap<string, number>;
  readonly #findings: ReadonlyMap<string, Finding>;

  constructor(
    trx: Transaction<Database>,
    places: ReadonlyMap<string, number>,
    findings: ReadonlyMap<string, Finding>,
  ) {
    this.#trx = trx;
    this.#places = places;
    this.#findings = findings;
  }

  /** Numbers of these places, which are all of one cloud. */
  async placeIds(places: ReadonlySet<PlaceName>): Promise<(place: PlaceName) => number> {
    const missing = new Map<string, PlaceName>();
    for (const place of places) {
      const key = placeKey(place);
      if (this.#placeId(key) === undefined) missing.set(key, place);
    }
    if (missing.size > 0) await this.#findOrMake(missing);
    const ids = new Map([...places].map((place) => [place, this.#placeId(placeKey(place))]));
    return (place) => {
      const id = ids.get(place);
      if (id === undefined) throw new AppError("internal", "A place has no number.");
      return id;
    };
  }

  #placeId(key: string): number | undefined {
    return this.#places.get(key) ?? this.newPlaces.get(key);
  }

  async #findOrMake(missing: ReadonlyMap<string, PlaceName>): Promise<void> {
    const stored = await this.#stored([...missing.values()]);
    const wanted = new Map<string, { readonly name: string; readonly place: PlaceName }>();
    for (const [key, place] of missing) {
      const name = rowKey(place);
      const id = stored.get(name);
      if (id === undefined) wanted.set(key, { name, place });
      else this.newPlaces.set(key, id);
    }
    const made = new Map([...wanted.values()].map(({ name, place }) => [name, place]));
    if (made.size === 0) return;
    const first = await takeNumbers(this.#trx, "place", made.size);
    const ids = new Map([...made.keys()].map((name, at) => [name, first + at]));
    await insertPlaces(
      this.#trx,
      [...made].map(([name, place]) => ({ id: ids.get(name) ?? first, place })),
    );
    for (const [key, { name }] of wanted) this.newPlaces.set(key, ids.get(name) ?? first);
  }

  /** Ids of the places that exist, by `rowKey`. */
  async #stored(places: readonly PlaceName[]): Promise<ReadonlyMap<string, number>> {
    const stored = new Map<string, number>();
    for (const batch of batches(places)) {
      const names = batch.map(({ cloud, account, region, type }) => [
        cloud,
        account,
        region,
        type.toLowerCase(),
      ]);
      const { rows } = await findPlaces.execute<StoredPlace>(this.#trx, names.flat(), () =>
        this.#trx
          .selectFrom("places")
          .select(["id", "cloud", "account", "region", "type_key"])
          .where(namedAs(names))
          .compile(),
      );
      for (const row of rows) stored.set(rowKey({ ...row, type: row.type_key }), row.id);
    }
    return stored;
  }

  async finding(violation: Violation): Promise<Finding> {
    const { kind, tag, severity, expected, rule } = violation;
    const key = JSON.stringify([kind, tag, severity, expected, rule]);
    const known = this.#findings.get(key) ?? this.newFindings.get(key);
    if (known !== undefined) return known;
    const digest = hash("sha256", key, "base64url");
    const stored = await this.#trx
      .selectFrom("findings")
      .select("id")
      .where("digest", "=", digest)
      .executeTakeFirst();
    const id = stored?.id ?? (await takeNumbers(this.#trx, "finding", 1));
    if (stored === undefined)
      await this.#trx
        .insertInto("findings")
        .values({ id, digest, kind, tag, severity, expected, rule })
        .execute();
    const finding = { id, severity };
    this.newFindings.set(key, finding);
    return finding;
  }
}

/** Two spellings of a type are one place. */
function rowKey(place: PlaceName): string {
  return placeKey({ ...place, type: place.type.toLowerCase() });
}

type StoredPlace = Pick<Database["places"], "id" | "cloud" | "account" | "region" | "type_key">;

const findPlaces = new SizedStatement();

/** @param names cloud, account, region and type in lower case. */
function namedAs(names: readonly (readonly string[])[]): RawBuilder<SqlBool> {
  const tuples = sql.join(names.map((name) => sql`(${sql.join(name)})`));
  return sql<SqlBool>`(cloud, account, region, type_key) in (values ${tuples})`;
}

interface NewPlace {
  readonly id: number;
  readonly place: PlaceName;
}

const insertPlaces = rowInsert<"places", NewPlace>("places", {
  id: int64(({ id }) => id),
  cloud: text(({ place }) => place.cloud),
  account: text(({ place }) => place.account),
  region: text(({ place }) => place.region),
  type_key: text(({ place }) => place.type.toLowerCase()),
  resource_type: text(({ place }) => place.type),
  compliant: int64(() => 0),
  non_compliant: int64(() => 0),
  exempt: int64(() => 0),
  unknown: int64(() => 0),
  out_of_scope: int64(() => 0),
  errors: int64(() => 0),
  warnings: int64(() => 0),
  violation_rows: int64(() => 0),
});
