import type { Cloud } from "../cloud.ts";
import type { Violation } from "../compliance/violation.ts";
import { conditionTest } from "./condition.ts";
import { KEY_RANK, type KeyRank, type KeySpelling, spellKey } from "./key-spelling.ts";
import type { PolicyDocument, ProhibitedTag, TagRule } from "./schema.ts";
import { compileValueRule, type ValueRule } from "./value-rule.ts";

/** A tag that is looked up on a resource: by a rule, a condition or an exemption. */
export interface WatchedTag {
  readonly name: string;
  readonly spelling: KeySpelling;
  readonly canonical: (value: string) => string;
  readonly fold: (value: string) => string;
}

/** A required or optional tag on one cloud. */
export interface CloudRule extends WatchedTag {
  readonly path: string;
  readonly required: boolean;
  readonly source: TagRule;
  readonly values: ValueRule;
  readonly condition: {
    readonly tag: string;
    readonly holds: (value: string | null) => boolean;
  } | null;
  /** The violation when the tag is absent and no key resembles it; null for optional tags. */
  readonly missing: Violation | null;
  keyVariant(found: string, rank: KeyRank): Violation | null;
}

export interface CloudProhibition {
  readonly path: string;
  readonly source: ProhibitedTag;
  readonly spelling: KeySpelling;
  violation(key: string, value: string): Violation;
}

/** A policy in the terms of one cloud, before resource types are looked at. */
export interface CloudRules {
  readonly rules: readonly CloudRule[];
  readonly prohibitions: readonly CloudProhibition[];
  /** The tag a canonical name stands for: by the policy's own rule where there is one. */
  readonly watch: (name: string) => WatchedTag;
}

export function compileCloudRules(document: PolicyDocument, cloud: Cloud): CloudRules {
  const caseMatters = document.tag_naming_rules?.case_sensitivity ?? true;
  const watch = (name: string): WatchedTag => watchTag(document, cloud, name);
  const compile = (source: TagRule, path: string, required: boolean): CloudRule => {
    const values = compileValueRule(source, cloud, path);
    const spelling = spellKey(cloud, source, caseMatters);
    return {
      name: source.name,
      path,
      required,
      source,
      values,
      spelling,
      canonical: values.canonical,
      fold: values.fold,
      condition: source.when
        ? { tag: source.when.tag, holds: conditionTest(source.when, watch(source.when.tag).fold) }
        : null,
      missing: required ? missingTag(source, path, spelling.key, values.expected) : null,
      keyVariant: (found, rank) => keyVariant({ source, path, spelling, found, rank }),
    };
  };
  return {
    watch,
    rules: [
      ...document.required_tags.map((tag, at) => compile(tag, `required_tags[${at}]`, true)),
      ...document.optional_tags.map((tag, at) => compile(tag, `optional_tags[${at}]`, false)),
    ],
    prohibitions: document.prohibited_tags.map((tag, at) =>
      compileProhibition(tag, `prohibited_tags[${at}]`, spellKey(cloud, tag, caseMatters)),
    ),
  };
}

function watchTag(document: PolicyDocument, cloud: Cloud, name: string): WatchedTag {
  const source = [...document.required_tags, ...document.optional_tags].find(
    (rule) => rule.name === name,
  );
  const caseMatters = document.tag_naming_rules?.case_sensitivity ?? true;
  const spelling = spellKey(cloud, source ?? { name }, caseMatters);
  if (source === undefined) {
    return { name, spelling, canonical: (value) => value, fold: (value) => value };
  }
  const { canonical, fold } = compileValueRule(source, cloud, "");
  return { name, spelling, canonical, fold };
}

function missingTag(source: TagRule, path: string, key: string | null, values: string): Violation {
  return Object.freeze({
    kind: "missing_required_tag",
    tag: source.name,
    severity: source.severity,
    expected: `${keyPhrase(key)} with ${values}`,
    actual: null,
    suggestion: null,
    rule: path,
  });
}

function keyPhrase(key: string | null): string {
  return key === null
    ? "a label key that the policy does not name (set names.gcp)"
    : `key ${JSON.stringify(key)}`;
}

interface FoundVariant {
  readonly source: TagRule;
  readonly path: string;
  readonly spelling: KeySpelling;
  readonly found: string;
  readonly rank: KeyRank;
}

/** Always a warning: the meaning is right, so the resource keeps its verdict. */
function keyVariant({ source, path, spelling, found, rank }: FoundVariant): Violation | null {
  if (rank !== KEY_RANK.alias && rank !== KEY_RANK.caseVariant) return null;
  return Object.freeze({
    kind: "key_variant",
    tag: source.name,
    severity: "warning",
    expected: keyPhrase(spelling.key),
    actual: found,
    suggestion: spelling.key,
    rule: `${path}.${rank === KEY_RANK.alias ? "aliases" : "name"}`,
  });
}

function compileProhibition(
  source: ProhibitedTag,
  path: string,
  spelling: KeySpelling,
): CloudProhibition {
  return {
    path,
    source,
    spelling,
    violation: (key, value) => ({
      kind: "prohibited_tag",
      tag: key,
      severity: source.severity,
      expected: `no tag with ${keyPhrase(spelling.key)}`,
      actual: value,
      suggestion: null,
      rule: path,
    }),
  };
}
