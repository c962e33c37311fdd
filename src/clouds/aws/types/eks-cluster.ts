import { listedType, regionalArn } from "../listed-type.ts";

/** EKS clusters, which are listed by name. */
export const eksCluster = listedType({
  id: "eks:cluster",
  category: "kubernetes",
  billable: true,
  readActions: ["eks:ListClusters"],
  cloudFormation: "AWS::EKS::Cluster",
  terraform: "aws_eks_cluster",
  service: "eks",
  list: (api) => api.clusters,
  arn: regionalArn("eks", "cluster/"),
  tags: "tagging_api",
});
