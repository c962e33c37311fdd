import { hash } from "node:crypto";
import type { Transaction } from "kysely";
import type { Severity, Violation } from "../../domain/compliance/violation.ts";
import { AppError } from "../../domain/errors.ts";
import type { Database } from "../schema.ts";
import { batches } from "./batches.ts";
import { takeNumbers } from "./counters.ts";
import { placeKey, type PlaceName } from "./seen-row.ts";

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
    const rows = [...made].map(([name, { cloud, account, region, type }]) => ({
      cloud,
      account,
      region,
      type_key: type.toLowerCase(),
      id: ids.get(name) ?? first,
      resource_type: type,
      ...NOTHING_COUNTED,
    }));
    for (const batch of batches(rows)) await this.#trx.insertInto("places").values(batch).execute();
    for (const [key, { name }] of wanted) this.newPlaces.set(key, ids.get(name) ?? first);
  }

  /** Ids of the places that exist, by `rowKey`. */
  async #stored(places: readonly PlaceName[]): Promise<ReadonlyMap<string, number>> {
    const [one] = places;
    const stored = new Map<string, number>();
    if (one === undefined) return stored;
    const accounts = [...new Set(places.map(({ account }) => account))];
    const regions = [...new Set(places.map(({ region }) => region))];
    for (const types of batches([...new Set(places.map(({ type }) => type.toLowerCase()))])) {
      const rows = await this.#trx
        .selectFrom("places")
        .select(["id", "cloud", "account", "region", "type_key"])
        .where("cloud", "=", one.cloud)
        .where("account", "in", accounts)
        .where("region", "in", regions)
        .where("type_key", "in", types)
        .execute();
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

const NOTHING_COUNTED = {
  compliant: 0,
  non_compliant: 0,
  exempt: 0,
  unknown: 0,
  out_of_scope: 0,
  errors: 0,
  warnings: 0,
  violation_rows: 0,
};
