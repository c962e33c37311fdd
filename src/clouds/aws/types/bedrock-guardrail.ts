import { listedType } from "../listed-type.ts";

/** Bedrock guardrails. */
export const bedrockGuardrail = listedType({
  id: "bedrock:guardrail",
  category: "ai_model",
  billable: false,
  readActions: ["bedrock:ListGuardrails", "bedrock:ListTagsForResource"],
  cloudFormation: "AWS::Bedrock::Guardrail",
  terraform: "aws_bedrock_guardrail",
  service: "bedrock",
  list: (api) => api.guardrails,
  tags: { each: (api, arn, signal) => api.tagsOf(arn, signal) },
});
