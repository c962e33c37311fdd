import { z } from "zod";
import { linksTo } from "../../domain/links.ts";
import type { InheritedTag, Resource } from "../../domain/resource.ts";
import { ANY, type Cell, cellHolds } from "../../domain/scan/cell.ts";
import { gcpMalformed } from "./errors.ts";
import { MAX_RESULTS_PER_PAGE } from "./limits.ts";
import { GCP_RESOURCE_TYPES, PROJECT_TYPE } from "./resource-types.ts";
import type { GcpCall } from "./session.ts";

export const SEARCH_OPERATION = "searchAllResources";

/**
 * Labels are what is judged; effective Resource Manager tags are shown beside them. Network tags belong to
 * firewalls: they are evidence of what a resource is part of, and never judged. The network itself stands
 * in `additionalAttributes` alone, which programs are asked not to read (ResourceSearchResult).
 */
const READ_MASK = "name,assetType,project,location,labels,createTime,effectiveTags,networkTags";

const GLOBAL = "global";

/** What a search asks for in each of its projects. */
export type Place = Pick<Cell, "region" | "resourceType">;

/** The request for one page of a cell. */
export function searchCall(cell: Cell, pageToken: string | undefined): GcpCall {
  const query = pageQuery(pageToken);
  if (cell.resourceType !== ANY) query.append("assetTypes", cell.resourceType);
  const places = locations(cell.region);
  if (places.length > 0) query.set("query", `location:${places.join("")}`);
  return searchIn(`projects/${encodeURIComponent(cell.account)}`, query);
}

/** Several projects, and what of them is asked for. */
export interface JoinedSearch extends Place {
  /** `organizations/…` or `folders/…` that the projects are in. */
  readonly scope: string;
  /** Project numbers. */
  readonly projects: readonly string[];
}

/**
 * The request for one page of several projects. Each project is an asset itself, without a region: it
 * is always asked for, as the witness that the search knew the project
 * (cloud.google.com/asset-inventory/docs/query-syntax, "Partial text matching" and "OR").
 */
export function joinedCall(search: JoinedSearch, pageToken: string | undefined): GcpCall {
  const query = pageQuery(pageToken);
  if (search.resourceType !== ANY)
    for (const type of new Set([search.resourceType, PROJECT_TYPE]))
      query.append("assetTypes", type);
  const places = [...locations(search.region), ...locations(search.region).map(() => GLOBAL)];
  query.set(
    "query",
    [
      `project:(${search.projects.join(" OR ")})`,
      ...(places.length > 0 ? [`location:(${places.join(" OR ")})`] : []),
    ].join(" AND "),
  );
  return searchIn(search.scope, query);
}

/**
 * Matches by words, so that it finds the zones of a region, and more: what it finds is checked again.
 * A resource without a location cannot be asked for, so `global` asks for everything.
 */
function locations(region: string): readonly string[] {
  return region === ANY || region === GLOBAL ? [] : [region];
}

function pageQuery(pageToken: string | undefined): URLSearchParams {
  const query = new URLSearchParams({
    pageSize: String(MAX_RESULTS_PER_PAGE),
    readMask: READ_MASK,
    // The default order is not promised to be total, and pages must neither overlap nor skip.
    orderBy: "name",
  });
  if (pageToken !== undefined) query.set("pageToken", pageToken);
  return query;
}

/** @param scope `projects/…` or `organizations/…`, its parts encoded. */
export function searchIn(scope: string, query: URLSearchParams): GcpCall {
  return {
    service: "assets",
    path: `/v1/${scope}:searchAllResources`,
    query,
    operation: SEARCH_OPERATION,
  };
}

/** EffectiveTagDetails of the same document: all tags that come from one place. */
const EffectiveTags = z.object({
  attachedResource: z.string().default(""),
  effectiveTags: z
    .array(z.object({ tagKey: z.string().default(""), tagValue: z.string().default("") }))
    .default([]),
});

/** ResourceSearchResult of the discovery document `cloudasset` v1, as far as a reader needs it. */
const SearchResult = z.object({
  name: z.string().min(1),
  assetType: z.string().min(1),
  project: z.string().optional(),
  location: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  createTime: z.string().optional(),
  effectiveTags: z.array(EffectiveTags).optional(),
  networkTags: z.array(z.string()).optional(),
});
export type AssetResult = z.infer<typeof SearchResult>;

