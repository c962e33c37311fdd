import { listedType } from "../listed-type.ts";

/** ElastiCache replication groups. */
export const elasticacheReplicationGroup = listedType({
  id: "elasticache:replicationgroup",
  category: "database",
  billable: true,
  readActions: ["elasticache:DescribeReplicationGroups"],
  cloudFormation: "AWS::ElastiCache::ReplicationGroup",
  terraform: "aws_elasticache_replication_group",
  service: "elastiCache",
  list: (api) => api.replicationGroups,
  tags: "tagging_api",
});
