import type { EstateResource } from "../estate/types.ts";
import { COMMON_ERRORS } from "./empty-lists.ts";
import { failure, json, type WireResult } from "./protocol.ts";
import type { AwsCall, AwsService } from "./service.ts";

/** A managed node group that never had a tag, planted beside the estate. */
export interface PlantedNodegroup {
  readonly account: string;
  readonly region: string;
  readonly cluster: string;
  readonly name: string;
}

const CREATED_AT_SECONDS = 1_760_000_000;

/**
 * EKS (2017-11-01): the clusters of planted node groups, and these. Clusters are not taggable here; but for
 * these lists they appear in Resource Explorer only. https://docs.aws.amazon.com/eks/latest/APIReference/
 */
export function createEksService(planted: readonly PlantedNodegroup[] = []): AwsService {
  const here = ({ account, region }: AwsCall): readonly PlantedNodegroup[] =>
    planted.filter((group) => group.account === account && group.region === region);
  const inCluster = (call: AwsCall): readonly PlantedNodegroup[] =>
    here(call).filter(({ cluster }) => cluster === pathOf(call)[1]);
  return {
    protocol: "rest-json",
    global: false,
    lists: new Set(["ListClusters", "ListNodegroups"]),
    read: ({ method, url }) => {
      const path = url.pathname.slice(1).split("/").map(decodeURIComponent);
      const operation = OPERATIONS[path.length];
      if (method !== "GET" || path[0] !== "clusters" || operation === undefined) return undefined;
      return { operation, input: path, laterPage: url.searchParams.has("nextToken") };
    },
    operations: {
      ListClusters: (call) =>
        json({ clusters: [...new Set(here(call).map(({ cluster }) => cluster))] }),
      ListNodegroups: (call) => {
        const groups = inCluster(call);
        if (groups.length === 0) return noSuch("cluster");
        return json({ nodegroups: groups.map(({ name }) => name) });
      },
      DescribeNodegroup: (call) => {
        const group = inCluster(call).find(({ name }) => name === pathOf(call)[3]);
        return group === undefined ? noSuch("node group") : json({ nodegroup: shown(group) });
      },
    },
    errors: COMMON_ERRORS,
  };
}

/** The clusters of planted node groups, as Resource Explorer indexes them. */
export function clustersOf(planted: readonly PlantedNodegroup[]): readonly EstateResource[] {
  const clusters = planted.map(({ account, region, cluster }): EstateResource => {
    const id = `arn:aws:eks:${region}:${account}:cluster/${cluster}`;
    const createdAt = new Date(CREATED_AT_SECONDS * 1000).toISOString();
    const what = { cloud: "aws", type: "eks:cluster", condition: "never_tagged" } as const;
    return { ...what, account, region, id, name: cluster, tags: [], createdAt };
  });
  return [...new Map(clusters.map((cluster) => [cluster.id, cluster])).values()];
}

/** By the number of segments of the path: `clusters/NAME/node-groups/NAME`. */
const OPERATIONS: Readonly<Record<number, string>> = {
  1: "ListClusters",
  3: "ListNodegroups",
  4: "DescribeNodegroup",
};

function noSuch(noun: string): WireResult {
  return failure("ResourceNotFoundException", `No ${noun} found.`, 404);
}

function pathOf({ input }: AwsCall): readonly unknown[] {
  return Array.isArray(input) ? input : [];
}

function shown({ account, region, cluster, name }: PlantedNodegroup): object {
  return {
    nodegroupName: name,
    // AWS makes up an id at the end.
    nodegroupArn: `arn:aws:eks:${region}:${account}:nodegroup/${cluster}/${name}/11111111-2222-4333-8444-777777777777`,
    clusterName: cluster,
    status: "ACTIVE",
    createdAt: CREATED_AT_SECONDS,
    tags: {},
  };
}
