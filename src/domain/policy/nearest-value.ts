import { distance } from "fastest-levenshtein";

/**
 * Typos forgiven when guessing what was meant, by the length of the intended text: none below 4
 * characters (`dev` and `qa` have too many neighbours), one from 4 to 8, two from 9 on.
 */
export function allowedTypos(intended: string): 0 | 1 | 2 {
  if (intended.length < 4) return 0;
  return intended.length < 9 ? 1 : 2;
}

/** Something a value may have meant: `spellings` are compared, `suggestion` is what to write. */
export interface Candidate {
  readonly suggestion: string;
  readonly spellings: readonly string[];
}

interface Prepared {
  readonly suggestion: string;
  readonly folded: string;
  readonly digits: string;
}

/**
 * Finds the one allowed value that a wrong value was probably meant to be: equal but for case and outer
 * blanks, or within `allowedTypos`. Null when two are equally near. A digit is never taken for a typo:
 * cost centre 1002 is not a misspelt 1001.
 */
export function nearestValue(candidates: readonly Candidate[]): (value: string) => string | null {
  const prepared: readonly Prepared[] = candidates.flatMap(({ suggestion, spellings }) =>
    [...new Set(spellings.map(fold))].map((folded) => ({
      suggestion,
      folded,
      digits: digitsOf(folded),
    })),
  );
  return (value) => {
    const folded = fold(value);
    const digits = digitsOf(folded);
    let best = Number.POSITIVE_INFINITY;
    let suggestion: string | null = null;
    for (const candidate of prepared) {
      if (candidate.digits !== digits) continue;
      const typos = typosBetween(folded, candidate.folded);
      if (typos > best) continue;
      if (typos < best) suggestion = candidate.suggestion;
      else if (suggestion !== candidate.suggestion) suggestion = null;
      best = typos;
    }
    return suggestion;
  };
}

/** Edit distance, or infinity when it is beyond what the intended text forgives. */
function typosBetween(found: string, intended: string): number {
  if (found === intended) return 0;
  const limit = allowedTypos(intended);
  if (limit === 0 || Math.abs(found.length - intended.length) > limit) {
    return Number.POSITIVE_INFINITY;
  }
  const typos = distance(found, intended);
  return typos <= limit ? typos : Number.POSITIVE_INFINITY;
}

const fold = (text: string): string => text.trim().toLowerCase();
const digitsOf = (text: string): string => text.replace(/\P{N}+/gu, "");
