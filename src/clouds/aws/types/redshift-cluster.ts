import { listedType, regionalArn } from "../listed-type.ts";

/** Redshift clusters. The ARN in the list is that of their namespace. */
export const redshiftCluster = listedType({
  id: "redshift:cluster",
  category: "database",
  billable: true,
  readActions: ["redshift:DescribeClusters"],
  cloudFormation: "AWS::Redshift::Cluster",
  terraform: "aws_redshift_cluster",
  service: "redshift",
  list: (api) => api.clusters,
  arn: regionalArn("redshift", "cluster:"),
  tags: "listed",
});
