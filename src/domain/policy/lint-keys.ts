import { CLOUDS, type Cloud } from "../cloud.ts";
import { isGcpLabelKey } from "./gcp-labels.ts";
import { keyOn } from "./key-spelling.ts";
import type { Finding, LintContext, PlacedRule } from "./lint-finding.ts";
import { compileNaming } from "./naming-rule.ts";
import { isProviderOwned } from "./provider-owned.ts";
import type { PolicyDocument } from "./schema.ts";
import { scopeTexts } from "./type-scope.ts";

/** Contradictions between the keys of a policy's rules. */
export function lintKeys(context: LintContext): readonly Finding[] {
  return [
    ...duplicateNames(context),
    ...collidingKeys(context),
    ...gcpKeys(context),
    ...aliasClashes(context),
    ...requiredAndProhibited(context),
    ...unwritableKeys(context),
  ];
}

/** Two rules of one name, unless a condition or scope may keep them apart. */
function duplicateNames({ rules, document }: LintContext): readonly Finding[] {
  const seen = new Map<string, PlacedRule>();
  const findings: Finding[] = [];
  for (const placed of rules) {
    const earlier = seen.get(placed.rule.name);
    if (earlier === undefined) seen.set(placed.rule.name, placed);
    else if (mayMeet(earlier, placed))
      findings.push(duplicate(`${placed.path}.name`, earlier.path));
  }
  const prohibited = new Set<string>();
  document.prohibited_tags.forEach(({ name }, at) => {
    if (prohibited.has(name))
      findings.push(duplicate(`prohibited_tags[${at}].name`, "an earlier entry"));
    prohibited.add(name);
  });
  return findings;
}

const duplicate = (path: string, earlier: string): Finding => ({
  code: "duplicate_name",
  path,
  severity: "warning",
  message: `The same tag is already the subject of ${earlier}.`,
  hint: "Merge the two rules, or give them scopes or conditions that do not meet.",
});

/** Could both rules apply to one resource, as far as clouds, literal scopes and conditions tell? */
function mayMeet(a: PlacedRule, b: PlacedRule): boolean {
  if (a.rule.when !== undefined || b.rule.when !== undefined) return false;
  return CLOUDS.some((cloud) => {
    const [left, right] = [a, b].map(({ rule }) => scopeTexts(rule.applies_to, cloud));
    if (!left || !right) return false;
    if (left.length === 0 || right.length === 0) return true;
    const texts = new Set(left.map((text) => text.toLowerCase()));
    return right.some((text) => texts.has(text.toLowerCase()));
  });
}

/** Two differently named rules that one key of a cloud would have to serve. */
function collidingKeys({ rules, clouds, reaches }: LintContext): readonly Finding[] {
  return clouds.flatMap((cloud) => {
    const owners = new Map<string, PlacedRule>();
    return rules.flatMap((placed): readonly Finding[] => {
      const key = reaches(placed.rule, cloud) ? foldedKey(cloud, placed) : null;
      if (key === null) return [];
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, placed);
      if (owner === undefined || owner.rule.name === placed.rule.name) return [];
      return [
        {
          code: `${cloud}_key_collision`,
          path: placed.rule.names?.[cloud]
            ? `${placed.path}.names.${cloud}`
            : `${placed.path}.name`,
          severity: "error",
          message: `${owner.path} and ${placed.path} have the same key in ${cloud}.`,
          hint: `Give one of them another key with names.${cloud}.`,
        },
      ];
    });
  });
}

function foldedKey(cloud: Cloud, { rule }: PlacedRule): string | null {
  const key = keyOn(cloud, rule);
  return key !== null && cloud === "azure" ? key.toLowerCase() : key;
}

/** Keys that GCP cannot hold. */
function gcpKeys({ rules, clouds, reaches }: LintContext): readonly Finding[] {
  if (!clouds.includes("gcp")) return [];
  return rules.flatMap(({ path, rule }): readonly Finding[] => {
    if (!reaches(rule, "gcp")) return [];
    const key = keyOn("gcp", rule);
    if (key !== null && isGcpLabelKey(key)) return [];
    return [
      {
        code: "gcp_key_inexpressible",
        path: rule.names?.gcp === undefined ? `${path}.name` : `${path}.names.gcp`,
        severity: "error",
        message: "GCP cannot hold this key as a label.",
        hint: "Set names.gcp: a lower-case letter, then up to 62 of lower-case letters, digits, _ and -.",
      },
    ];
  });
}

