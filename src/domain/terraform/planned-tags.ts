import type { Cloud } from "../cloud.ts";
import type { Tag, TagSet } from "../resource.ts";

/** The tags that a planned resource will have, as far as the plan can tell. */
export interface PlannedTags {
  readonly known: TagSet;
  /** Keys whose value is only known after apply. */
  readonly unknownKeys: readonly string[];
  /** There may be more tags than are named: a whole map is only known after apply. */
  readonly mayHoldMore: boolean;
  /** Keys whose value the configuration marks as sensitive; the value must not be shown. */
  readonly sensitiveKeys: readonly string[];
}

type Attributes = Readonly<Record<string, unknown>>;

/** One planned change of one resource: what is known, and marks for what is not. */
export interface PlannedValues {
  readonly after: Attributes;
  readonly afterUnknown: Attributes;
  readonly afterSensitive: Attributes;
}

/**
 * Attributes that hold tags, the most complete first. `tags_all` and `effective_labels` include what the
 * provider's `default_tags` and `default_labels` add.
 */
const ATTRIBUTES: Readonly<Record<Cloud, readonly string[]>> = {
  aws: ["tags_all", "tags"],
  azure: ["tags"],
  gcp: ["effective_labels", "labels", "resource_labels", "user_labels"],
};

/** @returns undefined when the resource has nowhere to put tags. */
export function plannedTags(
  cloud: Cloud,
  type: string,
  values: PlannedValues,
): PlannedTags | undefined {
  if (type === "aws_autoscaling_group") return fromBlocks(values, "tag", ["key", "value"]);
  if (type === "google_sql_database_instance")
    return fromMaps(nested(values, "settings"), ["user_labels"]);
  const names = ATTRIBUTES[cloud];
  return type.startsWith("awscc_")
    ? fromBlocks(values, "tags", ["key", "value"])
    : fromMaps(values, names);
}

/** The first attribute that exists; when it is unknown as a whole, what the next one tells. */
function fromMaps(values: PlannedValues, names: readonly string[]): PlannedTags | undefined {
  const present = names.filter((name) => isPresent(values, name));
  if (present.length === 0) return undefined;
  const read = present.find((name) => values.afterUnknown[name] !== true);
  if (read === undefined)
    return { known: [], unknownKeys: [], mayHoldMore: true, sensitiveKeys: [] };
  const tags = mapOf(values.after[read]);
  const marks = mapOf(values.afterUnknown[read]);
  const unknownKeys = Object.keys(marks).filter((key) => marks[key] === true);
  return {
    known: Object.entries(tags).flatMap(([key, value]) => tag(key, value, unknownKeys)),
    unknownKeys,
    mayHoldMore: read !== present[0],
    sensitiveKeys: sensitiveKeys(values.afterSensitive[read], Object.keys(tags)),
  };
}

/** A resource may have the attribute as null, or only as a mark that it is not known yet. */
function isPresent({ after, afterUnknown }: PlannedValues, name: string): boolean {
  return Object.hasOwn(after, name) || Object.hasOwn(afterUnknown, name);
}

function tag(key: string, value: unknown, unknownKeys: readonly string[]): readonly Tag[] {
  if (unknownKeys.includes(key)) return [];
  return typeof value === "string" ? [{ key, value }] : [];
}

function sensitiveKeys(marks: unknown, keys: readonly string[]): readonly string[] {
  if (marks === true) return keys;
  return Object.entries(mapOf(marks)).flatMap(([key, mark]) => (mark === true ? [key] : []));
}

/** Tags as a list of blocks, each with a key and a value (`aws_autoscaling_group`, all of `awscc`). */
function fromBlocks(
  { after, afterUnknown, afterSensitive }: PlannedValues,
  name: string,
  [keyName, valueName]: readonly [string, string],
): PlannedTags | undefined {
  if (!Object.hasOwn(after, name) && !Object.hasOwn(afterUnknown, name)) return undefined;
  const blocks = listOf(after[name]).map(mapOf);
  const marks = listOf(afterUnknown[name]).map(mapOf);
  const sensitive = afterSensitive[name] === true;
  const keys = blocks.map((block) => block[keyName]);
  const isUnknown = (index: number): boolean => marks[index]?.[valueName] === true;
  return {
    known: blocks.flatMap((block, index) => {
      const { [keyName]: key, [valueName]: value } = block;
      return typeof key === "string" && typeof value === "string" && !isUnknown(index)
        ? [{ key, value }]
        : [];
    }),
    unknownKeys: keys.filter(
      (key, index): key is string => typeof key === "string" && isUnknown(index),
    ),
    mayHoldMore:
      afterUnknown[name] === true ||
      keys.some((key) => typeof key !== "string") ||
      marks.length > blocks.length,
    sensitiveKeys: sensitive ? keys.filter((key) => typeof key === "string") : [],
  };
}

/** The first block of a nested block type, which Terraform writes as a list. */
function nested(
  { after, afterUnknown, afterSensitive }: PlannedValues,
  name: string,
): PlannedValues {
  return {
    after: mapOf(listOf(after[name])[0]),
    afterUnknown: mapOf(listOf(afterUnknown[name])[0]),
    afterSensitive: mapOf(listOf(afterSensitive[name])[0]),
  };
}

function mapOf(value: unknown): Attributes {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
