import * as z from "zod";
import { CLOUDS } from "../../domain/cloud.ts";
import type { Completers } from "../define-resource.ts";

/** Ids of every cloud have narrow alphabets; anything else could be an instruction in disguise. */
const ID_LIST = /^[\w.:-]{1,128}( *, *[\w.:-]{1,128}){0,19}$/;

/** Which part of the estate a prompt is about: the same arguments in every prompt. */
export const scopeArguments = {
  cloud_provider: z
    .enum([...CLOUDS, "all"])
    .default("all")
    .describe("aws, azure, gcp or all"),
  accounts: z
    .string()
    .regex(ID_LIST)
    .optional()
    .describe("Account, subscription or project ids, with commas between; empty = all"),
} as const;

export interface ScopeCompletionDeps {
  readonly seenAccounts: () => Promise<readonly string[]>;
}

export const scopeCompletion = {
  cloud_provider: async () => [...CLOUDS, "all"],
  accounts: ({ seenAccounts }) => seenAccounts(),
} as const satisfies Completers<ScopeCompletionDeps>;

/** The scope as tool arguments for a model to copy. */
export function scopeText(scope: {
  readonly cloud_provider: string;
  readonly accounts?: string | undefined;
}): string {
  const accounts = scope.accounts?.split(",").map((id) => id.trim()) ?? [];
  return JSON.stringify({
    cloud_provider: scope.cloud_provider,
    ...(accounts.length === 0 ? {} : { accounts }),
  });
}
