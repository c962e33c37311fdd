import { createHash } from "node:crypto";
import type { FaultKind } from "../faults.ts";
import type { Estate, EstateGroup, EstateResource } from "../estate/types.ts";
import type { LoopbackAnswer } from "../loopback.ts";
import { assetTypeFilter, locationFilter, type Filter } from "./asset-filter.ts";
import { googleHeaders, invalidArgument, permissionDenied } from "./errors.ts";
import { FOLDER, ORGANIZATION, projectsBelow, type Project } from "./hierarchy.ts";

const DEFAULT_ROWS = 100;
const MAX_ROWS = 500;

/** Fields of `ResourceSearchResult` that a read mask may name. */
const FIELDS: ReadonlySet<string> = new Set([
  "additionalAttributes",
  "assetType",
  "attachedResources",
  "createTime",
  "description",
  "displayName",
  "effectiveTags",
  "enrichments",
  "folders",
  "kmsKey",
  "kmsKeys",
  "labels",
  "location",
  "name",
  "networkTags",
  "organization",
  "parentAssetType",
  "parentFullResourceName",
  "project",
  "relationships",
  "sccSecurityMarks",
  "state",
  "tagKeys",
  "tagValueIds",
  "tagValues",
  "tags",
  "updateTime",
  "versionedResources",
]);

export interface SearchContext {
  readonly estate: Estate;
  readonly projects: readonly Project[];
}

export interface Search {
  /** `projects/…`, `folders/…` or `organizations/…`. */
  readonly scope: string;
  readonly params: URLSearchParams;
  /** `partial` on a first page leaves something for the second one, which fails. */
  readonly fault: FaultKind | undefined;
}

/** Where a search goes on: a group of the selection and an index in it. */
interface Place {
  readonly group: number;
  readonly index: number;
}

/** What a search selects, in the estate's order, which is the same on every page. */
interface Selection {
  readonly groups: readonly EstateGroup[];
  readonly matchesLocation: (location: string) => boolean;
}

/**
 * Answers `GET /v1/{scope}:searchAllResources`. `orderBy=name` is taken for what paging needs of it,
 * an order that stays the same: names are made on demand and never sorted.
 */
export function searchAllResources(context: SearchContext, search: Search): LoopbackAnswer {
  const { params, scope } = search;
  const projects = projectsBelow(context.projects, scope);
  if (projects === undefined) {
    return permissionDenied("cloudasset.assets.searchAllResources", scope);
  }
  const selection = selectionOf(context.estate, projects, params);
  if ("status" in selection) return selection;
  const page = pageRequestOf(search);
  if ("status" in page) return page;

  // A search that is to be cut short goes on after one resource, even when it has no more.
  const isCut = search.fault === "partial";
  const rows = collect({ context, selection, from: page.from }, isCut ? 1 : page.limit);
  const next = rows.next ?? (isCut ? { group: selection.groups.length, index: 0 } : undefined);
  const results = rows.found.map((resource) => present(resource, projects, page.mask));
  const body = {
    ...(results.length > 0 ? { results } : {}),
    ...(next ? { nextPageToken: pageToken(next, search) } : {}),
  };
  return { status: 200, headers: googleHeaders(), body };
}

interface PageRequest {
  readonly mask: ReadonlySet<string>;
  readonly limit: number;
  readonly from: Place;
}

function pageRequestOf(search: Search): PageRequest | LoopbackAnswer {
  const { params } = search;
  if (!/^(name( asc)?)?$/i.test(params.get("orderBy") ?? "")) {
    return invalidArgument("order_by", "The sandbox keeps one order only, which it calls name.");
  }
  const mask = readMask(params.get("readMask"));
  if (mask === undefined) return invalidArgument("read_mask", "There is no such field.");
  const size = Number(params.get("pageSize") ?? 0);
  if (!Number.isInteger(size)) return invalidArgument("page_size", "Not an integer.");
  const from = readPageToken(search);
  if (from === undefined) return invalidArgument("page_token", "The page token is invalid.");
  return { mask, from, limit: size <= 0 ? DEFAULT_ROWS : Math.min(size, MAX_ROWS) };
}

