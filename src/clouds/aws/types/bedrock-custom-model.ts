import { listedType } from "../listed-type.ts";

/** Bedrock models that the account trained. */
export const bedrockCustomModel = listedType({
  id: "bedrock:custom-model",
  category: "ai_model",
  billable: true,
  readActions: ["bedrock:ListCustomModels", "bedrock:ListTagsForResource"],
  cloudFormation: null,
  terraform: "aws_bedrock_custom_model",
  service: "bedrock",
  list: (api) => api.customModels,
  tags: { each: (api, arn, signal) => api.tagsOf(arn, signal) },
});
