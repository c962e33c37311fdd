import type { LossyNote } from "../lossy.ts";
import type { PolicyDocument, TagRule } from "../schema.ts";

/** What an AWS tag policy cannot say, in our words. */
export const LOST = {
  tooLong: {
    what: "The document is longer than AWS accepts; split it over several tag policies.",
    why: "A tag policy has at most 10,000 characters.",
  },
  otherCloud: { what: "The rule is left out.", why: "It speaks of other clouds only." },
  secondRule: {
    what: "The rule is left out.",
    why: "An earlier rule has the same key, and AWS keeps one rule a key whatever its letter case.",
  },
  optionalScope: {
    what: "The rule holds for every resource type.",
    why: "AWS judges a key that is not required wherever it is present.",
  },
  everyType: {
    what: "Required for the AWS types this build knows, listed one by one.",
    why: "AWS has no wildcard for all services.",
  },
  type: {
    what: "The resource type is left out.",
    why: "AWS cannot report a missing tag for it, or it is not in AWS's list that this build knows.",
  },
  refusedText: {
    what: "Kept as imported; AWS refuses it in a new policy.",
    why: "It is not in AWS's list of supported types that this build knows.",
  },
  severity: { what: "Exported as a full rule.", why: "AWS has no warnings." },
  when: { what: "The rule holds without its condition.", why: "AWS has no conditional rules." },
  regex: {
    what: "The pattern is left out.",
    why: "AWS knows lists with one * a value, no patterns.",
  },
  caseInsensitive: {
    what: "Values must match in letter case.",
    why: "AWS compares values with letter case.",
  },
  aliases: { what: "The aliases are left out.", why: "AWS knows one spelling of a key." },
  description: { what: "The text is left out.", why: "AWS has no place for it." },
  otherNames: { what: "Names for other clouds are left out.", why: "A tag policy is AWS only." },
  otherValues: { what: "Values of other clouds are left out.", why: "A tag policy is AWS only." },
  naming: {
    what: "The naming rule is left out.",
    why: "A tag policy speaks of the keys it names and of no others.",
  },
  keyCase: {
    what: "Keys must match in letter case.",
    why: "AWS reports another letter case of a key as non-compliant.",
  },
  exemption: { what: "The exemption is left out.", why: "AWS has no exemptions in a tag policy." },
} as const satisfies Readonly<Record<string, Omit<LossyNote, "path" | "value">>>;

export function ruleNotes(rule: TagRule, path: string): readonly LossyNote[] {
  const otherNames = rule.names?.azure ?? rule.names?.gcp;
  const otherValues = rule.value_map?.azure ?? rule.value_map?.gcp;
  const lost: readonly [boolean, string, Omit<LossyNote, "path">][] = [
    [rule.description !== undefined, "description", LOST.description],
    [rule.validation_regex !== undefined, "validation_regex", LOST.regex],
    [rule.severity === "warning", "severity", LOST.severity],
    [otherNames !== undefined, "names", LOST.otherNames],
    [(rule.aliases ?? []).length > 0, "aliases", LOST.aliases],
    [otherValues !== undefined, "value_map", LOST.otherValues],
    [!rule.case_sensitive, "case_sensitive", LOST.caseInsensitive],
    [rule.when !== undefined, "when", LOST.when],
  ];
  return lost.flatMap(([applies, field, note]) =>
    applies ? [{ path: `${path}.${field}`, ...note }] : [],
  );
}

export function documentNotes(policy: PolicyDocument): readonly LossyNote[] {
  const notes: LossyNote[] = policy.exemptions.map((_, at) =>
    Object.assign({ path: `exemptions[${at}]` }, LOST.exemption),
  );
  const naming = policy.tag_naming_rules;
  if (naming === undefined) return notes;
  const path = "tag_naming_rules";
  if (!naming.case_sensitivity) notes.push({ path: `${path}.case_sensitivity`, ...LOST.keyCase });
  const written: readonly [boolean, string][] = [
    [!naming.allow_special_characters, "allow_special_characters"],
    [naming.max_key_length !== undefined, "max_key_length"],
    [naming.max_value_length !== undefined, "max_value_length"],
    [(naming.reserved_prefixes ?? []).length > 0, "reserved_prefixes"],
    [naming.max_tags !== undefined, "max_tags"],
  ];
  for (const [applies, field] of written) {
    if (applies) notes.push({ path: `${path}.${field}`, ...LOST.naming });
  }
  return notes;
}
