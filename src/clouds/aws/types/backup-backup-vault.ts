import { listedType } from "../listed-type.ts";

/** Backup vaults. */
export const backupBackupVault = listedType({
  id: "backup:backup-vault",
  category: "disk",
  billable: true,
  readActions: ["backup:ListBackupVaults"],
  cloudFormation: "AWS::Backup::BackupVault",
  terraform: "aws_backup_vault",
  service: "backup",
  list: (api) => api.vaults,
  tags: "tagging_api",
});
