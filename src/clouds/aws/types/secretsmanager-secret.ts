import { listedType } from "../listed-type.ts";

/** Secrets that are not about to be deleted. */
export const secretsmanagerSecret = listedType({
  id: "secretsmanager:secret",
  category: "secret",
  billable: true,
  readActions: ["secretsmanager:ListSecrets"],
  cloudFormation: "AWS::SecretsManager::Secret",
  terraform: "aws_secretsmanager_secret",
  service: "secrets",
  list: (api) => api.secrets,
  tags: "listed",
});
