import { distance } from "fastest-levenshtein";
import { AppError } from "../../domain/errors.ts";

/** A list of names a caller or the configuration gave, and what may be in it. */
export interface NameCheck {
  /** `regions`, `accounts`. */
  readonly path: string;
  /** "Region", "account". */
  readonly noun: string;
  readonly given: readonly string[];
  readonly known: readonly string[];
  /** What to do when there is no near match. */
  readonly advice: string;
}

const FARTHEST = 3;

/** @throws {AppError} `invalid_input`: one issue per unknown name, near matches in the hint. */
export function requireKnown({ path, noun, given, known, advice }: NameCheck): void {
  const issues = given.flatMap((name, index) =>
    known.includes(name)
      ? []
      : [{ path: `${path}[${index}]`, message: `No such AWS ${noun} is within reach.` }],
  );
  if (issues.length === 0) return;
  const unknown = given.filter((name) => !known.includes(name));
  const near = [...new Set(unknown.flatMap((name) => nearest(name, known)))];
  throw new AppError("invalid_input", `${issues.length} AWS ${noun}(s) are unknown.`, {
    hint: near.length > 0 ? `Did you mean ${near.join(", ")}? ${advice}` : advice,
    issues,
    details: { unknown },
  });
}

function nearest(text: string, known: readonly string[]): readonly string[] {
  return known
    .map((name) => ({ name, far: distance(text.toLowerCase(), name) }))
    .filter(({ far }) => far <= FARTHEST)
    .toSorted((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);
}
