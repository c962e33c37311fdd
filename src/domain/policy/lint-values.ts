import { CLOUDS, type Cloud } from "../cloud.ts";
import { isGcpLabelValue } from "./gcp-labels.ts";
import type { Finding, LintContext, PlacedRule } from "./lint-finding.ts";
import type { TagRule } from "./schema.ts";
import { ruleRegex } from "./value-rule.ts";
import { asWildcard } from "./wildcard.ts";

/** Contradictions between the values, maps and regexes of each rule. */
export function lintValues({ rules, clouds, reaches }: LintContext): readonly Finding[] {
  return rules.flatMap((placed) => [
    ...deadRegex(placed),
    ...(clouds.includes("gcp") && reaches(placed.rule, "gcp") ? gcpValues(placed) : []),
    ...CLOUDS.flatMap((cloud) => mapFindings(placed, cloud)),
  ]);
}

/** Values the regex refuses: all of them is a contradiction, some of them is a dead value. */
function deadRegex({ path, rule }: PlacedRule): readonly Finding[] {
  const regex = ruleRegex(rule);
  const values = rule.allowed_values;
  if (regex === null || values === undefined || values.some((value) => value.includes("*"))) {
    return [];
  }
  const dead = values.flatMap((value, at) => (regex.matches(value) ? [] : [at]));
  if (dead.length === values.length) {
    return [
      {
        code: "regex_matches_no_value",
        path: `${path}.validation_regex`,
        severity: "error",
        message: "The regex matches none of the allowed values, so nothing satisfies the rule.",
        hint: "Correct the regex (the whole value must match) or the allowed values.",
      },
    ];
  }
  return dead.map((at) => ({
    code: "value_fails_regex",
    path: `${path}.allowed_values[${at}]`,
    severity: "warning",
    message: "The regex of the same rule refuses this value.",
    hint: "Correct the regex or remove the value.",
  }));
}

/** Allowed values that a GCP label cannot hold and no map translates. */
function gcpValues({ path, rule }: PlacedRule): readonly Finding[] {
  const map = rule.value_map?.gcp ?? {};
  const held = (text: string): boolean =>
    isGcpLabelValue(rule.case_sensitive ? text : text.toLowerCase());
  return (rule.allowed_values ?? []).flatMap((value, at): readonly Finding[] => {
    const mapped = Object.hasOwn(map, value);
    const onCloud = mapped ? (map[value] ?? value) : value;
    const wildcard = asWildcard(onCloud);
    if (wildcard ? held(wildcard.prefix) && held(wildcard.suffix) : held(onCloud)) return [];
    return [
      {
        code: "gcp_value_inexpressible",
        path: mapped ? `${path}.value_map.gcp` : `${path}.allowed_values[${at}]`,
        severity: "warning",
        message: "GCP cannot hold this value as a label, so no GCP resource can have it.",
        hint: "Give its GCP form in value_map.gcp: lower-case letters, digits, _ and -, at most 63.",
      },
    ];
  });
}

function mapFindings({ path, rule }: PlacedRule, cloud: Cloud): readonly Finding[] {
  const map = rule.value_map?.[cloud];
  if (map === undefined) return [];
  return [...sharedValues(path, rule, cloud), ...strayEntries(path, rule, cloud)];
}

/** Two canonical values with one value on the cloud: reading it back would be a guess. */
function sharedValues(path: string, rule: TagRule, cloud: Cloud): readonly Finding[] {
  const map = rule.value_map?.[cloud] ?? {};
  const fold = (text: string): string => (rule.case_sensitive ? text : text.toLowerCase());
  const owners = new Map<string, string>();
  const unmapped = (rule.allowed_values ?? []).filter((value) => !Object.hasOwn(map, value));
  const pairs = [...unmapped.map((value) => [value, value] as const), ...Object.entries(map)];
  return pairs.flatMap(([canonical, onCloud]): readonly Finding[] => {
    const owner = owners.get(fold(onCloud)) ?? canonical;
    owners.set(fold(onCloud), owner);
    if (fold(owner) === fold(canonical)) return [];
    return [
      {
        code: "value_map_not_injective",
        path: `${path}.value_map.${cloud}.${canonical}`,
        severity: "error",
        message: "Two canonical values have the same value on this cloud.",
        hint: "Map every value to one of its own.",
      },
    ];
  });
}

/** Entries that translate a value the rule does not allow. */
function strayEntries(path: string, rule: TagRule, cloud: Cloud): readonly Finding[] {
  const allowed = rule.allowed_values;
  if (allowed === undefined || allowed.some((value) => value.includes("*"))) return [];
  const listed = new Set(allowed);
  return Object.keys(rule.value_map?.[cloud] ?? {})
    .filter((value) => !listed.has(value))
    .map((value) => ({
      code: "value_map_unused",
      path: `${path}.value_map.${cloud}.${value}`,
      severity: "warning",
      message: "The map translates a value that the rule does not allow.",
      hint: "Add the value to allowed_values or remove the entry.",
    }));
}
