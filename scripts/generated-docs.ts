import { configReference } from "./config-reference.ts";

/** Every generated document: its path from the repository root, and its text as it should be now. */
export const GENERATED_DOCS: Readonly<Record<string, () => string>> = {
  "docs/configuration.md": configReference,
};
