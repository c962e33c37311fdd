import type { Link } from "../../src/domain/links.ts";
import type { Tag } from "../../src/domain/resource.ts";
import type { Estate, EstateGroup } from "../estate/types.ts";
import type { Column, Condition, CountBy, GroupColumn, KqlQuery, Table } from "./kql.ts";

/** The company's one Entra tenant. Its root management group has the same id. */
export const TENANT_ID = "9d3c1f52-7b0e-4a86-8f21-c64de0a7b935";

/** A run of rows that share everything a query can filter on. */
export interface Segment extends Readonly<Record<GroupColumn, string>> {
  readonly table: Table;
  readonly count: number;
  row(index: number): Row;
}

export type Row = Readonly<Record<Column, unknown>>;

/** In this table stand the subscriptions and, in a type below theirs, the resource groups. */
const SUBSCRIPTIONS = "microsoft.resources/subscriptions";

/**
 * Everything Resource Graph knows, as runs in a fixed order: subscription by subscription, type by
 * type, and inside a run by index. That order is total and the same for every query, which is what
 * paging needs; it is not the alphabetical order of ids, and no answer says that it is.
 */
export function segmentsOf(estate: Estate): readonly Segment[] {
  return estate.groups.flatMap((group) =>
    group.cloud === "azure" ? [resourceSegment(estate, group)] : [],
  );
}

function resourceSegment(estate: Estate, group: EstateGroup): Segment {
  // Resource Graph gives types in lower case, whatever case Azure Resource Manager uses.
  const type = group.type.toLowerCase();
  // A subscription is nowhere, and the column of a text that is not there is empty.
  const location = type === SUBSCRIPTIONS ? "" : group.region;
  return {
    table: isContainer(type) ? "resourcecontainers" : "resources",
    type,
    subscriptionId: group.account,
    location,
    count: group.count,
    row: (index) => {
      const resource = estate.resource(group, index);
      return makeRow({
        id: resource.id,
        name: resource.name,
        type,
        location,
        subscriptionId: group.account,
        tags: tagsCell(resource.tags, resource.condition === "never_tagged"),
        properties: {
          provisioningState: "Succeeded",
          ...networkOf(resource.type, estate.linksOf(resource)),
        },
      });
    },
  };
}

function isContainer(type: string): boolean {
  return type === SUBSCRIPTIONS || type.startsWith(`${SUBSCRIPTIONS}/`);
}

/** Resource Graph shows no tags as `null` or as `{}`; both occur, so both are served. */
function tagsCell(tags: readonly Tag[], isBare: boolean): Readonly<Record<string, string>> | null {
  if (tags.length === 0 && isBare) return null;
  return Object.fromEntries(tags.map((tag) => [tag.key, tag.value]));
}

/** Each type says in a property of its own which subnet it is in. */
function networkOf(type: string, links: readonly Link[]): object {
  const subnet = links.find(({ kind }) => kind === "subnet")?.to;
  if (subnet === undefined) return {};
  return type === "Microsoft.Web/sites"
    ? { virtualNetworkSubnetId: subnet }
    : { agentPoolProfiles: [{ name: "nodepool1", vnetSubnetID: subnet }] };
}

type OwnColumn = "id" | "name" | "type" | "location" | "subscriptionId" | "tags" | "properties";

function makeRow(
  own: Pick<Row, OwnColumn> & {
    readonly id: string;
  },
): Row {
  return {
    ...own,
    tenantId: TENANT_ID,
    kind: "",
    resourceGroup: /\/resourceGroups\/([^/]+)/i.exec(own.id)?.[1]?.toLowerCase() ?? "",
    managedBy: "",
    sku: null,
    plan: null,
    identity: null,
    zones: null,
  };
}

/** The runs that a query is about, in the table's order. */
export function select(segments: readonly Segment[], query: KqlQuery): readonly Segment[] {
  const legs = query.union === undefined ? [query] : [query, query.union];
  return legs.flatMap(({ table, conditions }) =>
    segments.filter(
      (segment) =>
        segment.table === table && conditions.every((condition) => holds(condition, segment)),
    ),
  );
}

function holds(condition: Condition, segment: Segment): boolean {
  const fold = (text: string) => (condition.ignoreCase ? text.toLowerCase() : text);
  const value = fold(segment[condition.column]);
  return condition.values.some((wanted) => fold(wanted) === value) !== condition.negated;
}

export function countRows(segments: readonly Segment[]): number {
  return segments.reduce((sum, segment) => sum + segment.count, 0);
}

/** Rows [offset, offset + limit) of the runs, each made when it is reached. */
export function* rowsFrom(
  segments: readonly Segment[],
  offset: number,
  limit: number,
): Generator<Row> {
  let skip = offset;
  let left = limit;
  for (const segment of segments) {
    const until = Math.min(segment.count, skip + left);
    for (let index = skip; index < until; index += 1) {
      yield segment.row(index);
      left -= 1;
    }
    if (left <= 0) return;
    skip = Math.max(0, skip - segment.count);
  }
}

/** `summarize count() by …`, in the order in which the combinations first occur. */
export function countBy(
  segments: readonly Segment[],
  { name, columns }: CountBy,
): readonly Readonly<Record<string, unknown>>[] {
  const counts = new Map<string, { readonly key: readonly string[]; readonly count: number }>();
  for (const segment of segments) {
    const key = columns.map((column) => segment[column]);
    const id = JSON.stringify(key);
    counts.set(id, { key, count: (counts.get(id)?.count ?? 0) + segment.count });
  }
  return Array.from(counts.values(), ({ key, count }) =>
    Object.fromEntries([...columns.map((column, at) => [column, key[at]]), [name, count]]),
  );
}
