import { createHash } from "node:crypto";
import type { FaultKind } from "../faults.ts";
import type { LoopbackAnswer } from "../loopback.ts";
import { assetTypeFilter, searchFilter } from "./asset-filter.ts";
import { googleHeaders, invalidArgument, permissionDenied } from "./errors.ts";
import type { Asset, AssetRun } from "./assets.ts";
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
  /** Everything there is to find, in the order of every search. */
  readonly runs: readonly AssetRun[];
  readonly projects: readonly Project[];
}

export interface Search {
  /** `projects/…`, `folders/…` or `organizations/…`. */
  readonly scope: string;
  readonly params: URLSearchParams;
  /** `partial` on a first page leaves something for the second one, which fails. */
  readonly fault: FaultKind | undefined;
}

/** Where a search goes on: a run of the selection and an index in it. */
interface Place {
  readonly run: number;
  readonly index: number;
}

/** What a search selects, in an order that is the same on every page. */
interface Selection {
  readonly runs: readonly AssetRun[];
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
  const selection = selectionOf(context.runs, projects, params);
  if ("status" in selection) return selection;
  const page = pageRequestOf(search);
  if ("status" in page) return page;

  // A search that is to be cut short goes on after one resource, even when it has no more.
  const isCut = search.fault === "partial";
  const rows = collect(selection, page.from, isCut ? 1 : page.limit);
  const next = rows.next ?? (isCut ? { run: selection.runs.length, index: 0 } : undefined);
  const results = rows.found.map((asset) => present(asset, projects, page.mask));
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
  runs: readonly AssetRun[],
  projects: readonly Project[],
  params: URLSearchParams,
): Selection | LoopbackAnswer {
  const here = new Set(projects.map(({ id }) => id));
  const asked = params.getAll("assetTypes");
  const types = assetTypeFilter(asked, new Set(runs.map(({ type }) => type)));
  if (!types.ok) return invalidArgument("asset_types", types.reason);
  const query = searchFilter(params.get("query") ?? "");
  if (!query.ok) return invalidArgument("query", query.reason);
  const numberOf = new Map(projects.map(({ id, number }) => [id, `projects/${number}`]));
  return {
    runs: runs.filter(
      ({ type, account, region }) =>
        here.has(account) &&
        types.matches(type) &&
        query.project(numberOf.get(account) ?? "") &&
        locationsIn(region).some(query.location),
    ),
    matchesLocation: query.location,
  };
}

/** A run is of a region; those of its resources that are zonal are in one of its zones. */
function locationsIn(region: string): readonly string[] {
  return [region, `${region}-a`, `${region}-b`, `${region}-c`];
}

function readMask(text: string | null): ReadonlySet<string> | undefined {
  if (text === null || text === "" || text === "*") return FIELDS;
  const fields = text.split(",").map((field) => field.trim());
  return fields.every((field) => FIELDS.has(field)) ? new Set(fields) : undefined;
}

/** Up to `limit` assets, and where the next one is if there is one. */
function collect(
  { runs, matchesLocation }: Selection,
  from: Place,
  limit: number,
): { readonly found: readonly Asset[]; readonly next?: Place } {
  const found: Asset[] = [];
  for (const [at, run] of runs.entries()) {
    if (at < from.run) continue;
    for (let index = at === from.run ? from.index : 0; index < run.count; index += 1) {
      const asset = run.asset(index);
      if (!matchesLocation(asset.location)) continue;
      if (found.length === limit) return { found, next: { run: at, index } };
      found.push(asset);
    }
  }
  return { found };
}

/** A Resource Manager tag of the organization holds for everything in it. */
const DATA_RESIDENCY = {
  attachedResource: `//cloudresourcemanager.googleapis.com/${ORGANIZATION}`,
  effectiveTags: [
    {
      tagKey: `${ORGANIZATION.slice("organizations/".length)}/data-residency`,
      tagKeyId: "tagKeys/281478395625645",
      tagValue: `${ORGANIZATION.slice("organizations/".length)}/data-residency/eu`,
      tagValueId: "tagValues/281480772640216",
    },
  ],
};

function present(
  { account, ...own }: Asset,
  projects: readonly Project[],
  mask: ReadonlySet<string>,
): object {
  const number = projects.find(({ id }) => id === account)?.number;
  const fields = {
    ...own,
    project: `projects/${number}`,
    folders: [FOLDER],
    organization: ORGANIZATION,
    effectiveTags: [DATA_RESIDENCY],
  };
  if (mask === FIELDS) return fields;
  return Object.fromEntries(Object.entries(fields).filter(([field]) => mask.has(field)));
}

/** Good for the search it was issued for and no other; the page size may change. */
function pageToken({ run, index }: Place, search: Search): string {
  return Buffer.from(`${run}:${index}:${fingerprint(search)}`).toString("base64url");
}

function readPageToken(search: Search): Place | undefined {
  const token = search.params.get("pageToken") ?? "";
  if (token === "") return { run: 0, index: 0 };
  const text = Buffer.from(token, "base64url").toString("utf8");
  const [, run, index, mark] = /^(\d+):(\d+):(\w+)$/.exec(text) ?? [];
  if (mark !== fingerprint(search)) return undefined;
  return { run: Number(run), index: Number(index) };
}

function fingerprint({ scope, params }: Search): string {
  const asked = [scope, params.getAll("assetTypes").toSorted(), params.get("query")];
  return createHash("sha256").update(JSON.stringify(asked)).digest("hex").slice(0, 16);
}
