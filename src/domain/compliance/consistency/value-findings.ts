import { CLOUDS, type Cloud } from "../../cloud.ts";
import { isGcpLabelValue } from "../../policy/gcp-labels.ts";
import { type Candidate, nearestValue } from "../../policy/nearest-value.ts";
import { asWildcard } from "../../policy/wildcard.ts";
import type { Carrier } from "./carriers.ts";
import { compareTexts } from "./counted-sample.ts";
import { type Example, type Finding, tally } from "./finding.ts";
import type { Family } from "./key-families.ts";
import { mostUsed } from "./payers.ts";
import { type PolicyPatch, proposable } from "./policy-patch.ts";
import { foldValue } from "./spelling.ts";

/** A value as a cloud has it, after the policy's value map was undone. */
interface FoundValue extends Example {
  readonly canonical: string;
}

interface Vocabulary {
  readonly family: Family;
  readonly values: readonly FoundValue[];
  /** The policy's list, without wildcards; null when any value may stand. */
  readonly allowed: readonly string[] | null;
  /** Canonical spelling of every fold. */
  readonly spelling: ReadonlyMap<string, string>;
}

/** More different values than this are names and notes, not a vocabulary. */
const MAX_VOCABULARY = 60;
/** Resources per value, on average, from which on values are a vocabulary. */
const MIN_USES = 3;

/** Resources, and share of the most used value's, from which on a value is surely meant. */
const MIN_FREQUENT = 10;
const FREQUENT_SHARE = 0.05;

const CONFIDENCE = {
  /** Differs by case and separators only. */
  fold: 0.95,
  /** A slip away from a value of the policy. */
  allowedTypo: 0.85,
  /** A slip away from a far more frequent value. */
  frequentTypo: 0.65,
  oneCloud: 0.6,
} as const;

/** @param read clouds of which everything in scope was read: only they can lack a value. */
export function valueFindings(
  families: readonly Family[],
  read: ReadonlySet<Cloud>,
): readonly Finding[] {
  return families.flatMap((family) => {
    const vocabulary = vocabularyOf(family);
    if (vocabulary === null) return [];
    const meant = meaningOf(vocabulary);
    return [...variantFindings(vocabulary, meant), ...oneCloudFindings(vocabulary, meant, read)];
  });
}

function vocabularyOf(family: Family): Vocabulary | null {
  const { policyKey, members } = family;
  if (members.some(({ usage }) => !usage.values.complete)) return null;
  const found = members.flatMap(({ cloud, usage }) => {
    const canonical = policyKey?.on.get(cloud)?.canonical ?? ((value: string) => value);
    return [...usage.values.counts]
      .filter(([text]) => text.trim() !== "")
      .map(([text, resources]) => ({ cloud, text, resources, canonical: canonical(text) }));
  });
  const values = mergeEqual(found);
  const list = policyKey?.rule.allowed_values;
  const allowed = list === undefined || list.some(isPattern) ? null : list;
  const folds = new Set(values.map(({ canonical }) => foldValue(canonical)));
  const uses = values.reduce((sum, { resources }) => sum + resources, 0);
  const isVocabulary = folds.size <= MAX_VOCABULARY && uses >= MIN_USES * folds.size;
  if (allowed === null && !isVocabulary) return null;
  return { family, values, allowed, spelling: canonicalSpellings(values, allowed ?? []) };
}

/** Several spellings of a key on one cloud count as one key. */
function mergeEqual(found: readonly FoundValue[]): readonly FoundValue[] {
  const merged = new Map<string, FoundValue>();
  for (const value of found) {
    const key = `${value.cloud} ${value.text}`;
    const resources = (merged.get(key)?.resources ?? 0) + value.resources;
    merged.set(key, { ...value, resources });
  }
  return [...merged.values()];
}

