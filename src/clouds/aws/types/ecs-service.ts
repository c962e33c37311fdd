import { listedType } from "../listed-type.ts";

/** ECS services, cluster by cluster. */
export const ecsService = listedType({
  id: "ecs:service",
  category: "container",
  billable: true,
  readActions: ["ecs:ListClusters", "ecs:ListServices"],
  cloudFormation: "AWS::ECS::Service",
  terraform: "aws_ecs_service",
  service: "ecs",
  parents: (api) => api.clusters,
  list: (api, clusterArn) => api.servicesOf(clusterArn),
  tags: "tagging_api",
});
