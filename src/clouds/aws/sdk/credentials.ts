import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import type { Credentials } from "./connect.ts";

/**
 * The SDK's default chain: environment, shared files (SSO, assume-role, process), web identity,
 * container, and last the instance metadata service, asked once and for one second at most, because a
 * machine that is not an EC2 instance has none.
 */
export function defaultChain(region: string): () => Promise<Credentials> {
  const provide = fromNodeProviderChain({
    timeout: 1000,
    maxRetries: 0,
    clientConfig: { region },
  });
  return () => provide();
}
