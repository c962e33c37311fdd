import { distance } from "fastest-levenshtein";
import type { Cloud } from "./cloud.ts";
import { AppError } from "./errors.ts";

/** Cross-cloud names for the same kind of thing; usable wherever a native type id is. */
export const CATEGORIES = [
  "virtual_machine",
  "disk",
  "database",
  "object_storage",
  "function",
  "container",
  "kubernetes",
  "load_balancer",
  "network",
  "queue",
  "secret",
  "key",
  "ai_model",
  "other",
] as const;
export type Category = (typeof CATEGORIES)[number];

/** What resources of one type hold less than others of their cloud. What is absent is the cloud's own limit. */
export interface TagLimit {
  /** Tags on one resource. */
  readonly maxTags?: number;
  /** Characters of a key. */
  readonly maxKeyLength?: number;
  /** Characters of a value. */
  readonly maxValueLength?: number;
  /** Characters that keys must not contain. */
  readonly refusedInKeys?: string;
  /** Keys must not begin with a digit. */
  readonly noLeadingDigit?: boolean;
}

/** What we know of a type before reading a single resource of it. */
export interface ResourceTypeFacts {
  readonly cloud: Cloud;
  /** Native id in the cloud's own spelling: `s3:bucket`, `Microsoft.Storage/storageAccounts`. */
  readonly id: string;
  readonly category: Category;
  /** Does the resource itself appear on the bill? */
  readonly billable: boolean;
  /** Can it carry tags or labels at all? */
  readonly taggable: boolean;
  /** Where the type differs from its cloud; absent for most. */
  readonly tagLimit?: TagLimit;
  /** Name of an AWS type in CloudFormation, `AWS::EC2::Instance`: good wherever the id is, and not always unique. */
  readonly cloudFormation?: string | null;
}

const CLOUD_FORMATION_NAME = /^AWS::[A-Za-z\d]+::[A-Za-z\d]+$/;

/**
 * Is the type known by its CloudFormation name only? Such types may be asked for, and are read from the
 * cloud for each question: scans of every type know the same resources by the type of their ARN.
 */
export function isCloudFormationName(id: string): boolean {
  return CLOUD_FORMATION_NAME.test(id);
}

/** The types this build knows, from every cloud's own facts. Lookups ignore case, as Azure does. */
export interface ResourceTypeCatalogue {
  readonly all: readonly ResourceTypeFacts[];
  /** Of a type that only has a CloudFormation name, what little follows from that. */
  find(cloud: Cloud, id: string): ResourceTypeFacts | undefined;
  /**
   * Native ids that `texts` (native ids, categories, CloudFormation names or `all`) stand for within
   * `clouds`; `[]` means all. A CloudFormation name of no known type stands for itself.
   * @throws {AppError} `invalid_input` with one issue and near matches per unknown text.
   */
  resolve(texts: readonly string[], clouds: readonly Cloud[]): readonly string[];
}

export function createCatalogue(facts: readonly ResourceTypeFacts[]): ResourceTypeCatalogue {
  const byKey = new Map(facts.map((f) => [`${f.cloud} ${f.id.toLowerCase()}`, f]));
  return {
    all: facts,
    find: (cloud, id) => byKey.get(`${cloud} ${id.toLowerCase()}`) ?? namedOnly(cloud, id),
    resolve: (texts, clouds) => resolveTypes(facts, texts, clouds),
  };
}

function namedOnly(cloud: Cloud, id: string): ResourceTypeFacts | undefined {
  if (cloud !== "aws" || !isCloudFormationName(id)) return undefined;
  return { cloud, id, category: "other", billable: false, taggable: true, cloudFormation: id };
}

function resolveTypes(
  facts: readonly ResourceTypeFacts[],
  texts: readonly string[],
  clouds: readonly Cloud[],
): readonly string[] {
  if (texts.length === 0 || texts.includes("all")) return [];
  const inScope = facts.filter((f) => clouds.includes(f.cloud));
  const chosen = new Set<string>();
  const unknown: string[] = [];
  for (const text of texts) {
    const wanted = text.toLowerCase();
    const matches = inScope.filter((f) => isNamed(f, wanted));
    if (matches.length === 0 && clouds.includes("aws") && isCloudFormationName(text))
      chosen.add(text);
    else if (matches.length === 0) unknown.push(text);
    for (const match of matches) chosen.add(match.id);
  }
  if (unknown.length > 0) throw unknownTypes(unknown, facts, clouds);
  return [...chosen];
}

/** @param wanted In lower case. */
export function isNamed(facts: ResourceTypeFacts, wanted: string): boolean {
  const { id, category, cloudFormation } = facts;
  return (
    id.toLowerCase() === wanted || category === wanted || cloudFormation?.toLowerCase() === wanted
  );
}

function unknownTypes(
  unknown: readonly string[],
  facts: readonly ResourceTypeFacts[],
  clouds: readonly Cloud[],
): AppError {
  const suggestions = Object.fromEntries(unknown.map((text) => [text, nearest(text, facts)]));
  const near = [...new Set(Object.values(suggestions).flat())];
  return new AppError(
    "invalid_input",
    `${unknown.length} resource type(s) are unknown in the selected clouds (${clouds.join(", ")}).`,
    {
      hint:
        near.length > 0
          ? `Did you mean ${near.join(", ")}? "all" and categories such as virtual_machine also work.`
          : `Use a native id such as ec2:instance, a category (${CATEGORIES.join(", ")}) or "all".`,
      issues: unknown.map((_, index) => ({
        path: `resource_types[${index}]`,
        message: "No such resource type or category.",
      })),
      details: { unknown, suggestions },
    },
  );
}

/** Known ids and categories that a reader may have meant: near in spelling, or containing the text. */
function nearest(text: string, facts: readonly ResourceTypeFacts[]): readonly string[] {
  const wanted = text.toLowerCase();
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  return [...new Set([...facts.map((f) => f.id), ...CATEGORIES])]
    .map((id) => {
      const candidate = id.toLowerCase();
      const contains = wanted.length >= 3 && candidate.includes(wanted);
      return { id, score: contains ? 0 : distance(wanted, candidate) };
    })
    .filter(({ score }) => score <= limit)
    .toSorted((a, b) => a.score - b.score || (a.id < b.id ? -1 : 1))
    .slice(0, 3)
    .map(({ id }) => id);
}
