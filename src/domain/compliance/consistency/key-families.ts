import type { Cloud } from "../../cloud.ts";
import { KEY_RANK } from "../../policy/key-spelling.ts";
import { compareTexts } from "./counted-sample.ts";
import { REPORTED_FROM, sameMeaningConfidence, type Togetherness } from "./key-confidence.ts";
import {
  keyName,
  type KeyName,
  nameRelation,
  NAME_RELATIONS,
  type NameRelation,
} from "./name-likeness.ts";
import { isExpectedSpelling, type PolicyKey, type PolicyKeys } from "./policy-keys.ts";
import type { KeyUsage, TagUsage } from "./tag-usage.ts";
import { TogetherIndex } from "./togetherness.ts";
import {
  compareValues,
  type FoldedValues,
  foldValues,
  type ValueLikeness,
} from "./value-likeness.ts";

/** One spelling of a key on one cloud. */
export interface Spelling {
  readonly cloud: Cloud;
  readonly key: string;
  readonly usage: KeyUsage;
}

export const SPELLING_STATUSES = [
  /** The right key of that cloud. */
  "right",
  /** Another spelling that the policy reads as the key. */
  "known",
  /** Another spelling that the policy does not know. */
  "unknown",
] as const;

export interface Evidence {
  readonly relation: NameRelation;
  /** 0 to 1, and 0 to 1 how much it can say. */
  readonly valueOverlap: number;
  readonly valueReliability: number;
  /** Share of the rarer key's resources that carry the other one too. */
  readonly together: number;
}

export interface Member extends Spelling {
  readonly status: (typeof SPELLING_STATUSES)[number];
  /** 1 for what is certain: the right key and what the policy says. */
  readonly confidence: number;
  /** Null where the policy decides. */
  readonly evidence: Evidence | null;
}

/** All spellings of one meaning. */
export interface Family {
  readonly canonical: string;
  /** Null: the policy has no such key, and the canonical key is the most used spelling. */
  readonly policyKey: PolicyKey | null;
  readonly members: readonly Member[];
}

/** Most used keys that are compared with each other; the rest only where the policy knows them. */
export const MAX_COMPARED_KEYS = 400;

export interface KeyFamilies {
  readonly families: readonly Family[];
  /** Keys that were too many to be compared. */
  readonly keysNotCompared: number;
}

/** Spellings with the same letters, on any cloud; they stand or fall together. */
interface Group {
  readonly name: KeyName;
  readonly spellings: readonly Spelling[];
  readonly resources: number;
  readonly values: FoldedValues;
}

interface Core extends Group {
  readonly policyKey: PolicyKey | null;
  /** Names the key is compared by: the policy's own and its aliases, or the first group's. */
  readonly names: readonly KeyName[];
  readonly joined: {
    readonly group: Group;
    readonly confidence: number;
    readonly evidence: Evidence;
  }[];
}

/**
 * Sorts the keys of an estate by meaning. Policy keys come first, then keys by use: each joins the meaning
 * it most likely shares, or begins one of its own. Comparison is with a meaning's own names and values,
 * never with spellings that joined it, so that likeness does not drift.
 */
export function keyFamilies(usage: TagUsage, keys: PolicyKeys): KeyFamilies {
  const known = new Map<PolicyKey, Spelling[]>(keys.all.map((policyKey) => [policyKey, []]));
  const unknown: Spelling[] = [];
  for (const spelling of spellings(usage)) {
    const found = keys.find(spelling.cloud, spelling.key);
    if (found !== null) known.get(found.policyKey)?.push(spelling);
    else if (!keys.prohibits(spelling.cloud, spelling.key)) unknown.push(spelling);
  }
  const cores: Core[] = [...known].map(([policyKey, own]) => policyCore(policyKey, own));
  const groups = groupByLetters(unknown);
  const together = new TogetherIndex(usage);
  for (const group of groups.slice(0, MAX_COMPARED_KEYS)) {
    const best = bestCore(cores, group, together);
    if (best === null) cores.push({ ...group, policyKey: null, names: [group.name], joined: [] });
    else best.core.joined.push({ group, confidence: best.confidence, evidence: best.evidence });
  }
  return {
    families: cores.map((core) => toFamily(core, keys)),
    keysNotCompared: Math.max(0, groups.length - MAX_COMPARED_KEYS),
  };
}

function spellings({ clouds }: TagUsage): readonly Spelling[] {
  return [...clouds].flatMap(([cloud, { keys }]) =>
    [...keys].map(([key, usage]) => ({ cloud, key, usage })),
  );
}

function policyCore(policyKey: PolicyKey, own: readonly Spelling[]): Core {
  const { name, names = {}, aliases = [] } = policyKey.rule;
  const texts = new Set([
    name,
    ...Object.values(names).filter((text) => text !== undefined),
    ...aliases,
  ]);
  return {
    ...toGroup(own, keyName(name), policyKey),
    policyKey,
    names: [...texts].map(keyName),
    joined: [],
  };
}

