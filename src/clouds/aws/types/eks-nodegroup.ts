import { listedType } from "../listed-type.ts";

/**
 * Managed node groups, cluster by cluster. Their ARNs end in a random id that only DescribeNodegroup tells.
 * A cluster that Resource Explorer does not show yet shows its node groups when it does.
 */
export const eksNodegroup = listedType({
  id: "eks:nodegroup",
  category: "kubernetes",
  billable: true,
  readActions: ["eks:ListClusters", "eks:ListNodegroups", "eks:DescribeNodegroup"],
  cloudFormation: "AWS::EKS::Nodegroup",
  terraform: "aws_eks_node_group",
  service: "eks",
  parents: (api) => api.clusters,
  parentsIndexedAs: "eks:cluster",
  list: (api, cluster) => api.nodegroupsOf(cluster),
  detail: (api, { id, parent }, signal) => api.nodegroup(parent, id, signal),
  tags: "listed",
});
