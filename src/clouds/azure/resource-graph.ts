import { z } from "zod";
import type { Resource, TagSet } from "../../domain/resource.ts";
import { ANY, type Cell } from "../../domain/scan/cell.ts";
import { azureMalformed, azureTruncated } from "./errors.ts";
import { MAX_ROWS_PER_PAGE, RESOURCE_GRAPH_API_VERSION } from "./limits.ts";
import { AZURE_RESOURCE_TYPES, RESOURCE_GROUP_TYPE } from "./resource-types.ts";

/** `POST` here with the body of `queryBody`. */
export const RESOURCE_GRAPH_PATH = `/providers/Microsoft.ResourceGraph/resources?api-version=${RESOURCE_GRAPH_API_VERSION}`;

/** `id` must be projected and ordered by, or Resource Graph gives no skip token and stops at one page. */
const PROJECTION =
  "project id, name, type, location, subscriptionId, resourceGroup, tags | order by id asc";

/**
 * The queries that together read one cell. Resource groups live in a table of their own. Tags are read
 * whole and judged here: Kusto compares tag names with case, Azure does not.
 */
export function cellQueries(cell: Cell): readonly string[] {
  const place = cell.region === ANY ? [] : [`where location in~ (${locations(cell.region)})`];
  const groups = ["resourcecontainers", `where type =~ ${kqlText(RESOURCE_GROUP_TYPE)}`];
  const wanted = cell.resourceType.toLowerCase();
  if (cell.resourceType === ANY) return [kql(["resources", ...place]), kql([...groups, ...place])];
  if (wanted === RESOURCE_GROUP_TYPE.toLowerCase()) return [kql([...groups, ...place])];
  return [kql(["resources", `where type =~ ${kqlText(cell.resourceType)}`, ...place])];
}

function kql(steps: readonly string[]): string {
  return [...steps, PROJECTION].join(" | ");
}

/** A resource without a place has an empty location (Kusto text is never null) or the word `global`. */
function locations(region: string): string {
  return (region === GLOBAL ? [GLOBAL, ""] : [region]).map(kqlText).join(", ");
}

/** A Kusto string literal: backslash escapes, as in C (learn.microsoft.com/kusto/query/scalar-data-types/string). */
export function kqlText(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
}

const GLOBAL = "global";

/** Narrowest possible scope: one subscription, so that what is denied is one cell. */
export function queryBody(
  query: string,
  subscription: string,
  skipToken: string | undefined,
): unknown {
  return {
    query,
    subscriptions: [subscription],
    options: {
      $top: MAX_ROWS_PER_PAGE,
      resultFormat: "objectArray",
      ...(skipToken === undefined ? {} : { $skipToken: skipToken }),
    },
  };
}

const Row = z.object({
  id: z.string().min(1),
  type: z.string().min(1),
  location: z.string().nullish(),
  subscriptionId: z.string().min(1),
  tags: z.record(z.string(), z.string().nullable()).nullish(),
});
export type GraphRow = z.infer<typeof Row>;

/** QueryResponse of the specification of api-version 2022-10-01, as far as a reader needs it. */
const Page = z.object({
  totalRecords: z.number(),
  count: z.number(),
  resultTruncated: z.enum(["true", "false"]),
  $skipToken: z.string().optional(),
  data: z.array(z.unknown()),
});

export interface GraphPage<T> {
  readonly rows: readonly T[];
  /** Of the next page; undefined on the last. */
  readonly skipToken: string | undefined;
}

/**
 * One page of an answer, only if it is whole.
 * @throws {AppError} `cloud_truncated` when rows are missing and no token leads to them,
 * `cloud_unavailable` when the answer has another shape.
 */
export function parseGraphPage<T>(
  body: unknown,
  row: z.ZodType<T>,
  { firstPage }: { readonly firstPage: boolean },
): GraphPage<T> {
  const page = Page.safeParse(body);
  if (!page.success) throw azureMalformed("Resources", page.error);
  const { totalRecords, count, resultTruncated, data } = page.data;
  const skipToken = page.data.$skipToken === "" ? undefined : page.data.$skipToken;
  const lacksRows =
    data.length < count ||
    (skipToken === undefined &&
      (resultTruncated === "true" || (firstPage && count < totalRecords)));
  if (lacksRows) throw azureTruncated({ totalRecords, count, rows: data.length, resultTruncated });
  const rows = z.array(row).safeParse(data);
  if (!rows.success) throw azureMalformed("Resources", rows.error);
  return { rows: rows.data, skipToken };
}

/** One page of resources. See `parseGraphPage` for what it throws. */
export function parseResourcePage(
  body: unknown,
  options: { readonly firstPage: boolean },
): GraphPage<Resource> {
  const page = parseGraphPage(body, Row, options);
  return { rows: page.rows.map(toResource), skipToken: page.skipToken };
}

const CANONICAL_TYPE: ReadonlyMap<string, string> = new Map(
  AZURE_RESOURCE_TYPES.map(({ id }) => [id.toLowerCase(), id]),
);

export function toResource(row: GraphRow): Resource {
  return {
    cloud: "azure",
    account: row.subscriptionId.toLowerCase(),
    region: azureRegion(row.location),
    // Resource Graph gives every type in lower case.
    type: CANONICAL_TYPE.get(row.type.toLowerCase()) ?? row.type,
    id: row.id,
    tags: toTags(row.tags),
    // Only some types carry a creation time, each under another property.
    createdAt: null,
  };
}

/** `West Europe` and `westeurope` are one place; some types keep the display name. */
export function azureRegion(location: string | null | undefined): string {
  const folded = (location ?? "").toLowerCase().replaceAll(" ", "");
  return folded === "" ? GLOBAL : folded;
}

/**
 * Resource Graph gives `null` as well as `{}` for a resource without tags; either way the tags were
 * read and there are none. A tag without a value likewise comes as "" or null.
 */
function toTags(tags: GraphRow["tags"]): TagSet {
  return Object.entries(tags ?? {}).map(([key, value]) => ({ key, value: value ?? "" }));
}