/** Makes keys equal that some cloud takes for one: where case does not matter, or where Azure is judged. */
function keyFold({ document, clouds }: LintContext): (key: string) => string {
  const caseMatters = document.tag_naming_rules?.case_sensitivity ?? true;
  return caseMatters && !clouds.includes("azure") ? (key) => key : (key) => key.toLowerCase();
}

/** An alias that is another rule's own key would make one tag serve two rules. */
function aliasClashes(context: LintContext): readonly Finding[] {
  const { rules } = context;
  const fold = keyFold(context);
  const owners = new Map(rules.map((placed) => [fold(placed.rule.name), placed]));
  const claimed = new Map<string, string>();
  return rules.flatMap(({ path, rule }) =>
    (rule.aliases ?? []).flatMap((alias, at): readonly Finding[] => {
      const owner = owners.get(fold(alias));
      const claimant = claimed.get(fold(alias)) ?? rule.name;
      claimed.set(fold(alias), claimant);
      const clash =
        (owner !== undefined && owner.rule.name !== rule.name) || claimant !== rule.name;
      if (!clash) return [];
      return [
        {
          code: "alias_collision",
          path: `${path}.aliases[${at}]`,
          severity: "error",
          message: "The alias is also the key or an alias of another rule.",
          hint: "Remove it here or there: one key cannot mean two tags.",
        },
      ];
    }),
  );
}

function requiredAndProhibited(context: LintContext): readonly Finding[] {
  const { rules, document } = context;
  const fold = keyFold(context);
  const wanted = new Map(rules.map(({ path, rule }) => [fold(rule.name), path]));
  return document.prohibited_tags.flatMap(({ name }, at): readonly Finding[] => {
    const path = wanted.get(fold(name));
    if (path === undefined) return [];
    return [
      {
        code: "required_and_prohibited",
        path: `prohibited_tags[${at}].name`,
        severity: "error",
        message: `The tag is prohibited here and asked for by ${path}.`,
        hint: "Remove one of the two rules.",
      },
    ];
  });
}

/** Keys and values that the policy's own naming rules, or the provider, refuse. */
function unwritableKeys({ rules, document, clouds, reaches }: LintContext): readonly Finding[] {
  return rules.flatMap(({ path, rule }) => [
    ...clouds
      .flatMap((cloud) => {
        const key = reaches(rule, cloud) ? keyOn(cloud, rule) : null;
        return key === null ? [] : unwritable(document, cloud, key, path);
      })
      .slice(0, 1),
    ...ownNamingBreaks(document, rule.allowed_values ?? [], path),
  ]);
}

function unwritable(
  document: PolicyDocument,
  cloud: Cloud,
  key: string,
  path: string,
): readonly Finding[] {
  const at = `${path}.name`;
  if (isProviderOwned(cloud, key)) {
    const message = `Only ${cloud} itself can write this key; the rule is never judged there.`;
    const hint = "Use a key of your own.";
    return [{ code: "provider_owned_key", path: at, severity: "error", message, hint }];
  }
  const broken = compileNaming(document.tag_naming_rules, cloud).checkKey(key);
  return broken.slice(0, 1).map(({ rule }) => ({
    code: "key_breaks_naming_rule",
    path: at,
    severity: "error",
    message: `The key breaks ${rule} of this policy.`,
    hint: "Change the key or the naming rule.",
  }));
}

function ownNamingBreaks(
  document: PolicyDocument,
  values: readonly string[],
  path: string,
): readonly Finding[] {
  const naming = compileNaming(document.tag_naming_rules, "aws");
  return values.flatMap((value, at): readonly Finding[] => {
    if (naming.checkValue("", value) === null) return [];
    return [
      {
        code: "value_breaks_naming_rule",
        path: `${path}.allowed_values[${at}]`,
        severity: "error",
        message: "The value is longer than tag_naming_rules.max_value_length allows.",
        hint: "Shorten the value or raise the limit.",
      },
    ];
  });
}
