import { BackupClient, ListBackupVaultsCommand } from "@aws-sdk/client-backup";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface BackupApi {
  readonly vaults: List;
}

const PAGE_SIZE = 1000;

export function connect(options: ConnectOptions): BackupApi {
  const client = new BackupClient(clientSettings(options));
  return {
    vaults: async (token, signal) => {
      const command = new ListBackupVaultsCommand({ MaxResults: PAGE_SIZE, NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.BackupVaultList, answer.NextToken, (vault) => ({
        id: vault.BackupVaultArn,
        createdAt: vault.CreationDate,
      }));
    },
  };
}
