import { listedType } from "../listed-type.ts";

/** Provisioned throughput of Bedrock models. */
export const bedrockProvisionedModel = listedType({
  id: "bedrock:provisioned-model",
  category: "ai_model",
  billable: true,
  readActions: ["bedrock:ListProvisionedModelThroughputs", "bedrock:ListTagsForResource"],
  cloudFormation: null,
  terraform: "aws_bedrock_provisioned_model_throughput",
  service: "bedrock",
  list: (api) => api.provisionedModels,
  tags: { each: (api, arn, signal) => api.tagsOf(arn, signal) },
});
