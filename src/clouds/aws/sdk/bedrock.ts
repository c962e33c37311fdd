import {
  BedrockClient,
  ListCustomModelsCommand,
  ListGuardrailsCommand,
  ListProvisionedModelThroughputsCommand,
  ListTagsForResourceCommand,
} from "@aws-sdk/client-bedrock";
import type { TagSet } from "../../../domain/resource.ts";
import type { ConnectOptions } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";
import { perRegion, signAs } from "./regional-client.ts";

export interface BedrockApi {
  readonly guardrails: List;
  readonly customModels: List;
  readonly provisionedModels: List;
  tagsOf(arn: string, signal: AbortSignal): Promise<TagSet>;
}

const PAGE_SIZE = 1000;

/** Resource Explorer does not support its types: a scan asks it in every account and Region. */
const clientOf = perRegion((settings) => new BedrockClient(settings));

export function connect(options: ConnectOptions): BedrockApi {
  const client = clientOf(options);
  const signed = signAs(options, "bedrock");
  return {
    guardrails: async (token, signal) => {
      const command = new ListGuardrailsCommand({ maxResults: PAGE_SIZE, nextToken: token });
      const answer = await client.send(signed(command), { abortSignal: signal });
      return pageOf(answer.guardrails, answer.nextToken, (guardrail) =>
        guardrail.status === "DELETING"
          ? undefined
          : { id: guardrail.arn, createdAt: guardrail.createdAt },
      );
    },
    customModels: async (token, signal) => {
      const command = new ListCustomModelsCommand({ maxResults: PAGE_SIZE, nextToken: token });
      const answer = await client.send(signed(command), { abortSignal: signal });
      return pageOf(answer.modelSummaries, answer.nextToken, (model) => ({
        id: model.modelArn,
        createdAt: model.creationTime,
        owner: model.ownerAccountId,
      }));
    },
    provisionedModels: async (token, signal) => {
      const command = new ListProvisionedModelThroughputsCommand({
        maxResults: PAGE_SIZE,
        nextToken: token,
      });
      const answer = await client.send(signed(command), { abortSignal: signal });
      return pageOf(answer.provisionedModelSummaries, answer.nextToken, (model) => ({
        id: model.provisionedModelArn,
        createdAt: model.creationTime,
      }));
    },
    tagsOf: async (arn, signal) => {
      const command = new ListTagsForResourceCommand({ resourceARN: arn });
      const { tags = [] } = await client.send(signed(command), { abortSignal: signal });
      return tags.map(({ key, value }) => ({ key: key ?? "", value: value ?? "" }));
    },
  };
}
