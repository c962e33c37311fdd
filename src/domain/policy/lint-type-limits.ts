import type { Cloud } from "../cloud.ts";
import type { ResourceTypeCatalogue, ResourceTypeFacts, TagLimit } from "../resource-type.ts";
import { codePoints } from "./code-points.ts";
import { keyOn } from "./key-spelling.ts";
import type { Finding, LintContext, PlacedRule } from "./lint-finding.ts";
import type { TagRule } from "./schema.ts";
import { inScope } from "./type-scope.ts";

/** A type that holds less than others of its cloud. */
type LimitedType = ResourceTypeFacts & Required<Pick<ResourceTypeFacts, "tagLimit">>;

const TYPES_NAMED = 3;

/** What the policy asks of types that cannot hold it, because they hold less than their cloud does. */
export function lintTypeLimits(
  { rules }: LintContext,
  catalogue: ResourceTypeCatalogue,
): readonly Finding[] {
  const limited = catalogue.all.filter(
    (type): type is LimitedType => type.tagLimit !== undefined && type.taggable,
  );
  const reaches = (rule: TagRule, { cloud, id }: LimitedType): boolean =>
    inScope(rule.applies_to, cloud, id, catalogue);
  return [
    ...rules.flatMap((placed) => {
      const reached = limited.filter((type) => reaches(placed.rule, type));
      return [...unholdableKey(placed, reached), ...unholdableValues(placed, reached)];
    }),
    ...tooManyTags(
      rules.filter(({ required, rule }) => required && rule.when === undefined),
      limited,
      reaches,
    ),
  ];
}

function unholdableKey(
  { path, rule }: PlacedRule,
  types: readonly LimitedType[],
): readonly Finding[] {
  const cannot = types.filter(({ cloud, tagLimit }) => {
    const key = keyOn(cloud, rule);
    return key !== null && !holdsKey(tagLimit, key);
  });
  if (cannot.length === 0) return [];
  return [
    {
      code: "key_exceeds_type_limit",
      path: `${path}.name`,
      severity: "warning",
      message: `Resources of some types cannot hold this key: ${named(cannot)}.`,
      hint: `Give another key with names.${cannot[0]?.cloud ?? "azure"}, or narrow applies_to.`,
    },
  ];
}

function holdsKey(limit: TagLimit, key: string): boolean {
  const { maxKeyLength = Number.POSITIVE_INFINITY, refusedInKeys = "", noLeadingDigit } = limit;
  return (
    codePoints(key) <= maxKeyLength &&
    !Array.from(refusedInKeys).some((character) => key.includes(character)) &&
    !(noLeadingDigit === true && /^\d/.test(key))
  );
}

function unholdableValues(
  { path, rule }: PlacedRule,
  types: readonly LimitedType[],
): readonly Finding[] {
  const onCloud = (value: string, cloud: Cloud): string =>
    rule.value_map?.[cloud]?.[value] ?? value;
  return (rule.allowed_values ?? []).flatMap((value, at): readonly Finding[] => {
    const cannot = types.filter(
      ({ cloud, tagLimit }) =>
        codePoints(onCloud(value, cloud)) > (tagLimit.maxValueLength ?? Number.POSITIVE_INFINITY),
    );
    if (cannot.length === 0) return [];
    return [
      {
        code: "value_exceeds_type_limit",
        path: `${path}.allowed_values[${at}]`,
        severity: "warning",
        message: `The value is too long for resources of some types: ${named(cannot)}.`,
        hint: "Shorten the value, or give a shorter form in value_map.",
      },
    ];
  });
}

/** One finding, at the rule that is one too many for most. */
function tooManyTags(
  required: readonly PlacedRule[],
  types: readonly LimitedType[],
  reaches: (rule: TagRule, type: LimitedType) => boolean,
): readonly Finding[] {
  const full = types.flatMap((type) => {
    const asked = required.filter(({ rule }) => reaches(rule, type));
    const first = asked[type.tagLimit.maxTags ?? Number.POSITIVE_INFINITY];
    return first === undefined ? [] : [{ type, first }];
  });
  const [one] = full.toSorted((a, b) => (a.first.path < b.first.path ? -1 : 1));
  if (one === undefined) return [];
  return [
    {
      code: "required_tags_exceed_type_limit",
      path: one.first.path,
      severity: "warning",
      message: `More tags are required than resources of some types hold: ${named(full.map(({ type }) => type))}.`,
      hint: "Narrow applies_to of some rules, or exempt these types.",
    },
  ];
}

/** Native ids, which are names of our own catalogue. */
function named(types: readonly LimitedType[]): string {
  const ids = types.slice(0, TYPES_NAMED).map(({ id }) => id);
  const more = types.length - ids.length;
  return more === 0 ? ids.join(", ") : `${ids.join(", ")} and ${more} more`;
}
