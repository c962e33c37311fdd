import type { Cloud } from "../../src/domain/cloud.ts";
import type { ViolationKind } from "../../src/domain/compliance/violation.ts";
import type { Tag } from "../../src/domain/resource.ts";
import { pick } from "./random.ts";
import type { Condition } from "./types.ts";

/** The tags that `policy.yaml` requires of every resource, in its order. */
export const REQUIRED = ["CostCenter", "Owner", "Environment"] as const;
export type Required = (typeof REQUIRED)[number];

/** What is wrong with one resource, independent of its healthy values. */
export interface Defect {
  readonly missing: readonly Required[];
  /** Keys written in another way. */
  readonly renamed: Readonly<Partial<Record<Required, string>>>;
  /** Values that replace the healthy ones. */
  readonly values: Readonly<Partial<Record<Required, string>>>;
  readonly extra: readonly Tag[];
  /** What a right judge reports, one entry a violation. */
  readonly violations: readonly ViolationKind[];
}

export type HealthyValues = Readonly<Record<Required, string>>;

const NONE: Defect = { missing: [], renamed: {}, values: {}, extra: [], violations: [] };

/** Other spellings of a key: on AWS by case and by alias; on Azure and GCP only by an alias of the policy. */
const KEY_VARIANTS: Readonly<
  Record<Cloud, Readonly<Record<Required, readonly [string, ...string[]]>>>
> = {
  aws: {
    CostCenter: ["costcenter", "cost-center", "Costcenter", "CC"],
    Owner: ["owner", "owned-by", "OWNER"],
    Environment: ["environment", "env"],
  },
  azure: { CostCenter: ["cost-center", "CC"], Owner: ["owned-by"], Environment: ["env"] },
  gcp: {
    CostCenter: ["costcenter", "cost-center"],
    Owner: ["owned-by"],
    Environment: ["env"],
  },
};

/** Allowed values, one edit away; each is nearest to the value it stands under and to no other. */
const VALUE_TYPOS: Readonly<Record<string, string>> = {
  Engineering: "Enginering",
  Marketing: "Marketng",
  Sales: "Salles",
  Operations: "Opertions",
  Finance: "Finanse",
  production: "producton",
  staging: "stagging",
  development: "developmet",
  test: "tests",
};

/** Values that no allowed value is near to (edit distance 3 and more). */
const FOREIGN_VALUES = {
  CostCenter: ["CC-1042", "unassigned", "TBD", "12345"],
  Environment: ["live", "none", "shared-infra"],
} as const;

const FOREIGN_OWNERS: Readonly<Record<Cloud, readonly [string, ...string[]]>> = {
  aws: ["Jane Doe", "payments", "unknown", "jdoe"],
  azure: ["Jane Doe", "payments", "unknown", "jdoe"],
  gcp: ["payments", "unknown", "jdoe"],
};

interface DefectFacts {
  readonly cloud: Cloud;
  /** Chooses among the forms that a condition takes. */
  readonly roll: number;
  readonly healthy: HealthyValues;
}

const DEFECT_OF: Readonly<Record<Condition, (facts: DefectFacts) => Defect>> = {
  compliant: () => NONE,
  never_tagged: () => missing(REQUIRED),
  previously_tagged: () => missing(REQUIRED),
  missing_required: ({ roll }) => missing(someRequired(roll)),
  empty_value: ({ cloud, roll }) =>
    wrongValue(pick(REQUIRED, roll), cloud !== "gcp" && roll % 5 === 0 ? "  " : "", "empty_value"),
  invalid_value: ({ cloud, roll }) => {
    const key = valuedKey(roll);
    const value = pick(FOREIGN_VALUES[key], roll >>> 4);
    return wrongValue(key, cloud === "gcp" ? value.toLowerCase() : value, "invalid_value");
  },
  invalid_format: ({ cloud, roll }) =>
    wrongValue("Owner", pick(FOREIGN_OWNERS[cloud], roll), "invalid_format"),
  key_variant: renamed,
  value_variant: (facts) => {
    const key = valuedKey(facts.roll);
    return wrongValue(key, variantOf(facts.healthy[key], facts), "value_variant");
  },
  prohibited_tag: ({ cloud }) => ({
    ...NONE,
    extra: [prohibitedTag(cloud)],
    violations: ["prohibited_tag"],
  }),
  // Would miss two tags, and the exemption waives both: nothing is reported.
  exempt: () => ({ ...missing(["CostCenter", "Owner"]), violations: [] }),
};

/** What is planted for a condition. Pure. */
export function defectOf(condition: Condition, facts: DefectFacts): Defect {
  return DEFECT_OF[condition](facts);
}

/** A required tag that has a list of allowed values. */
function valuedKey(roll: number): "CostCenter" | "Environment" {
  return roll % 3 === 0 ? "Environment" : "CostCenter";
}

function missing(keys: readonly Required[]): Defect {
  return { ...NONE, missing: keys, violations: keys.map(() => "missing_required_tag") };
}

function wrongValue(key: Required, value: string, kind: ViolationKind): Defect {
  return { ...NONE, values: { [key]: value }, violations: [kind] };
}

function renamed({ cloud, roll }: DefectFacts): Defect {
  const key = pick(REQUIRED, roll);
  const variant = pick(KEY_VARIANTS[cloud][key], roll >>> 4);
  return { ...NONE, renamed: { [key]: variant }, violations: ["key_variant"] };
}

/** One required tag mostly, two in three of ten; never all, or the resource would be untagged. */
function someRequired(roll: number): readonly Required[] {
  const first = pick(REQUIRED, roll);
  if (roll % 10 >= 3) return [first];
  return REQUIRED.filter((key) => key !== first);
}

function variantOf(value: string, { cloud, roll }: DefectFacts): string {
  const typo = VALUE_TYPOS[value] ?? value.toUpperCase();
  if (cloud === "gcp") return typo.toLowerCase();
  if (roll % 3 === 0) return typo;
  return roll % 3 === 1 ? value.toUpperCase() : otherCase(value);
}

/** `Sales` to `sales`, `staging` to `Staging`. */
function otherCase(value: string): string {
  const lower = value.toLowerCase();
  return lower === value ? value.slice(0, 1).toUpperCase() + value.slice(1) : lower;
}

function prohibitedTag(cloud: Cloud): Tag {
  return cloud === "gcp" ? { key: "temp", value: "true" } : { key: "Temp", value: "true" };
}
