import type { Estate, EstateGroup } from "../estate/types.ts";
import { FOLDER, type Project } from "./hierarchy.ts";

export const PROJECT_TYPE = "cloudresourcemanager.googleapis.com/Project";

/** Fields of `ResourceSearchResult` that differ from one asset to the next. */
export interface Asset {
  /** Project id; the answer itself gives the number. */
  readonly account: string;
  readonly name: string;
  readonly assetType: string;
  readonly displayName: string;
  readonly location: string;
  /** An unlabelled asset has no such member at all, not an empty one. */
  readonly labels: Readonly<Record<string, string>> | undefined;
  readonly createTime: string;
  readonly parentFullResourceName: string;
  readonly parentAssetType: string;
  readonly state?: string;
}

/** Assets that share everything a search can filter on before they are made. */
export interface AssetRun {
  readonly type: string;
  readonly account: string;
  readonly region: string;
  readonly count: number;
  asset(index: number): Asset;
}

const MANAGER = "//cloudresourcemanager.googleapis.com";

/** Every asset of the company: its projects first, then what is in them, in the estate's order. */
export function assetRuns(estate: Estate, projects: readonly Project[]): readonly AssetRun[] {
  const groups = estate.groups.filter(({ cloud }) => cloud === "gcp");
  return [...projects.map(projectRun), ...groups.map((group) => resourceRun(estate, group))];
}

function projectRun({ id, displayName, createTime }: Project): AssetRun {
  const asset: Asset = {
    account: id,
    name: `${MANAGER}/projects/${id}`,
    assetType: PROJECT_TYPE,
    displayName,
    location: "global",
    labels: undefined,
    createTime,
    parentFullResourceName: `${MANAGER}/${FOLDER}`,
    parentAssetType: "cloudresourcemanager.googleapis.com/Folder",
    state: "ACTIVE",
  };
  return { type: PROJECT_TYPE, account: id, region: "global", count: 1, asset: () => asset };
}

function resourceRun(estate: Estate, group: EstateGroup): AssetRun {
  return {
    type: group.type,
    account: group.account,
    region: group.region,
    count: group.count,
    asset: (index) => {
      const { id, name, tags, createdAt } = estate.resource(group, index);
      return {
        account: group.account,
        name: id,
        assetType: group.type,
        displayName: name,
        // A zonal resource is located in its zone, as its full name says.
        location: /\/zones\/([^/]+)\//.exec(id)?.[1] ?? group.region,
        labels:
          tags.length > 0
            ? Object.fromEntries(tags.map(({ key, value }) => [key, value]))
            : undefined,
        createTime: createdAt,
        parentFullResourceName: `${MANAGER}/projects/${group.account}`,
        parentAssetType: PROJECT_TYPE,
      };
    },
  };
}
