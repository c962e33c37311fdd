import { ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type ConnectOptions, clientSettings, readTags } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface SecretsApi {
  /** Secrets that wait for their deletion are not listed unless asked for. */
  readonly secrets: List;
}

const PAGE_SIZE = 100;

export function connect(options: ConnectOptions): SecretsApi {
  const client = new SecretsManagerClient(clientSettings(options));
  return {
    secrets: async (token, signal) => {
      const command = new ListSecretsCommand({ MaxResults: PAGE_SIZE, NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.SecretList, answer.NextToken, (secret) => ({
        id: secret.ARN,
        tags: readTags(secret.Tags),
        createdAt: secret.CreatedDate,
      }));
    },
  };
}
