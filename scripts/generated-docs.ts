import { configJsonSchemaText } from "../src/config/json-schema.ts";
import { cliReference } from "./cli-reference.ts";
import { configReference } from "./config-reference.ts";
import { errorReference } from "./error-reference.ts";
import { assumePolicy, longTailPolicy, readPolicy, readPolicyByType } from "./iam-documents.ts";
import { permissionReference } from "./permission-reference.ts";
import { toolReference } from "./tool-reference.ts";

/** Every generated document: its path from the repository root, and its text as it should be now. */
export const GENERATED_DOCS: Readonly<Record<string, () => string>> = {
  "docs/cli.md": cliReference,
  "docs/configuration.md": configReference,
  "docs/errors.md": errorReference,
  "docs/permissions.md": permissionReference,
  "docs/tools.md": toolReference,
  "schemas/config.schema.json": configJsonSchemaText,
  "infra/iam/assume-policy.json": assumePolicy,
  "infra/iam/read-policy.json": readPolicy,
  "infra/iam/read-policy-by-type.json": readPolicyByType,
  "infra/iam/long-tail-policy.json": longTailPolicy,
};
