import type { Judgement, Violation } from "../compliance/violation.ts";
import type { Resource, Tag, TagSet } from "../resource.ts";
import type { KeyRank } from "./key-spelling.ts";
import { type KeyHit, type KeyFacts, type Program, type ProgramExemption } from "./program.ts";

const NOTHING: readonly Violation[] = Object.freeze([]);
const COMPLIANT: Judgement = Object.freeze({ verdict: "compliant", violations: NOTHING });
const EXEMPT: Judgement = Object.freeze({ verdict: "exempt", violations: NOTHING });
const UNKNOWN: Judgement = Object.freeze({ verdict: "unknown", violations: NOTHING });
const OUT_OF_SCOPE: Judgement = Object.freeze({ verdict: "out_of_scope", violations: NOTHING });

interface NotableTag {
  readonly tag: Tag;
  readonly facts: KeyFacts;
}

/**
 * The working memory of judging one resource after another. A clean resource leaves nothing behind:
 * slots are reused, violations per distinct value are shared, verdicts without violations are constants.
 */
export class Evaluation {
  readonly #filled: (Tag | null)[] = [];
  readonly #ranks: KeyRank[] = [];
  /** Slots with a tag: the first `#touchedCount` entries. Never shortened, which would free its memory. */
  readonly #touched: number[] = [];
  #touchedCount = 0;
  #notable: NotableTag[] = [];
  #counted = 0;

  judge(program: Program, resource: Resource, atMs: number, ruleNames: RuleNames): Judgement {
    if (resource.tags === null) return UNKNOWN;
    this.read(program, resource.tags);
    const exemptions = this.#exemptionsInForce(program, resource, atMs);
    if (exemptions.some(({ exemption }) => exemption.source.tags === undefined)) return EXEMPT;
    const broken = this.everythingBroken(program);
    if (broken.length === 0) return program.inScope ? COMPLIANT : OUT_OF_SCOPE;
    const left = exemptions.length === 0 ? broken : notWaived(broken, exemptions, ruleNames);
    if (hasError(left)) return { verdict: "non_compliant", violations: left };
    // No error is left, so errors there were have all been waived.
    return hasError(broken) ? EXEMPT : { verdict: "compliant", violations: left };
  }

