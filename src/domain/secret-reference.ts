import { z } from "zod";

/** Where a secret is, never the secret itself. */
export type SecretLocation =
  | { readonly store: "env"; readonly variable: string }
  | { readonly store: "file"; readonly path: string }
  /** `field` picks one field of a secret that is a JSON object. */
  | { readonly store: "aws-sm"; readonly secretId: string; readonly field: string | undefined }
  | {
      readonly store: "azure-kv";
      readonly host: string;
      readonly name: string;
      readonly version: string;
    }
  | {
      readonly store: "gcp-sm";
      readonly project: string;
      readonly secret: string;
      readonly version: string;
    };

/** Hosts that a token for Key Vault may be sent to: the public cloud's and the sovereign clouds'. */
const VAULT_HOST =
  /^[a-z][\da-z-]{1,22}[\da-z]\.vault\.(?:azure\.net|azure\.cn|usgovcloudapi\.net)$/i;
const PUBLIC_VAULTS = "vault.azure.net";

/** `[whole, …groups]` of each scheme, read into a location; undefined when a part is not well formed. */
const SCHEMES: readonly (readonly [RegExp, (...parts: string[]) => SecretLocation | undefined])[] =
  [
    [/^env:\/\/([A-Za-z_]\w*)$/, (variable = "") => ({ store: "env", variable })],
    [/^file:\/\/(\/.+)$/, (path = "") => ({ store: "file", path })],
    [
      // Names and ARNs as Secrets Manager allows them (CreateSecret, parameter Name).
      /^aws-sm:\/\/([\w/+=.@:-]{1,2048})(?:#([\w.-]+))?$/,
      (secretId = "", field = "") => ({
        store: "aws-sm",
        secretId,
        field: field === "" ? undefined : field,
      }),
    ],
    [
      /^azure-kv:\/\/([\w.-]+)\/([\dA-Za-z-]{1,127})(?:\/([\da-f]{32}))?$/,
      (vault = "", name = "", version = "") => {
        const host = vault.includes(".") ? vault : `${vault}.${PUBLIC_VAULTS}`;
        return VAULT_HOST.test(host) ? { store: "azure-kv", host, name, version } : undefined;
      },
    ],
    [
      /^gcp-sm:\/\/([a-z][\da-z:.-]{4,61}[\da-z]|\d+)\/([\w-]{1,255})(?:\/(\d+|latest|[A-Za-z][\w-]{0,62}))?$/,
      (project = "", secret = "", version = "") => ({
        store: "gcp-sm",
        project,
        secret,
        version: version === "" ? "latest" : version,
      }),
    ],
  ];

/** @returns undefined when the text is no reference to a secret. */
export function parseSecretReference(text: string): SecretLocation | undefined {
  for (const [pattern, read] of SCHEMES) {
    const [, ...parts] = pattern.exec(text) ?? [];
    if (parts.length > 0) return read(...parts.map((part) => part ?? ""));
  }
  return undefined;
}

/** What a reference may look like, for people. */
export const SECRET_REFERENCE_FORMS =
  "env://NAME, file:///path, aws-sm://NAME-or-ARN#field, azure-kv://vault/secret or gcp-sm://project/secret";

export const SecretReference = z
  .string()
  .refine(
    (text) => parseSecretReference(text) !== undefined,
    `Give ${SECRET_REFERENCE_FORMS}: a secret itself does not belong into the configuration.`,
  );
