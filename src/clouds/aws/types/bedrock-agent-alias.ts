import { listedType, regionalArn } from "../listed-type.ts";

/** Aliases of Bedrock agents, agent by agent, without the test alias that each has. */
export const bedrockAgentAlias = listedType({
  id: "bedrock:agent-alias",
  category: "ai_model",
  billable: false,
  readActions: ["bedrock:ListAgents", "bedrock:ListAgentAliases", "bedrock:ListTagsForResource"],
  cloudFormation: "AWS::Bedrock::AgentAlias",
  terraform: "aws_bedrockagent_agent_alias",
  service: "bedrockAgent",
  parents: (api) => api.agents,
  list: (api, agent) => api.aliasesOf(agent),
  arn: regionalArn("bedrock", "agent-alias/"),
  tags: { each: (api, arn, signal) => api.tagsOf(arn, signal) },
});
