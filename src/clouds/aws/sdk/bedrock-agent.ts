import {
  BedrockAgentClient,
  ListAgentAliasesCommand,
  ListAgentsCommand,
  ListKnowledgeBasesCommand,
  ListTagsForResourceCommand,
} from "@aws-sdk/client-bedrock-agent";
import type { TagSet } from "../../../domain/resource.ts";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf, readTagMap } from "./listing.ts";

export interface BedrockAgentApi {
  readonly agents: List;
  /** Aliases of one agent, as `agent-id/alias-id`. */
  aliasesOf(agentId: string): List;
  readonly knowledgeBases: List;
  tagsOf(arn: string, signal: AbortSignal): Promise<TagSet>;
}

const PAGE_SIZE = 1000;
/** Every agent has this alias of its draft; it cannot be made, changed or deleted. */
const TEST_ALIAS = "TSTALIASID";

export function connect(options: ConnectOptions): BedrockAgentApi {
  const client = new BedrockAgentClient(clientSettings(options));
  return {
    agents: async (token, signal) => {
      const command = new ListAgentsCommand({ maxResults: PAGE_SIZE, nextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.agentSummaries, answer.nextToken, (agent) =>
        agent.agentStatus === "DELETING" ? undefined : { id: agent.agentId },
      );
    },
    aliasesOf: (agentId) => async (token, signal) => {
      const command = new ListAgentAliasesCommand({
        agentId,
        maxResults: PAGE_SIZE,
        nextToken: token,
      });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.agentAliasSummaries, answer.nextToken, (alias) =>
        alias.agentAliasId === TEST_ALIAS || alias.agentAliasStatus === "DELETING"
          ? undefined
          : { id: `${agentId}/${alias.agentAliasId}`, createdAt: alias.createdAt },
      );
    },
    knowledgeBases: async (token, signal) => {
      const command = new ListKnowledgeBasesCommand({ maxResults: PAGE_SIZE, nextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.knowledgeBaseSummaries, answer.nextToken, (base) =>
        base.status === "DELETING" ? undefined : { id: base.knowledgeBaseId },
      );
    },
    tagsOf: async (arn, signal) => {
      const command = new ListTagsForResourceCommand({ resourceArn: arn });
      return readTagMap((await client.send(command, { abortSignal: signal })).tags);
    },
  };
}
