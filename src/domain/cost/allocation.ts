import type { Cloud } from "../cloud.ts";
import type { Violation } from "../compliance/violation.ts";
import { type CloudRule, compileCloudRules, type WatchedTag } from "../policy/cloud-rules.ts";
import type { CompiledPolicy } from "../policy/compile.ts";
import { Evaluation } from "../policy/evaluation.ts";
import { isProviderOwned } from "../policy/provider-owned.ts";
import { inScope } from "../policy/type-scope.ts";
import type { Resource, Tag, TagSet } from "../resource.ts";
import { isTaggable } from "./charge-class.ts";
import type { CostGroup } from "./cost-line.ts";

/** Where each part of a bill ends up; together they are the bill. In the order a waterfall shows them. */
export const COST_BUCKETS = [
  /** Carries a valid value of every judged tag. */
  "allocated",
  "gap_missing_or_empty",
  "gap_invalid_value",
  /** Would be a gap, but an exemption of the policy is in force for it. */
  "exempt",
  /** Use without a resource behind it, so that no tag can reach it; untagged. */
  "no_resource_id",
  /** Tax, support, refunds, credits, fees, unused commitments: no tag can reach them. */
  "not_taggable_charge",
] as const;
export type CostBucket = (typeof COST_BUCKETS)[number];

/** What the policy makes of one group of charges. */
export interface Attribution {
  readonly bucket: CostBucket;
  /** Canonical value per judged tag, in their order; null where it is absent, blank or not valid. */
  readonly values: readonly (string | null)[];
  /** What is wrong with the first tag whose value is not valid; null unless `gap_invalid_value`. */
  readonly fault: Violation | null;
  /** Epoch milliseconds at which the exemption ends; null unless `exempt`. */
  readonly exemptUntilMs: number | null;
}

export interface AllocationJudge {
  /** Canonical names of the tags that make a charge allocated; at least one. */
  readonly tags: readonly string[];
  /** Pure, but for a memory of tag values that changes no answer. */
  judge(group: CostGroup): Attribution;
  /** Canonical value of any tag on a group, valid or not; null where it is absent or blank. */
  valueOf(group: CostGroup, tag: string): string | null;
}

/**
 * Judges charges by the policy's own rules for the tags that allocate spend. A rule's `applies_to` and
 * `when` are not asked: a charge that nobody was required to tag is still a charge nobody answers for.
 * @param atMs epoch milliseconds, for exemptions that expire.
 */
export function allocationJudge(
  policy: CompiledPolicy,
  tags: readonly string[],
  atMs: number,
): AllocationJudge {
  const rules = {
    aws: compileCloudRules(policy.document, "aws"),
    azure: compileCloudRules(policy.document, "azure"),
    gcp: compileCloudRules(policy.document, "gcp"),
  } satisfies Record<Cloud, unknown>;
  const waivers = waiverFinder(policy, tags, atMs);
  const ruleOf = ({ cloud, resourceType }: CostGroup, tag: string): CloudRule | WatchedTag => {
    const named = rules[cloud].rules.filter(({ name }) => name === tag);
    const applying = named.find(
      ({ source }) =>
        resourceType !== null && inScope(source.applies_to, cloud, resourceType, policy.catalogue),
    );
    return applying ?? named[0] ?? rules[cloud].watch(tag);
  };
  return {
    tags,
    valueOf: (group, tag) => {
      const rule = ruleOf(group, tag);
      const value = bestTag(group, rule)?.value ?? "";
      return value.trim() === "" ? null : rule.canonical(value);
    },
    judge: (group) => {
      const found = tags.map((tag) => readTag(group, ruleOf(group, tag)));
      const values = found.map(({ value }) => value);
      if (!isTaggable(group.charge)) return { ...CLEAR, bucket: "not_taggable_charge", values };
      if (!values.includes(null)) return { ...CLEAR, bucket: "allocated", values };
      const broken = tags.filter((_, at) => values[at] === null);
      const exemptUntilMs = waivers(group, broken);
      if (exemptUntilMs !== null) return { ...CLEAR, bucket: "exempt", values, exemptUntilMs };
      if (found.some(({ blank }) => blank)) {
        const bucket = group.hasResource === false ? "no_resource_id" : "gap_missing_or_empty";
        return { ...CLEAR, bucket, values };
      }
      const fault = found.find((one) => one.fault !== null)?.fault ?? null;
      return { ...CLEAR, bucket: "gap_invalid_value", values, fault };
    },
  };
}

const CLEAR = { fault: null, exemptUntilMs: null } as const;

interface ReadTag {
  /** Canonical and valid, or null. */
  readonly value: string | null;
  /** Absent, empty or whitespace. */
  readonly blank: boolean;
  readonly fault: Violation | null;
}

function readTag(group: CostGroup, rule: CloudRule | WatchedTag): ReadTag {
  const tag = bestTag(group, rule);
  if (tag === null) return { value: null, blank: true, fault: null };
  const fault = "values" in rule ? rule.values.check(tag.value) : null;
  const blank = "values" in rule ? fault?.kind === "empty_value" : tag.value.trim() === "";
  if (blank) return { value: null, blank: true, fault: null };
  return fault === null
    ? { value: rule.canonical(tag.value), blank: false, fault: null }
    : { value: null, blank: false, fault };
}

/** The tag a rule reads: better spelling first, then by text, as judging resources does. */
function bestTag({ cloud, tags }: CostGroup, { spelling }: WatchedTag): Tag | null {
  let best: { readonly rank: number; readonly tag: Tag } | null = null;
  for (const tag of tags) {
    if (isProviderOwned(cloud, tag.key)) continue;
    const rank = spelling.rankOf(tag.key);
    if (rank === null) continue;
    if (best === null || rank < best.rank || (rank === best.rank && before(tag, best.tag)))
      best = { rank, tag };
  }
  return best === null ? null : best.tag;
}

const before = (a: Tag, b: Tag): boolean => (a.key === b.key ? a.value < b.value : a.key < b.key);

/** When exemptions in force waive every broken tag of a group: the instant the first of them ends. */
function waiverFinder(
  policy: CompiledPolicy,
  tags: readonly string[],
  atMs: number,
): (group: CostGroup, broken: readonly string[]) => number | null {
  if (policy.document.exemptions.length === 0 || tags.length === 0) return () => null;
  const evaluation = new Evaluation();
  return (group, broken) => {
    const resource = asResource(group);
    const program = policy.programFor(group.cloud, resource.type);
    if (program.exemptionsFor(resource).length === 0) return null;
    evaluation.read(program, resource.tags);
    const inForce = evaluation
      .matchingExemptions(program, resource)
      .map(({ exemption }) => exemption)
      .filter(({ endsMs }) => atMs < endsMs);
    const ends = broken.map((tag) =>
      Math.max(
        ...inForce
          .filter(({ source }) => source.tags?.includes(tag) !== false)
          .map(({ endsMs }) => endsMs),
      ),
    );
    const first = Math.min(...ends);
    return Number.isFinite(first) ? first : null;
  };
}

/** A charge as the policy's exemptions see it; what the bill does not say matches no exemption that names it. */
function asResource(group: CostGroup): Resource & { readonly tags: TagSet } {
  return {
    cloud: group.cloud,
    account: group.account ?? "",
    region: group.region ?? "",
    type: group.resourceType ?? "",
    id: group.resourceId ?? "",
    tags: group.tags,
    createdAt: null,
  };
}
