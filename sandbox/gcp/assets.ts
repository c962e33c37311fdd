import type { Estate, EstateGroup } from "../estate/types.ts";
import { FOLDER } from "./hierarchy.ts";

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
  /** Left out where there are none, as labels are. */
  readonly networkTags: readonly string[] | undefined;
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

/** Every asset of the company, its projects among them, in the estate's order. */
export function assetRuns(estate: Estate): readonly AssetRun[] {
  return estate.groups.flatMap((group) =>
    group.cloud === "gcp" ? [resourceRun(estate, group)] : [],
  );
}

/** A project's own place; it has a state, which few assets have. */
const IN_THE_FOLDER = {
  parentFullResourceName: `${MANAGER}/${FOLDER}`,
  parentAssetType: "cloudresourcemanager.googleapis.com/Folder",
  state: "ACTIVE",
} as const;

const parentOf = (project: string) => ({
  parentFullResourceName: `${MANAGER}/projects/${project}`,
  parentAssetType: PROJECT_TYPE,
});

function resourceRun(estate: Estate, group: EstateGroup): AssetRun {
  return {
    type: group.type,
    account: group.account,
    region: group.region,
    count: group.count,
    asset: (index) => {
      const resource = estate.resource(group, index);
      const { id, name, tags, createdAt } = resource;
      const networkTags = estate.linksOf(resource).map(({ to }) => to);
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
        networkTags: networkTags.length > 0 ? networkTags : undefined,
        createTime: createdAt,
        ...(group.type === PROJECT_TYPE ? IN_THE_FOLDER : parentOf(group.account)),
      };
    },
  };
}