function canonicalSpellings(
  values: readonly FoundValue[],
  allowed: readonly string[],
): ReadonlyMap<string, string> {
  const spelling = new Map(allowed.map((value) => [foldValue(value), value]));
  for (const [fold, own] of Map.groupBy(values, ({ canonical }) => foldValue(canonical))) {
    if (spelling.has(fold)) continue;
    const counts = new Map<string, number>();
    for (const { canonical, resources } of own)
      counts.set(canonical, (counts.get(canonical) ?? 0) + resources);
    spelling.set(fold, mostUsed(counts) ?? fold);
  }
  return spelling;
}

/** What a value was probably meant to be, and how sure that is; null: itself. */
type Meaning = (
  value: FoundValue,
) => { readonly canonical: string; readonly confidence: number } | null;

function meaningOf({ values, allowed, spelling, family }: Vocabulary): Meaning {
  const frequent = allowed ?? frequentValues({ values, spelling });
  const nearest = nearestValue(
    frequent.map((value): Candidate => ({ suggestion: value, spellings: [value] })),
  );
  const right = new Set(frequent.map(foldValue));
  const foldsCase = family.policyKey?.rule.case_sensitive === false;
  return ({ cloud, canonical: value }) => {
    const fold = foldValue(value);
    const same = spelling.get(fold) ?? value;
    if (!right.has(fold)) {
      const near = nearest(value);
      if (near !== null && foldValue(near) !== fold) {
        const confidence = allowed === null ? CONFIDENCE.frequentTypo : CONFIDENCE.allowedTypo;
        return { canonical: near, confidence };
      }
    }
    const isSame = same === value || (foldsCase && same.toLowerCase() === value.toLowerCase());
    const isPolicys = allowed?.includes(same) === true;
    if (isSame || (!isPolicys && isForcedByCloud(cloud, same, value))) return null;
    return { canonical: same, confidence: CONFIDENCE.fold };
  };
}

/** A GCP label cannot hold the canonical spelling; lower case is the best it can do. */
function isForcedByCloud(cloud: Cloud, canonical: string, value: string): boolean {
  return cloud === "gcp" && !isGcpLabelValue(canonical) && isGcpLabelValue(value);
}

/** Values that are used enough to be meant, in canonical spelling; a rare neighbour of one is a slip. */
function frequentValues({
  values,
  spelling,
}: Pick<Vocabulary, "values" | "spelling">): readonly string[] {
  const counts = new Map<string, number>();
  for (const { canonical, resources } of values) {
    const fold = foldValue(canonical);
    counts.set(fold, (counts.get(fold) ?? 0) + resources);
  }
  const enough = Math.max(MIN_FREQUENT, Math.max(...counts.values()) * FREQUENT_SHARE);
  return [...counts].flatMap(([fold, count]) =>
    count >= enough ? [spelling.get(fold) ?? fold] : [],
  );
}

interface VariantValue {
  readonly value: FoundValue;
  readonly canonical: string;
  readonly confidence: number;
}

function variantFindings(vocabulary: Vocabulary, meant: Meaning): readonly Finding[] {
  const wrong = vocabulary.values.flatMap((value): readonly VariantValue[] => {
    const meaning = meant(value);
    return meaning === null ? [] : [{ value, ...meaning }];
  });
  return [...Map.groupBy(wrong, ({ canonical }) => canonical)].map(([canonical, variants]) =>
    variantFinding(vocabulary, canonical, variants),
  );
}

function variantFinding(
  vocabulary: Vocabulary,
  canonical: string,
  variants: readonly VariantValue[],
): Finding {
  const { family, allowed } = vocabulary;
  return {
    kind: "value_variant",
    tag: family.canonical,
    canonical,
    reason: allowed?.includes(canonical) === true ? "policy_value" : "most_used",
    ...tally(variants.map(({ value: { cloud, text, resources } }) => ({ cloud, text, resources }))),
    carriers: carriersOf(
      family,
      variants.map(({ value }) => value),
    ),
    subject: null,
    confidence: Math.min(...variants.map(({ confidence }) => confidence)),
    evidence: null,
    patch: valueMapPatch(vocabulary, canonical, variants),
  };
}

