import { listedType, regionalArn } from "../listed-type.ts";

/** Bedrock agents. */
export const bedrockAgent = listedType({
  id: "bedrock:agent",
  category: "ai_model",
  billable: false,
  readActions: ["bedrock:ListAgents", "bedrock:ListTagsForResource"],
  cloudFormation: "AWS::Bedrock::Agent",
  terraform: "aws_bedrockagent_agent",
  service: "bedrockAgent",
  list: (api) => api.agents,
  arn: regionalArn("bedrock", "agent/"),
  tags: { each: (api, arn, signal) => api.tagsOf(arn, signal) },
});
