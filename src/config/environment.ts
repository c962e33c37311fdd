/**
 * Variables of our own and where they land in the configuration; they win over the file. Clouds'
 * standard variables (AWS_*, AZURE_*, GOOGLE_*) are read by the clouds' own credential chains.
 */
export const ENVIRONMENT = {
  TAG_COMPLIANCE_DATA_DIR: ["storage", "data_dir"],
  TAG_COMPLIANCE_DATABASE_URL: ["storage", "url"],
  TAG_COMPLIANCE_POLICY_FILE: ["policy", "file"],
  TAG_COMPLIANCE_AZURE_ENDPOINT: ["clouds", "azure", "endpoint"],
  TAG_COMPLIANCE_GCP_ENDPOINT: ["clouds", "gcp", "endpoint"],
  TAG_COMPLIANCE_LOG_LEVEL: ["log", "level"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Names the configuration file; read before everything else. */
export const CONFIG_FILE_VARIABLE = "TAG_COMPLIANCE_CONFIG";

export type Environment = Readonly<Record<string, string | undefined>>;
type Tree = Readonly<Record<string, unknown>>;

/** The file's value with the environment's over it. Empty variables count as absent, as in a shell. */
export function overlayEnvironment(value: unknown, environment: Environment): unknown {
  let result = value;
  for (const [name, path] of Object.entries(ENVIRONMENT)) {
    const text = environment[name];
    if (text !== undefined && text !== "") result = withValue(result, path, text);
  }
  return result;
}

function withValue(tree: unknown, path: readonly string[], text: string): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return text;
  const node = isTree(tree) ? tree : {};
  return { ...node, [head]: withValue(node[head], rest, text) };
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
