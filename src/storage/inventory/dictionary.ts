import { hash } from "node:crypto";
import type { Transaction } from "kysely";
import type { Severity, Violation } from "../../domain/compliance/violation.ts";
import type { Resource } from "../../domain/resource.ts";
import type { Database } from "../schema.ts";
import { takeNumbers } from "./counters.ts";

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

  async placeId(resource: Resource): Promise<number> {
    const { cloud, account, region, type } = resource;
    const key = `${cloud}\n${account}\n${region}\n${type}`;
    const known = this.#places.get(key) ?? this.newPlaces.get(key);
    if (known !== undefined) return known;
    const place = { cloud, account, region, type_key: type.toLowerCase() };
    const stored = await this.#trx
      .selectFrom("places")
      .select("id")
      .where((eb) => eb.and(place))
      .executeTakeFirst();
    const id = stored?.id ?? (await takeNumbers(this.#trx, "place", 1));
    if (stored === undefined)
      await this.#trx
        .insertInto("places")
        .values({ ...place, id, resource_type: type, ...NOTHING_COUNTED })
        .execute();
    this.newPlaces.set(key, id);
    return id;
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
