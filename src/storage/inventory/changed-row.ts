import type { Transaction } from "kysely";
import type { Verdict } from "../../domain/compliance/violation.ts";
import type { Database } from "../schema.ts";
import { takeNumbers } from "./counters.ts";
import type { DictionaryLookup, Finding } from "./dictionary.ts";
import { type GapNumber, gapOnceTagged } from "./gap-number.ts";
import { factsOf } from "./seen-row.ts";
import type { RowsWrite, Sighting } from "./sighting.ts";
import { inheritedText, linksText } from "./stored-tags.ts";

/** A sighting that says something new, with what its row will hold. */
export interface ChangedRow extends Sighting {
  readonly no: number;
  readonly facts: RowFacts;
  /** Now or at any time before. */
  readonly hadTags: boolean;
  /** As its column holds it; see `gap-number.ts`. */
  readonly gap: GapNumber | null;
  readonly write: RowsWrite;
}

/** Facts of resources as rows hold them. */
interface RowFacts {
  readonly verdict: Verdict;
  readonly hadTags: boolean;
  /** As their columns hold them. */
  readonly inherited: string | null;
  readonly links: string | null;
  readonly violations: readonly RowViolation[];
}

interface RowViolation {
  readonly finding: Finding;
  readonly actual: string | null;
  readonly suggestion: string | null;
}

/** @param sightings those that say something new. */
export async function changedRows(
  trx: Transaction<Database>,
  dictionary: DictionaryLookup,
  { sightings, write }: { readonly sightings: readonly Sighting[]; readonly write: RowsWrite },
): Promise<readonly ChangedRow[]> {
  const missing = sightings.filter(({ stored }) => stored === undefined).length;
  let next = missing === 0 ? 0 : await takeNumbers(trx, "resource", missing);
  // What many have alike is read once.
  const read = new Map<string, RowFacts>();
  const changed: ChangedRow[] = [];
  for (const { row, placeId, stored } of sightings) {
    let facts = read.get(row.facts);
    if (facts === undefined) read.set(row.facts, (facts = await rowFacts(dictionary, row.facts)));
    const had = stored?.had_tags === 1;
    changed.push({
      row,
      placeId,
      stored,
      no: stored?.no ?? next++,
      facts,
      hadTags: had || facts.hadTags || (row.tags !== null && row.tags !== "[]"),
      gap: had ? gapOnceTagged(row.gap) : row.gap,
      write,
    });
  }
  return changed;
}

async function rowFacts(dictionary: DictionaryLookup, text: string): Promise<RowFacts> {
  const facts = factsOf(text);
  const { verdict } = facts.judgement;
  const violations: RowViolation[] = [];
  for (const violation of facts.judgement.violations) {
    const { actual, suggestion } = violation;
    violations.push({ finding: await dictionary.finding(violation), actual, suggestion });
  }
  return {
    verdict,
    hadTags: facts.hadTags === true,
    inherited: inheritedText(facts),
    links: linksText(facts),
    violations,
  };
}