/** Most used first. */
function groupByLetters(unknown: readonly Spelling[]): readonly Group[] {
  const byLetters = new Map<string, Spelling[]>();
  for (const spelling of unknown) {
    const { letters } = keyName(spelling.key);
    const group = byLetters.get(letters);
    if (group === undefined) byLetters.set(letters, [spelling]);
    else group.push(spelling);
  }
  return [...byLetters.values()]
    .map((own) => toGroup(own, keyName(mostUsedSpelling(own)), null))
    .toSorted((a, b) => b.resources - a.resources || compareTexts(a.name.letters, b.name.letters));
}

function toGroup(own: readonly Spelling[], name: KeyName, policyKey: PolicyKey | null): Group {
  return {
    name,
    spellings: own,
    resources: own.reduce((sum, { usage }) => sum + usage.resources, 0),
    values: valuesOf(own, policyKey),
  };
}

function valuesOf(own: readonly Spelling[], policyKey: PolicyKey | null): FoldedValues {
  return foldValues(
    own.map(({ cloud, usage }) => ({
      values: usage.values,
      canonical: policyKey?.on.get(cloud)?.canonical ?? ((value) => value),
    })),
  );
}

interface Best {
  readonly core: Core;
  readonly confidence: number;
  readonly evidence: Evidence;
}

function bestCore(cores: readonly Core[], group: Group, together: TogetherIndex): Best | null {
  let best: Best | null = null;
  for (const core of cores) {
    const relation = closest(group.name, core.names);
    const values = compareCoreValues(group, core);
    // Most pairs end here: not even avoiding each other would make them one.
    if (sameMeaningConfidence(relation, values, AVOIDING) < REPORTED_FROM) continue;
    const apart = together.of(group.spellings, core.spellings);
    const confidence = sameMeaningConfidence(relation, values, apart);
    if (confidence < REPORTED_FROM || confidence <= (best?.confidence ?? 0)) continue;
    const evidence = {
      relation,
      valueOverlap: values.overlap,
      valueReliability: values.reliability,
      together: apart.together,
    };
    best = { core, confidence, evidence };
  }
  return best;
}

const AVOIDING: Togetherness = { together: 0, expected: 1, reliability: 1 };

/** The rarer one is asked whether its values are known to the other. */
function compareCoreValues(group: Group, core: Core): ValueLikeness {
  const mapped = core.policyKey?.rule.value_map !== undefined;
  const values = mapped ? valuesOf(group.spellings, core.policyKey) : group.values;
  return values.total <= core.values.total
    ? compareValues(values, core.values)
    : compareValues(core.values, values);
}

function closest(name: KeyName, names: readonly KeyName[]): NameRelation {
  let best = NAME_RELATIONS.length - 1;
  for (const other of names)
    best = Math.min(best, NAME_RELATIONS.indexOf(nameRelation(name, other)));
  return NAME_RELATIONS[best] ?? "none";
}

function toFamily(core: Core, keys: PolicyKeys): Family {
  const canonical = core.policyKey?.rule.name ?? mostUsedSpelling(core.spellings);
  const joined = core.joined.flatMap(({ group, confidence, evidence }) =>
    group.spellings.map(
      (spelling): Member => ({ ...spelling, status: "unknown", confidence, evidence }),
    ),
  );
  return {
    canonical,
    policyKey: core.policyKey,
    members: [...core.spellings.map((spelling) => ownMember(spelling, canonical, keys)), ...joined],
  };
}

/** A spelling of the family's own letters, or one that the policy knows. */
function ownMember(spelling: Spelling, canonical: string, keys: PolicyKeys): Member {
  const found = keys.find(spelling.cloud, spelling.key);
  if (found !== null) {
    const status = found.rank === KEY_RANK.exact ? "right" : "known";
    return { ...spelling, status, confidence: 1, evidence: null };
  }
  if (isExpectedSpelling(spelling.cloud, canonical, spelling.key))
    return { ...spelling, status: "right", confidence: 1, evidence: null };
  const evidence: Evidence = {
    relation: "same_letters",
    valueOverlap: 0,
    valueReliability: 0,
    together: 0,
  };
  return { ...spelling, status: "unknown", confidence: SAME_LETTERS_CONFIDENCE, evidence };
}

const SAME_LETTERS_CONFIDENCE = sameMeaningConfidence(
  "same_letters",
  { overlap: 0, reliability: 0, shared: 0 },
  { together: 0, expected: 0, reliability: 0 },
);

/** Over all clouds; of equals the first in code unit order. */
function mostUsedSpelling(own: readonly Spelling[]): string {
  const counts = new Map<string, number>();
  for (const { key, usage } of own) counts.set(key, (counts.get(key) ?? 0) + usage.resources);
  const [first] = [...counts].toSorted(([a, x], [b, y]) => y - x || compareTexts(a, b));
  return first?.[0] ?? "";
}
