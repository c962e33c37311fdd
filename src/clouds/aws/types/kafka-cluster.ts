import { listedType } from "../listed-type.ts";

/** MSK clusters, serverless ones included. */
export const kafkaCluster = listedType({
  id: "kafka:cluster",
  category: "queue",
  billable: true,
  readActions: ["kafka:ListClustersV2"],
  cloudFormation: "AWS::MSK::Cluster",
  terraform: "aws_msk_cluster",
  service: "kafka",
  list: (api) => api.clusters,
  tags: "listed",
});
