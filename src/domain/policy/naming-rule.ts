import type { Cloud } from "../cloud.ts";
import type { Violation } from "../compliance/violation.ts";
import type { TagLimit } from "../resource-type.ts";
import { codePoints } from "./code-points.ts";
import type { NamingRules } from "./schema.ts";

/**
 * Letters, digits, space and `_ . : / = + - @`: what every AWS service takes in a tag key.
 * https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html
 */
const PLAIN_KEY = /^[\p{L}\p{M}\p{N}\p{Zs}_.:/=+\-@]*$/u;
const ROOT = "tag_naming_rules";

/** The rules every key and value obeys, in the policy or not. */
export interface NamingRule {
  readonly cloud: Cloud;
  /** What is wrong with a key, whatever its value. */
  checkKey(key: string): readonly Violation[];
  /** Values of at most this many UTF-16 units cannot be too long; skip `checkValue` for them. */
  readonly safeValueLength: number;
  checkValue(key: string, value: string): Violation | null;
  /** @param count tags on the resource, the provider's own apart. */
  checkCount(count: number): Violation | null;
}

/** @param limit what the resource type holds less than its cloud: it tightens the policy's own numbers. */
export function compileNaming(
  policy: NamingRules | undefined,
  cloud: Cloud,
  limit: TagLimit = {},
): NamingRule {
  const rules = policy === undefined ? undefined : tightened(policy, limit);
  if (rules === undefined) {
    return {
      cloud,
      checkKey: () => [],
      safeValueLength: Number.POSITIVE_INFINITY,
      checkValue: () => null,
      checkCount: () => null,
    };
  }
  const broken = brokenBy(rules);
  const maxValue = rules.max_value_length ?? Number.POSITIVE_INFINITY;
  const maxTags = rules.max_tags ?? Number.POSITIVE_INFINITY;
  return {
    cloud,
    checkKey: (key) => keyProblems(rules, key),
    safeValueLength: maxValue,
    checkValue: (key, value) =>
      codePoints(value) > maxValue
        ? broken("max_value_length", key, value, `a value of at most ${maxValue} characters`)
        : null,
    checkCount: (count) =>
      count > maxTags
        ? broken("max_tags", "*", String(count), `at most ${maxTags} tags on a resource`)
        : null,
  };
}

/** Only what the policy checks is tightened; a type never adds a check. */
function tightened(rules: NamingRules, limit: TagLimit): NamingRules {
  const least = (own: number | undefined, type: number | undefined): number | undefined =>
    own === undefined ? undefined : Math.min(own, type ?? own);
  return {
    ...rules,
    max_key_length: least(rules.max_key_length, limit.maxKeyLength),
    max_value_length: least(rules.max_value_length, limit.maxValueLength),
    max_tags: least(rules.max_tags, limit.maxTags),
  };
}

function keyProblems(rules: NamingRules, key: string): readonly Violation[] {
  const broken = brokenBy(rules);
  const found: Violation[] = [];
  const maxKey = rules.max_key_length ?? Number.POSITIVE_INFINITY;
  if (codePoints(key) > maxKey) {
    found.push(broken("max_key_length", key, key, `a key of at most ${maxKey} characters`));
  }
  if (!rules.allow_special_characters && !PLAIN_KEY.test(key)) {
    const expected = "a key of letters, digits, spaces and _ . : / = + - @";
    found.push(broken("allow_special_characters", key, key, expected));
  }
  const folded = key.toLowerCase();
  const reserved = (rules.reserved_prefixes ?? []).findIndex((prefix) =>
    folded.startsWith(prefix.toLowerCase()),
  );
  if (reserved >= 0) {
    const prefix = JSON.stringify(rules.reserved_prefixes?.[reserved]);
    const expected = `a key that does not begin with ${prefix}`;
    found.push(broken(`reserved_prefixes[${reserved}]`, key, key, expected));
  }
  return found;
}

type Broken = (field: string, tag: string, actual: string, expected: string) => Violation;

const brokenBy =
  (rules: NamingRules): Broken =>
  (field, tag, actual, expected) =>
    Object.freeze({
      kind: "naming_rule",
      tag,
      severity: rules.severity,
      expected,
      actual,
      suggestion: null,
      rule: `${ROOT}.${field}`,
    });
