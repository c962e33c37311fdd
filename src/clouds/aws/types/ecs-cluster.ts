import { listedType } from "../listed-type.ts";

/** ECS clusters. */
export const ecsCluster = listedType({
  id: "ecs:cluster",
  category: "container",
  billable: false,
  readActions: ["ecs:ListClusters"],
  cloudFormation: "AWS::ECS::Cluster",
  terraform: "aws_ecs_cluster",
  service: "ecs",
  list: (api) => api.clusters,
  tags: "tagging_api",
});