  /** Finds the tag of every slot. */
  read(program: Program, tags: TagSet): void {
    const { naming } = program;
    for (let at = 0; at < this.#touchedCount; at += 1) this.#filled[this.#touched[at] ?? 0] = null;
    this.#touchedCount = 0;
    if (this.#notable.length > 0) this.#notable = [];
    this.#counted = 0;
    for (const tag of tags) {
      const facts = program.keyFacts(tag.key);
      if (facts.owned) continue;
      this.#counted += 1;
      for (const hit of facts.hits) this.#fill(hit, tag);
      if (facts.notable || tag.value.length > naming.safeValueLength) {
        this.#notable.push({ tag, facts });
      }
    }
  }

  /** The tag of a slot: better spelling first, then by text, never by order on the resource. */
  #fill({ slot, rank }: KeyHit, tag: Tag): void {
    const now = this.#filled[slot] ?? null;
    if (now === null) {
      this.#touched[this.#touchedCount] = slot;
      this.#touchedCount += 1;
    } else if (!precedes(rank, tag, this.#ranks[slot] ?? rank, now)) return;
    this.#filled[slot] = tag;
    this.#ranks[slot] = rank;
  }

  /** The canonical value of a slot after `read`; null when the tag is absent. */
  valueOf(program: Program, slot: number): string | null {
    const tag = this.#filled[slot];
    const watched = program.slots[slot];
    return tag && watched ? watched.canonical(tag.value) : null;
  }

  /** Exemptions that match the resource just read, whether or not they have expired. */
  matchingExemptions(program: Program, resource: Resource): readonly ProgramExemption[] {
    return program.exemptionsFor(resource).filter(
      ({ exemption, tagSlots }) =>
        exemption.matchesPlace(resource) &&
        exemption.tags.every(({ matches }, at) => {
          const value = this.valueOf(program, tagSlots[at] ?? -1);
          return value !== null && matches(value);
        }),
    );
  }

  #exemptionsInForce(
    program: Program,
    resource: Resource,
    atMs: number,
  ): readonly ProgramExemption[] {
    const candidates = program.exemptionsFor(resource);
    if (candidates.length === 0) return candidates;
    return this.matchingExemptions(program, resource).filter(
      ({ exemption }) => atMs < exemption.endsMs,
    );
  }

  /** Every violation of the resource just read, before exemptions. */
  everythingBroken(program: Program): readonly Violation[] {
    const optional = this.#optionalViolations(program);
    const tooMany = program.naming.checkCount(this.#counted);
    const required = this.#requiredViolations(program);
    if (optional === NOTHING && tooMany === null && this.#notable.length === 0) return required;
    const count = tooMany === null ? NOTHING : [tooMany];
    return [...required, ...optional, ...count, ...this.#notableViolations(program)];
  }

  #requiredViolations(program: Program): readonly Violation[] {
    let found: Violation[] | null = null;
    for (const slot of program.requiredSlots) {
      const broken = this.#ruleViolation(program, slot);
      if (broken !== null) (found ??= []).push(broken);
    }
    return found ?? NOTHING;
  }

  /** Only an optional tag that is there can be broken; a long policy has many that are not. */
  #optionalViolations(program: Program): readonly Violation[] {
    let slots: number[] | null = null;
    for (let at = 0; at < this.#touchedCount; at += 1) {
      const slot = this.#touched[at] ?? 0;
      if (program.rules[slot]?.rule.required !== false) continue;
      if (this.#ruleViolation(program, slot) !== null) (slots ??= []).push(slot);
    }
    return slots === null
      ? NOTHING
      : slots
          .toSorted((a, b) => a - b)
          .flatMap((slot) => this.#ruleViolation(program, slot) ?? NOTHING);
  }

  #ruleViolation(program: Program, slot: number): Violation | null {
    const rule = program.rules[slot]?.rule;
    if (rule === undefined) return null;
    const tag = this.#filled[slot] ?? null;
    if (!this.applies(program, slot)) return null;
    return tag === null ? this.#missing(rule.missing, slot) : rule.values.check(tag.value);
  }

  /** Does the rule's condition hold for the resource just read? */
  applies(program: Program, slot: number): boolean {
    const entry = program.rules[slot];
    if (entry === undefined) return false;
    const { condition } = entry.rule;
    return condition === null || condition.holds(this.valueOf(program, entry.conditionSlot));
  }

  /** A missing tag names the one key on the resource that was probably meant. */
  #missing(missing: Violation | null, slot: number): Violation | null {
    if (missing === null || this.#notable.length === 0) return missing;
    const [only, ...others] = this.#notable.filter(({ facts }) => facts.resembled.includes(slot));
    return only === undefined || others.length > 0
      ? missing
      : { ...missing, suggestion: only.tag.key };
  }

  /** Key variants, prohibited tags and naming rules, ordered by policy line and key. */
  #notableViolations(program: Program): readonly Violation[] {
    const variants: Violation[] = [];
    const prohibited: Violation[] = [];
    const misnamed: Violation[] = [];
    for (const { tag, facts } of this.#notable) {
      for (const { slot, variant } of facts.hits) {
        if (variant !== null && this.applies(program, slot)) variants.push(variant);
      }
      for (const one of facts.prohibitions) prohibited.push(one.violation(tag.key, tag.value));
      misnamed.push(...facts.naming);
      const tooLong = program.naming.checkValue(tag.key, tag.value);
      if (tooLong !== null) misnamed.push(tooLong);
    }
    return [variants, prohibited, misnamed].flatMap((group) => group.toSorted(byTag));
  }
}

function notWaived(
  broken: readonly Violation[],
  exemptions: readonly ProgramExemption[],
  ruleNames: RuleNames,
): readonly Violation[] {
  return broken.filter((violation) =>
    exemptions.every(
      ({ exemption }) => !exemption.waives(violation, ruleNames.get(violation.rule)),
    ),
  );
}

/** Canonical name of the rule at a path, for violations whose `tag` is the key as found. */
export type RuleNames = ReadonlyMap<string, string>;

function hasError(violations: readonly Violation[]): boolean {
  return violations.some(({ severity }) => severity === "error");
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byTag = (a: Violation, b: Violation): number =>
  compare(a.tag, b.tag) || compare(a.rule, b.rule) || compare(a.actual ?? "", b.actual ?? "");

function precedes(rank: KeyRank, tag: Tag, otherRank: KeyRank, other: Tag): boolean {
  if (rank !== otherRank) return rank < otherRank;
  if (tag.key !== other.key) return tag.key < other.key;
  return tag.value < other.value;
}
