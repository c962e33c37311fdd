import { z } from "zod";
import { linksTo } from "../../domain/links.ts";
import type { Resource, TagSet } from "../../domain/resource.ts";
import { ANY, type Cell } from "../../domain/scan/cell.ts";
import { azureMalformed, azureTruncated } from "./errors.ts";
import { AZURE_RESOURCE_TYPES, RESOURCE_GROUP_TYPE, SUBSCRIPTION_TYPE } from "./resource-types.ts";

/** What a query asks for in each of its subscriptions. */
export type Place = Pick<Cell, "region" | "resourceType">;

/**
 * Where types say which subnet they are in: network interfaces; private endpoints; web apps; clusters;
 * load balancers; application gateways; flexible database servers; caches. A virtual machine names its
 * interfaces alone; a scale set says where it makes them. (Each type's reference, "Bicep resource definition".)
 */
const SUBNETS = [
  "ipConfigurations[0].properties.subnet.id",
  "subnet.id",
  "virtualNetworkSubnetId",
  "agentPoolProfiles[0].vnetSubnetID",
  "frontendIPConfigurations[0].properties.subnet.id",
  "gatewayIPConfigurations[0].properties.subnet.id",
  "network.delegatedSubnetResourceId",
  "subnetId",
  "virtualMachineProfile.networkProfile.networkInterfaceConfigurations[0].properties.ipConfigurations[0].properties.subnet.id",
];

/** `tostring` makes an empty text of what is not there, and `coalesce` passes those over (Kusto reference). */
const SUBNET = `coalesce(${SUBNETS.map((path) => `tostring(properties.${path})`).join(", ")})`;

/** `id` must be projected and ordered by, or Resource Graph gives no skip token and stops at one page. */
const COLUMNS = "project id, name, type, location, subscriptionId, resourceGroup, tags";
const LINK_COLUMNS = `subnet = ${SUBNET}, securityGroup = tostring(properties.networkSecurityGroup.id)`;
const ORDER = "order by id asc";

/** One question in two wordings: the plain one is for where Azure does not take the computed columns. */
export interface ResourceQuery {
  readonly linked: string;
  readonly plain: string;
}

function projected(steps: Steps): ResourceQuery {
  return {
    linked: [...steps, `${COLUMNS}, ${LINK_COLUMNS}`, ORDER].join(" | "),
    plain: [...steps, COLUMNS, ORDER].join(" | "),
  };
}

/**
 * The query that reads a place. Subscriptions and resource groups live in a table of their own and
 * are joined by a union, as in Microsoft's samples; the subscription itself is always asked for: its
 * row is the witness that the credential can read it. Tags are read whole and judged here: Kusto
 * compares tag names with case, Azure does not.
 */
export function cellQuery(place: Place): ResourceQuery {
  return projected(united(place));
}

/** The same as `cellQuery`, table by table. */
export function separateQueries(place: Place): readonly ResourceQuery[] {
  return tablesOf(place).map(projected);
}

/** How many rows `cellQuery` has in each subscription. One without a row is not in the answer. */
export function countQuery(place: Place): string {
  return [...united(place), "summarize rows = count() by subscriptionId"].join(" | ");
}

type Steps = readonly string[];

function united(place: Place): Steps {
  const [first = [], ...others] = tablesOf(place);
  return [...first, ...others.map((steps) => `union (${steps.join(" | ")})`)];
}

/** Containers come from every region: few of them are read in vain, and a subscription has none. */
function tablesOf({ region, resourceType }: Place): readonly Steps[] {
  const place = region === ANY ? [] : [`where location in~ (${locations(region)})`];
  const wanted = resourceType.toLowerCase();
  if (wanted === SUBSCRIPTION_TYPE.toLowerCase()) return [containers([SUBSCRIPTION_TYPE])];
  if (wanted === RESOURCE_GROUP_TYPE.toLowerCase())
    return [containers([SUBSCRIPTION_TYPE, RESOURCE_GROUP_TYPE])];
  if (resourceType === ANY)
    return [["resources", ...place], containers([SUBSCRIPTION_TYPE, RESOURCE_GROUP_TYPE])];
  return [
    ["resources", `where type =~ ${kqlText(resourceType)}`, ...place],
    containers([SUBSCRIPTION_TYPE]),
  ];
}

function containers(types: readonly string[]): Steps {
  return ["resourcecontainers", `where type in~ (${types.map(kqlText).join(", ")})`];
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

const Row = z.object({
  id: z.string().min(1),
  type: z.string().min(1),
  location: z.string().nullish(),
  subscriptionId: z.string().min(1),
  tags: z.record(z.string(), z.string().nullable()).nullish(),
  subnet: z.string().nullish(),
  securityGroup: z.string().nullish(),
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

function toResource(row: GraphRow): Resource {
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
    ...linksOf(row),
  };
}

const SUBNET_OF = /^(\/.+\/virtualnetworks\/[^/]+)\/subnets\/[^/]+$/;

/** A subnet's id begins with its network's. */
function linksOf({ subnet, securityGroup }: GraphRow): Pick<Resource, "links"> {
  const within = (subnet ?? "").toLowerCase();
  return linksTo({
    network: SUBNET_OF.exec(within)?.[1],
    subnet: within,
    security_group: securityGroup?.toLowerCase(),
  });
}

/** `West Europe` and `westeurope` are one place; some types keep the display name. */
export function azureRegion(location: string | null | undefined): string {
  const folded = (location ?? "").toLowerCase().replaceAll(" ", "");
  return folded === "" ? GLOBAL : folded;
}

/**
 * The resource's own tags: Azure has no inheritance. Resource Graph gives `null` as well as `{}` for a
 * resource without tags; either way they were read and there are none. A tag without a value likewise
 * comes as "" or null.
 */
function toTags(tags: GraphRow["tags"]): TagSet {
  return Object.entries(tags ?? {}).map(([key, value]) => ({ key, value: value ?? "" }));
}
