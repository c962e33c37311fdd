import { configJsonSchemaText } from "../src/config/json-schema.ts";
import { configReference } from "./config-reference.ts";
import { assumePolicy, readPolicy, readPolicyByType } from "./iam-documents.ts";

/** Every generated document: its path from the repository root, and its text as it should be now. */
export const GENERATED_DOCS: Readonly<Record<string, () => string>> = {
  "docs/configuration.md": configReference,
  "schemas/config.schema.json": configJsonSchemaText,
  "infra/iam/assume-policy.json": assumePolicy,
  "infra/iam/read-policy.json": readPolicy,
  "infra/iam/read-policy-by-type.json": readPolicyByType,
};
