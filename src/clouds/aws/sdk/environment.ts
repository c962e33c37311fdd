import { STSClient } from "@aws-sdk/client-sts";

/** What every client takes from environment variables and `~/.aws/config`, looked up when first used. */
export interface Environment {
  readonly authSchemePreference: () => Promise<string[]>;
  readonly retryMode: () => Promise<string>;
  readonly useDualstackEndpoint: () => Promise<boolean>;
  readonly useFipsEndpoint: () => Promise<boolean>;
  readonly userAgentAppId: () => Promise<string | undefined>;
}

/**
 * The SDK's own look-up, made once: each of the thousands of clients of an organization would repeat it,
 * which costs as much as a request.
 */
export function readEnvironment(region: string): Environment {
  const { config } = new STSClient({ region });
  const { authSchemePreference, useFipsEndpoint, userAgentAppId } = config;
  const dualstack = provided(config.useDualstackEndpoint);
  return {
    authSchemePreference,
    useFipsEndpoint,
    userAgentAppId,
    retryMode: provided(config.retryMode),
    useDualstackEndpoint: async () => (await dualstack()) ?? false,
  };
}

function provided<T extends string | boolean | undefined>(
  value: T | (() => Promise<T>),
): () => Promise<T> {
  return typeof value === "function" ? value : async () => value;
}
