import { listedType } from "../listed-type.ts";

/** ElastiCache clusters: the nodes of replication groups are clusters too. */
export const elasticacheCluster = listedType({
  id: "elasticache:cluster",
  category: "database",
  billable: true,
  readActions: ["elasticache:DescribeCacheClusters"],
  cloudFormation: "AWS::ElastiCache::CacheCluster",
  terraform: "aws_elasticache_cluster",
  service: "elastiCache",
  list: (api) => api.clusters,
  tags: "tagging_api",
});
