import type { Condition, EstateGroup, EstateResource } from "../estate/types.ts";

/**
 * The part of Resource Explorer's query syntax that a scan uses: `name:value[,value]` terms, all of
 * which must hold, `-` in front to negate, `*` at the end of a value.
 * https://docs.aws.amazon.com/resource-explorer/latest/userguide/using-search-query-syntax.html
 */
export interface ExplorerQuery {
  /** Decides on what all resources of a group share. */
  readonly seesGroup: (group: EstateGroup) => boolean;
  readonly seesResource: (resource: EstateResource) => boolean;
  /** Decides before the resource is made, where only its having tags or none matters. */
  readonly seesCondition: (condition: Condition) => boolean;
}

interface Term {
  readonly negated: boolean;
  readonly name: string;
  readonly values: readonly string[];
}

const GROUP_FIELDS: Readonly<Record<string, (group: EstateGroup) => string>> = {
  accountid: ({ account }) => account,
  region: ({ region }) => region,
  resourcetype: ({ type }) => type,
  service: ({ type }) => type.split(":")[0] ?? "",
};

const RESOURCE_FIELDS: Readonly<
  Record<string, (resource: EstateResource, matches: (text: string) => boolean) => boolean>
> = {
  id: ({ id }, matches) => matches(id),
  "tag.key": ({ tags }, matches) => tags.some(({ key }) => matches(key)),
  "tag.value": ({ tags }, matches) => tags.some(({ value }) => matches(value)),
  tag: ({ tags }, matches) =>
    (matches("none") && tags.length === 0) ||
    (matches("all") && tags.length > 0) ||
    tags.some(({ key, value }) => matches(`${key}=${value}`)),
  "resourcetype.supports": (_resource, matches) => matches("tags"),
};

/** Terms that carry no name are free text, which only `Search` allows. Undefined: not a valid query. */
export function parseQuery(
  text: string,
  { freeText }: { readonly freeText: boolean },
): ExplorerQuery | undefined {
  const terms = text
    .split(/\s+/)
    .filter((word) => word !== "")
    .map(termOf);
  const known = ({ name }: Term): boolean =>
    name === "" ? freeText : name in GROUP_FIELDS || name in RESOURCE_FIELDS;
  if (!terms.every(known)) return undefined;
  return {
    seesGroup: (group) =>
      terms.every(({ name, values, negated }) => {
        const field = GROUP_FIELDS[name];
        return field === undefined || values.some(matcher(field(group))) !== negated;
      }),
    seesCondition: (condition) =>
      terms.every(({ name, values, negated }) => {
        const tagged = condition !== "never_tagged" && condition !== "previously_tagged";
        if (name !== "tag" || values.length !== 1) return true;
        if (values[0] === "none") return tagged === negated;
        return values[0] !== "all" || tagged !== negated;
      }),
    seesResource: (resource) =>
      terms.every(({ name, values, negated }) => {
        if (name in GROUP_FIELDS) return true;
        const field = RESOURCE_FIELDS[name];
        const holds = (value: string): boolean =>
          field === undefined
            ? resource.id.toLowerCase().includes(value.toLowerCase())
            : field(resource, (candidate) => matcher(candidate)(value));
        return values.some(holds) !== negated;
      }),
  };
}

function termOf(word: string): Term {
  const negated = word.startsWith("-");
  const bare = negated ? word.slice(1) : word;
  const colon = bare.indexOf(":");
  const name = colon < 0 ? "" : bare.slice(0, colon).toLowerCase();
  const values = (colon < 0 ? bare : bare.slice(colon + 1)).replaceAll('"', "").split(",");
  return { negated, name, values };
}

/** Does a value of the query stand for this text? Case is ignored, as Resource Explorer does. */
function matcher(text: string): (value: string) => boolean {
  const found = text.toLowerCase();
  return (value) => {
    const wanted = value.toLowerCase();
    return wanted.endsWith("*") ? found.startsWith(wanted.slice(0, -1)) : found === wanted;
  };
}
