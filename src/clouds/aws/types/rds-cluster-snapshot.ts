import { listedType } from "../listed-type.ts";

/** Snapshots of database clusters, automated ones included. */
export const rdsClusterSnapshot = listedType({
  id: "rds:cluster-snapshot",
  category: "database",
  billable: true,
  readActions: ["rds:DescribeDBClusterSnapshots"],
  cloudFormation: null,
  terraform: "aws_db_cluster_snapshot",
  service: "rds",
  list: (api) => api.clusterSnapshots,
  tags: "listed",
});