/**
 * Maps a value only where a cloud has one other spelling of it and never the right one: that is a
 * custom, anything else are slips, which a policy must not bless.
 */
function valueMapPatch(
  { family, values, allowed }: Vocabulary,
  canonical: string,
  variants: readonly VariantValue[],
): PolicyPatch | null {
  const entries = CLOUDS.flatMap((cloud) => {
    const own = variants.filter(({ value }) => value.cloud === cloud);
    const [only] = own;
    if (only === undefined || own.length > 1 || only.confidence < CONFIDENCE.fold) return [];
    const { text } = only.value;
    const map = family.policyKey?.rule.value_map?.[cloud] ?? {};
    const isUsed = values.some((value) => value.cloud === cloud && value.text === canonical);
    const isTaken = Object.values(map).includes(text) || allowed?.includes(text) === true;
    return isUsed || isTaken || Object.hasOwn(map, canonical)
      ? []
      : [[cloud, { [canonical]: text }] as const];
  });
  if (entries.length === 0) return null;
  return proposable({
    tag: family.canonical,
    rule: family.policyKey?.path ?? null,
    aliases: [],
    valueMap: Object.fromEntries(entries),
  });
}

/** Resources with the key at which a cloud would show a value that it has. */
const MIN_CLOUD_USES = 30;
const MIN_SHARE = 0.02;

function oneCloudFindings(
  { family, values, allowed }: Vocabulary,
  meant: Meaning,
  read: ReadonlySet<Cloud>,
): readonly Finding[] {
  const folded = values.map((value) => ({
    ...value,
    fold: foldValue(meant(value)?.canonical ?? value.canonical),
  }));
  const uses = new Map<Cloud, number>();
  for (const { cloud, resources } of folded) uses.set(cloud, (uses.get(cloud) ?? 0) + resources);
  const comparable = [...uses].flatMap(([cloud, count]) =>
    count >= MIN_CLOUD_USES ? [cloud] : [],
  );
  const clouds = (fold: string): ReadonlySet<Cloud> =>
    new Set(folded.flatMap((value) => (value.fold === fold ? [value.cloud] : [])));
  const haveCommonGround = folded.some(({ fold }) => clouds(fold).size > 1);
  if (!haveCommonGround) return [];
  const policyFolds = new Set((allowed ?? []).map(foldValue));
  return comparable.flatMap((cloud): readonly Finding[] => {
    if (!comparable.some((other) => other !== cloud && read.has(other))) return [];
    const enough = Math.max(3, MIN_SHARE * (uses.get(cloud) ?? 0));
    const only = folded.filter(
      (value) =>
        value.cloud === cloud &&
        value.resources >= enough &&
        !policyFolds.has(value.fold) &&
        clouds(value.fold).size === 1,
    );
    if (only.length === 0) return [];
    return [oneCloudFinding(family, only)];
  });
}

function oneCloudFinding(family: Family, only: readonly FoundValue[]): Finding {
  return {
    kind: "value_vocabulary",
    tag: family.canonical,
    canonical: null,
    reason: "differs_by_cloud",
    ...tally(
      only
        .map(({ cloud, text, resources }) => ({ cloud, text, resources }))
        .toSorted((a, b) => compareTexts(a.text, b.text)),
    ),
    carriers: carriersOf(family, only),
    subject: null,
    confidence: CONFIDENCE.oneCloud,
    evidence: null,
    patch: null,
  };
}

/** A value counts under every spelling of its key. */
function carriersOf(
  { members }: Family,
  values: readonly Pick<FoundValue, "cloud" | "text">[],
): readonly Carrier[] {
  return values.flatMap(({ cloud, text }) =>
    members
      .filter((member) => member.cloud === cloud)
      .map(({ key }): Carrier => ({ by: "tag", cloud, key, value: text, example: text })),
  );
}

const isPattern = (value: string): boolean => asWildcard(value) !== null;
