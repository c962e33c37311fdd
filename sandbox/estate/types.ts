import type { Cloud } from "../../src/domain/cloud.ts";
import type { ViolationKind } from "../../src/domain/compliance/violation.ts";
import type { Link } from "../../src/domain/links.ts";
import type { Tag } from "../../src/domain/resource.ts";

/** What was planted on a resource. The expected verdict follows from this, never from the product's code. */
export const CONDITIONS = [
  "compliant",
  /** Never carried a tag in its life. */
  "never_tagged",
  /** Carried tags once; AWS's tagging API still lists it, with none. */
  "previously_tagged",
  "missing_required",
  "empty_value",
  "invalid_value",
  "invalid_format",
  /** Right meaning, wrong case or spelling of the key. Compliant on Azure when only the case differs. */
  "key_variant",
  /** An allowed value in another case or with one typo. */
  "value_variant",
  "prohibited_tag",
  /** Would violate, but an exemption of the sandbox policy is in force for it. */
  "exempt",
] as const;
export type Condition = (typeof CONDITIONS)[number];

export interface EstateOptions {
  /** Any 32-bit integer; equal options make byte-equal estates. */
  readonly seed: number;
  /** 300 to 1,000,000 resources over all clouds. */
  readonly resources: number;
  /** All of them in this cloud, and no account in any other. Default: spread over the three. */
  readonly only?: Cloud;
}

export interface EstateAccount {
  readonly cloud: Cloud;
  readonly id: string;
  readonly name: string;
}

/** A run of resources of one type in one place; resource `index` is in [0, count). */
export interface EstateGroup {
  /** Position in `Estate.groups`. */
  readonly ordinal: number;
  readonly cloud: Cloud;
  readonly account: string;
  readonly region: string;
  readonly type: string;
  readonly count: number;
}

export interface EstateResource {
  readonly cloud: Cloud;
  readonly account: string;
  readonly region: string;
  readonly type: string;
  readonly id: string;
  readonly name: string;
  readonly tags: readonly Tag[];
  readonly condition: Condition;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
}

/** What a right answer must say of one cloud. */
export interface Truth {
  readonly total: number;
  readonly compliant: number;
  readonly nonCompliant: number;
  readonly exempt: number;
  readonly byCondition: Readonly<Record<Condition, number>>;
  /** Violations of every severity; `key_variant` alone is a warning, all others are errors. */
  readonly byKind: Readonly<Record<ViolationKind, number>>;
}

/**
 * A believable company, made on demand: every resource is a pure function of (seed, group, index), so
 * a million of them are served page by page and none is held.
 */
export interface Estate {
  readonly options: EstateOptions;
  readonly accounts: readonly EstateAccount[];
  readonly groups: readonly EstateGroup[];
  /** @throws {AppError} `invalid_input` when the group has no such index. */
  resource(group: EstateGroup, index: number): EstateResource;
  /** The same as `resource(group, index).condition`, without making the resource. */
  condition(group: EstateGroup, index: number): Condition;
  /** The resource with this id (Azure ids compare without case), found without any stored map. */
  find(cloud: Cloud, id: string): EstateResource | undefined;
  /** Its networks, security groups and network tags: made apart, because few answers show them. */
  linksOf(resource: Pick<EstateResource, "id">): readonly Link[];
  /**
   * What was planted, counted resource by resource and never by the product's own judge.
   * @param where Restricts the count to some groups, such as "all but the denied account".
   */
  truth(cloud: Cloud, where?: (group: EstateGroup) => boolean): Truth;
}
