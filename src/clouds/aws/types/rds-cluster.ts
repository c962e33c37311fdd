import { listedType } from "../listed-type.ts";

/** Database clusters: Aurora, Multi-AZ, Neptune and DocumentDB. */
export const rdsCluster = listedType({
  id: "rds:cluster",
  category: "database",
  billable: true,
  readActions: ["rds:DescribeDBClusters"],
  cloudFormation: "AWS::RDS::DBCluster",
  terraform: "aws_rds_cluster",
  service: "rds",
  list: (api) => api.clusters,
  tags: "listed",
});