function selectionOf(
  estate: Estate,
  projects: readonly Project[],
  params: URLSearchParams,
): Selection | LoopbackAnswer {
  const here = new Set(projects.map(({ id }) => id));
  const gcp = estate.groups.filter(({ cloud }) => cloud === "gcp");
  const known = new Set(gcp.map(({ type }) => type));
  const types = assetTypeFilter(params.getAll("assetTypes"), known);
  if (!types.ok) return invalidArgument("asset_types", types.reason);
  const locations: Filter<string> = locationFilter(params.get("query") ?? "");
  if (!locations.ok) return invalidArgument("query", locations.reason);
  return {
    groups: gcp.filter(
      (group) =>
        here.has(group.account) &&
        types.matches(group.type) &&
        locationsIn(group.region).some(locations.matches),
    ),
    matchesLocation: locations.matches,
  };
}

/** A group is of a region; those of its resources that are zonal are in one of its zones. */
function locationsIn(region: string): readonly string[] {
  return [region, `${region}-a`, `${region}-b`, `${region}-c`];
}

function readMask(text: string | null): ReadonlySet<string> | undefined {
  if (text === null || text === "" || text === "*") return FIELDS;
  const fields = text.split(",").map((field) => field.trim());
  return fields.every((field) => FIELDS.has(field)) ? new Set(fields) : undefined;
}

interface Walk {
  readonly context: SearchContext;
  readonly selection: Selection;
  readonly from: Place;
}

/** Up to `limit` resources, and where the next one is if there is one. */
function collect(
  { context, selection, from }: Walk,
  limit: number,
): { readonly found: readonly EstateResource[]; readonly next?: Place } {
  const found: EstateResource[] = [];
  for (let at = from.group; at < selection.groups.length; at += 1) {
    const group = selection.groups[at];
    if (group === undefined) break;
    for (let index = at === from.group ? from.index : 0; index < group.count; index += 1) {
      const resource = context.estate.resource(group, index);
      if (!selection.matchesLocation(locationOf(resource))) continue;
      if (found.length === limit) return { found, next: { group: at, index } };
      found.push(resource);
    }
  }
  return { found };
}

/** A zonal resource is located in its zone, as its full name says. */
function locationOf({ id, region }: EstateResource): string {
  return /\/zones\/([^/]+)\//.exec(id)?.[1] ?? region;
}

function present(
  resource: EstateResource,
  projects: readonly Project[],
  mask: ReadonlySet<string>,
): object {
  const number = projects.find(({ id }) => id === resource.account)?.number;
  const fields = {
    name: resource.id,
    assetType: resource.type,
    project: `projects/${number}`,
    folders: [FOLDER],
    organization: ORGANIZATION,
    displayName: resource.name,
    location: locationOf(resource),
    // An unlabelled resource has no such member at all, not an empty one.
    labels:
      resource.tags.length > 0
        ? Object.fromEntries(resource.tags.map(({ key, value }) => [key, value]))
        : undefined,
    createTime: resource.createdAt,
    parentFullResourceName: `//cloudresourcemanager.googleapis.com/projects/${resource.account}`,
    parentAssetType: "cloudresourcemanager.googleapis.com/Project",
  };
  if (mask === FIELDS) return fields;
  return Object.fromEntries(Object.entries(fields).filter(([field]) => mask.has(field)));
}

/** Good for the search it was issued for and no other; the page size may change. */
function pageToken({ group, index }: Place, search: Search): string {
  return Buffer.from(`${group}:${index}:${fingerprint(search)}`).toString("base64url");
}

function readPageToken(search: Search): Place | undefined {
  const token = search.params.get("pageToken") ?? "";
  if (token === "") return { group: 0, index: 0 };
  const text = Buffer.from(token, "base64url").toString("utf8");
  const [, group, index, mark] = /^(\d+):(\d+):(\w+)$/.exec(text) ?? [];
  if (mark !== fingerprint(search)) return undefined;
  return { group: Number(group), index: Number(index) };
}

function fingerprint({ scope, params }: Search): string {
  const asked = [scope, params.getAll("assetTypes").toSorted(), params.get("query")];
  return createHash("sha256").update(JSON.stringify(asked)).digest("hex").slice(0, 16);
}
