import { listedType } from "../listed-type.ts";

/** EMR clusters that have not ended. */
export const emrCluster = listedType({
  id: "elasticmapreduce:cluster",
  category: "other",
  billable: true,
  readActions: ["elasticmapreduce:ListClusters"],
  cloudFormation: "AWS::EMR::Cluster",
  terraform: "aws_emr_cluster",
  service: "emr",
  list: (api) => api.clusters,
  tags: "tagging_api",
});
