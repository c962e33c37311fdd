import {
  type EffectiveTagPolicy,
  type EffectiveTagRule,
  type Field,
  OPERATORS,
  type Operator,
  type Setting,
  type TagPolicyDocument,
  type TagPolicyRule,
} from "./document.ts";

/** What a field of one key has come to, on the way from the root to the account. */
interface FieldState {
  value: readonly string[] | undefined;
  allowed: ReadonlySet<Operator>;
}
type KeyState = Map<Field, FieldState>;

/**
 * The effective tag policy of an account, as DescribeEffectivePolicy answers it.
 *
 * On each level, per key (case ignored) and field: the first `@@assign` in attachment order, then every
 * `@@append`, then every `@@remove`, each only if the levels above left it to this one; then the child
 * controls of the level are intersected with what was left. So on one level an assign discards an
 * append attached before it, two controls leave only what both allow, and a field with all three
 * operators applies all three. Controls on a whole tag or on `tags` do not lock the fields below
 * them, and removing every value leaves `[]`, which prohibits the key: real AWS was observed to do both.
 *
 * @param levels root, organizational units, account; the policies of a level in attachment order.
 */
export function mergeTagPolicies(
  levels: readonly (readonly TagPolicyDocument[])[],
): EffectiveTagPolicy {
  const keys = new Map<string, KeyState>();
  for (const documents of levels) {
    for (const [key, rules] of rulesByKey(documents)) {
      const state = keys.get(key) ?? new Map<Field, FieldState>();
      keys.set(key, state);
      for (const [field, settings] of settingsByField(rules)) {
        state.set(field, applyLevel(state.get(field), settings));
      }
    }
  }
  return {
    tags: Object.fromEntries([...keys].map(([key, state]) => [key, effective(key, state)])),
  };
}

function rulesByKey(documents: readonly TagPolicyDocument[]): Map<string, TagPolicyRule[]> {
  return Map.groupBy(
    documents.flatMap((document) => document.rules),
    (rule) => rule.key.toLowerCase(),
  );
}

function settingsByField(rules: readonly TagPolicyRule[]): Map<Field, Setting[]> {
  const byField = new Map<Field, Setting[]>();
  for (const [field, setting] of rules.flatMap((rule) => [...rule.settings])) {
    byField.set(field, [...(byField.get(field) ?? []), setting]);
  }
  return byField;
}

function applyLevel(above: FieldState | undefined, settings: readonly Setting[]): FieldState {
  const allowed = above?.allowed ?? new Set(OPERATORS);
  const texts = (operator: Operator): readonly (readonly string[])[] =>
    allowed.has(operator)
      ? settings.flatMap((setting) => {
          const list = setting.operations.get(operator);
          return list === undefined ? [] : [list];
        })
      : [];
  let value = texts("@@assign")[0] ?? above?.value;
  const appended = texts("@@append");
  if (appended.length > 0) value = [...new Set([...(value ?? []), ...appended.flat()])];
  const removed = new Set(texts("@@remove").flat());
  value = value?.filter((text) => !removed.has(text));
  return { value, allowed: settings.reduce(restrict, allowed) };
}

function restrict(allowed: ReadonlySet<Operator>, setting: Setting): ReadonlySet<Operator> {
  const { allowedForChildren } = setting;
  return allowedForChildren === undefined ? allowed : allowed.intersection(allowedForChildren);
}

function effective(key: string, state: KeyState): EffectiveTagRule {
  const enforced = state.get("enforced_for")?.value;
  const reported = state.get("report_required_tag_for")?.value;
  return {
    tag_key: state.get("tag_key")?.value?.[0] ?? key,
    tag_value: state.get("tag_value")?.value ?? ["*"],
    ...(enforced === undefined ? {} : { enforced_for: enforced }),
    ...(reported === undefined ? {} : { report_required_tag_for: reported }),
  };
}