export interface SearchPage<T> {
  readonly results: readonly T[];
  /** Of the next page; undefined on the last. A page may be short, or even empty, without being the last. */
  readonly nextPageToken: string | undefined;
}

/** @throws {AppError} `cloud_unavailable` when the answer has another shape. */
export function parseSearchPage<T>(body: unknown, result: z.ZodType<T>): SearchPage<T> {
  const page = z
    .object({ results: z.array(result).default([]), nextPageToken: z.string().optional() })
    .safeParse(body);
  if (!page.success) throw gcpMalformed(SEARCH_OPERATION, page.error);
  const { results, nextPageToken } = page.data;
  return { results, nextPageToken: nextPageToken === "" ? undefined : nextPageToken };
}

/** The resources of one page that the cell speaks for. */
export function parseResourcePage(body: unknown, cell: Cell): SearchPage<Resource> {
  const page = parseSearchPage(body, SearchResult);
  const resources = page.results.flatMap((result) => judgedOf(result, cell));
  return { results: resources, nextPageToken: page.nextPageToken };
}

/** One row of a search of several projects. */
export interface JoinedRow {
  /** Number of the project that the row belongs to. */
  readonly project: string;
  /** The row is that project itself. */
  readonly witness: boolean;
  /** The resource in the project's cell; nothing when the cell does not speak for it. */
  resourcesIn(cell: Cell): readonly Resource[];
}

/** The rows of one page of a search of several projects. */
export function parseJoinedPage(body: unknown): SearchPage<JoinedRow> {
  const page = parseSearchPage(body, SearchResult);
  const results = page.results.map((result) => ({
    project: (result.project ?? "").replace("projects/", ""),
    witness: result.assetType === PROJECT_TYPE,
    resourcesIn: (cell: Cell) => judgedOf(result, cell),
  }));
  return { results, nextPageToken: page.nextPageToken };
}

function judgedOf(result: AssetResult, cell: Cell): readonly Resource[] {
  if (!isJudged(result)) return [];
  const resource = toResource(result, cell.account);
  return cellHolds(cell, resource) ? [resource] : [];
}

const TAGGABLE: ReadonlyMap<string, boolean> = new Map(
  GCP_RESOURCE_TYPES.map(({ id, taggable }) => [id, taggable]),
);

/**
 * The inventory also lists what nobody can label: enabled APIs, IAM bindings, routes, subnetworks. To
 * judge them would bury the real gaps, so of the types this build does not know only those that are
 * seen to carry labels are resources here.
 */
function isJudged({ assetType, labels }: AssetResult): boolean {
  return TAGGABLE.get(assetType) ?? Object.keys(labels ?? {}).length > 0;
}

/** @param account project id; the answer itself names the project by number. */
export function toResource(result: AssetResult, account: string): Resource {
  return {
    cloud: "gcp",
    account,
    region: gcpRegion(result.location),
    type: result.assetType,
    id: result.name,
    // The member is left out when there are no labels; the mask asked for it, so it was read.
    tags: Object.entries(result.labels ?? {}).map(([key, value]) => ({ key, value })),
    inheritedTags: inheritedOf(result),
    createdAt: toIso(result.createTime),
    ...linksTo({ network_tag: result.networkTags }),
  };
}

/**
 * Keys are namespaced (`433617025984/env`), and a value's name begins with its key's; the search gives
 * each place that tags come from, the resource itself first.
 */
function inheritedOf({ effectiveTags = [] }: AssetResult): readonly InheritedTag[] {
  return effectiveTags.flatMap(({ attachedResource: from, effectiveTags: tags }) =>
    tags.map(({ tagKey: key, tagValue }) => {
      const value = tagValue.startsWith(`${key}/`) ? tagValue.slice(key.length + 1) : tagValue;
      return { key, value, from };
    }),
  );
}

/** `us-central1-a` lies in `us-central1`; multi-regions such as `US` stay as they are, in lower case. */
export function gcpRegion(location: string | undefined): string {
  const place = (location ?? "").toLowerCase();
  if (place === "") return GLOBAL;
  return /^([a-z]+-[a-z]+\d+)-[a-z]$/.exec(place)?.[1] ?? place;
}

function toIso(time: string | undefined): string | null {
  const at = new Date(time ?? "");
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
