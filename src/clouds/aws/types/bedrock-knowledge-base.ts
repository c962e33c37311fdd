import { listedType, regionalArn } from "../listed-type.ts";

/** Bedrock knowledge bases. */
export const bedrockKnowledgeBase = listedType({
  id: "bedrock:knowledge-base",
  category: "ai_model",
  billable: false,
  readActions: ["bedrock:ListKnowledgeBases", "bedrock:ListTagsForResource"],
  cloudFormation: "AWS::Bedrock::KnowledgeBase",
  terraform: "aws_bedrockagent_knowledge_base",
  service: "bedrockAgent",
  list: (api) => api.knowledgeBases,
  arn: regionalArn("bedrock", "knowledge-base/"),
  tags: { each: (api, arn, signal) => api.tagsOf(arn, signal) },
});
