import type { Cloud } from "../cloud.ts";
import type { Violation } from "../compliance/violation.ts";
import { BoundedMemo } from "./bounded-memo.ts";
import { compileLinearRegex, type LinearRegex } from "./linear-regex.ts";
import { type Candidate, nearestValue } from "./nearest-value.ts";
import type { TagRule } from "./schema.ts";
import { asWildcard, matchesWildcard, type Wildcard } from "./wildcard.ts";

/** What one rule says of a value on one cloud. */
export interface ValueRule {
  /** The broken rule, or null when the value is fine. Equal values give the same object. */
  readonly check: (value: string) => Violation | null;
  /** The canonical value that a value of this cloud stands for. */
  readonly canonical: (value: string) => string;
  /** Makes canonical values equal that are the same to this rule. */
  readonly fold: (value: string) => string;
  /** What would satisfy the rule, made from the policy alone. */
  readonly expected: string;
}

/** @param path of the rule in the policy, such as `required_tags[0]`. */
export function compileValueRule(rule: TagRule, cloud: Cloud, path: string): ValueRule {
  const values = new CloudValues(rule, cloud);
  const regex = ruleRegex(rule);
  const expected = values.expectation(rule.validation_regex);
  const violation = (
    kind: Violation["kind"],
    value: string,
    at: string,
    suggestion: string | null = null,
  ): Violation =>
    Object.freeze({
      kind,
      tag: rule.name,
      severity: rule.severity,
      expected,
      actual: value,
      suggestion,
      rule: at,
    });
  /** A guess that would itself break the rule is no help. */
  const isRight = (guess: string): boolean =>
    values.allowed(guess) !== "no" && regex?.matches(values.canonical(guess)) !== false;
  const judge = (value: string): Violation | null => {
    const allowed = values.allowed(value);
    if (value.trim() === "" && allowed !== "exactly") return violation("empty_value", value, path);
    if (allowed === "no") {
      const near = values.nearest(value);
      const meant = near !== null && isRight(near) ? near : null;
      const kind = meant === null ? "invalid_value" : "value_variant";
      return violation(kind, value, `${path}.allowed_values`, meant);
    }
    if (regex !== null && value.trim() !== "" && !regex.matches(values.canonical(value))) {
      return violation("invalid_format", value, `${path}.validation_regex`);
    }
    return null;
  };
  const memo = new BoundedMemo(judge);
  const isPlainlyRight = regex === null ? values.plainlyRight() : null;
  return {
    check:
      isPlainlyRight === null
        ? (value) => memo.get(value)
        : (value) => (isPlainlyRight(value) ? null : memo.get(value)),
    canonical: (value) => values.canonical(value),
    fold: values.fold,
    expected,
  };
}

/** Up to so many values, comparing each is cheaper than hashing the one in question. */
const FEW_LITERALS = 8;

/** Begins with a printable ASCII character, so it is certainly not blank. */
function beginsVisibly(value: string): boolean {
  const first = value.charCodeAt(0);
  return first > 0x20 && first < 0x7f;
}

/** The rule's regex; parsing refused every policy whose regex does not compile. */
export function ruleRegex(rule: TagRule): LinearRegex | null {
  if (rule.validation_regex === undefined) return null;
  const compiled = compileLinearRegex(rule.validation_regex, rule.case_sensitive);
  return "problem" in compiled ? { matches: () => false } : compiled;
}

/** The allowed values of a rule in the spelling of one cloud. */
class CloudValues {
  readonly fold: (value: string) => string;
  readonly #list: readonly string[] | undefined;
  /** Folded value on the cloud to canonical value. */
  readonly #literals = new Map<string, string>();
  readonly #wildcards: readonly Wildcard[];
  /** Folded mapped value to canonical value, for every entry of the value map. */
  readonly #inverse = new Map<string, string>();
  /** Values on this cloud are canonical values, letter for letter. */
  readonly #isVerbatim: boolean;
  readonly #nearest: (value: string) => string | null;

  constructor(rule: TagRule, cloud: Cloud) {
    this.fold = rule.case_sensitive ? (value) => value : (value) => value.toLowerCase();
    this.#isVerbatim = rule.case_sensitive && rule.value_map?.[cloud] === undefined;
    const map = new Map(Object.entries(rule.value_map?.[cloud] ?? {}));
    for (const [canonical, mapped] of map) this.#addTo(this.#inverse, mapped, canonical);
    const candidates: Candidate[] = [];
    const wildcards: Wildcard[] = [];
    for (const canonical of rule.allowed_values ?? []) {
      const wildcard = asWildcard(canonical);
      if (wildcard !== null) {
        wildcards.push({
          prefix: this.fold(wildcard.prefix),
          suffix: this.fold(wildcard.suffix),
        });
        continue;
      }
      const onCloud = map.get(canonical) ?? canonical;
      this.#addTo(this.#literals, onCloud, canonical);
      candidates.push({ suggestion: onCloud, spellings: [onCloud, canonical] });
    }
    this.#list = rule.allowed_values?.map((canonical) => map.get(canonical) ?? canonical);
    this.#wildcards = wildcards;
    this.#nearest = nearestValue(candidates);
  }

  allowed(value: string): "exactly" | "by_pattern" | "no" {
    if (this.#list === undefined) return "by_pattern";
    if (this.#literals.has(this.fold(value))) return "exactly";
    const canonical = this.fold(this.canonical(value));
    return this.#wildcards.some((pattern) => matchesWildcard(pattern, canonical))
      ? "by_pattern"
      : "no";
  }

  /**
   * A test that is cheaper than remembering the value: true is certain, false decides nothing. Null
   * where there is none.
   */
  plainlyRight(): ((value: string) => boolean) | null {
    if (this.#list === undefined) return beginsVisibly;
    const literals = [...this.#literals.keys()];
    if (!this.#isVerbatim || literals.length > FEW_LITERALS) return null;
    return (value) => literals.includes(value);
  }

  canonical(value: string): string {
    if (this.#isVerbatim) return value;
    const folded = this.fold(value);
    return this.#literals.get(folded) ?? this.#inverse.get(folded) ?? value;
  }

  /** Literal values first; else the one wildcard that fits when case is ignored, in its own case. */
  nearest(value: string): string | null {
    const literal = this.#nearest(value);
    if (literal !== null) return literal;
    const folded = value.toLowerCase();
    if (folded.length !== value.length) return null;
    const fitting = this.#wildcards.filter(({ prefix, suffix }) =>
      matchesWildcard({ prefix: prefix.toLowerCase(), suffix: suffix.toLowerCase() }, folded),
    );
    const [only] = fitting;
    if (only === undefined || fitting.length > 1) return null;
    const middle = value.slice(only.prefix.length, value.length - only.suffix.length);
    return `${only.prefix}${middle}${only.suffix}`;
  }

  expectation(regex: string | undefined): string {
    const parts: string[] = [];
    if (this.#list !== undefined) parts.push(`one of ${listed(this.#list)}`);
    if (regex !== undefined) parts.push(`text that matches ${regex}`);
    return parts.length === 0 ? "any text that is not blank" : parts.join(" and ");
  }

  #addTo(map: Map<string, string>, onCloud: string, canonical: string): void {
    const folded = this.fold(onCloud);
    if (!map.has(folded)) map.set(folded, canonical);
  }
}

const MAX_LISTED = 12;

function listed(values: readonly string[]): string {
  const shown = values.slice(0, MAX_LISTED).map((value) => JSON.stringify(value));
  const more = values.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}
