import {
  BedrockClient,
  ListCustomModelsCommand,
  type ListCustomModelsCommandInput,
  ListGuardrailsCommand,
  ListProvisionedModelThroughputsCommand,
  type ListProvisionedModelThroughputsCommandInput,
  ListTagsForResourceCommand,
} from "@aws-sdk/client-bedrock";
import { z } from "zod";
import type { TagSet } from "../../../domain/resource.ts";
import type { ConnectOptions } from "./connect.ts";
import { directOperation } from "./direct-operation.ts";
import { type List, pageOf } from "./listing.ts";
import { perRegion, signing } from "./regional-client.ts";

export interface BedrockApi {
  readonly guardrails: List;
  readonly customModels: List;
  readonly provisionedModels: List;
  tagsOf(arn: string, signal: AbortSignal): Promise<TagSet>;
}

const PAGE_SIZE = 1000;

/** Resource Explorer does not support models: a scan asks for them in every account and Region. */
const inRegion = perRegion((settings) => {
  const client = new BedrockClient(settings);
  const { config } = client;
  const listCustomModels = directOperation<ListCustomModelsCommandInput>(config, (input, prepare) =>
    client.send(prepare(new ListCustomModelsCommand(input))),
  );
  const listProvisionedModels = directOperation<ListProvisionedModelThroughputsCommandInput>(
    config,
    (input, prepare) => client.send(prepare(new ListProvisionedModelThroughputsCommand(input))),
  );
  return { client, listCustomModels, listProvisionedModels };
});

export function connect(options: ConnectOptions): BedrockApi {
  const { client, listCustomModels, listProvisionedModels } = inRegion(options);
  const sender = { ...options, service: "bedrock" };
  const signed = signing(sender);
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
      const input = { maxResults: PAGE_SIZE, nextToken: token };
      const answer = CustomModels.parse(await listCustomModels(input, sender, signal));
      return pageOf(answer.modelSummaries, answer.nextToken, (model) => ({
        id: model.modelArn,
        createdAt: model.creationTime,
        owner: model.ownerAccountId,
      }));
    },
    provisionedModels: async (token, signal) => {
      const input = { maxResults: PAGE_SIZE, nextToken: token };
      const answer = ProvisionedModels.parse(await listProvisionedModels(input, sender, signal));
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

// On the wire times are ISO 8601 (Amazon Bedrock API Reference).
const CustomModels = z.object({
  nextToken: z.string().optional(),
  modelSummaries: z
    .array(
      z.object({
        modelArn: z.string(),
        creationTime: z.string().optional(),
        ownerAccountId: z.string().optional(),
      }),
    )
    .optional(),
});

const ProvisionedModels = z.object({
  nextToken: z.string().optional(),
  provisionedModelSummaries: z
    .array(z.object({ provisionedModelArn: z.string(), creationTime: z.string().optional() }))
    .optional(),
});
