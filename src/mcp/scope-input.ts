import * as z from "zod";
import { CLOUDS, type Cloud } from "../domain/cloud.ts";
import { MAX_TEXT_LENGTH } from "./untrusted-text.ts";

const text = z.string().min(1).max(MAX_TEXT_LENGTH);

/** Which resources a question is about: the same arguments, with the same limits, in every tool. */
export const scopeInput = {
  cloud_provider: z.enum([...CLOUDS, "all"]).default("all"),
  accounts: z
    .array(text)
    .max(100)
    .default([])
    .describe("AWS account, Azure subscription, GCP project ids; empty = all"),
  regions: z.array(text).max(20).default([]).describe("eu-west-1, westeurope; empty = all"),
  resource_types: z
    .array(text)
    .max(50)
    .default([])
    .describe(
      "ec2:instance, Microsoft.Compute/virtualMachines, compute.googleapis.com/Instance, or virtual_machine in any cloud; empty = all",
    ),
} as const;

const MAX_AGE_MINUTES = 43_200;

/** How old the answer's data may be: the same in every tool that may scan. */
export const freshnessInput = {
  max_age_minutes: z
    .int()
    .min(0)
    .max(MAX_AGE_MINUTES)
    .default(60)
    .describe("Scan if stored data is older"),
  allow_stale_minutes: z
    .int()
    .min(0)
    .max(MAX_AGE_MINUTES)
    .default(0)
    .describe("Up to this age answer at once, scan behind"),
  refresh: z.boolean().default(false).describe("Scan anyway"),
  dry_run: z.boolean().default(false),
  confirm: text.optional().describe("Token of an answer that asked"),
} as const;

/** Where the next page begins: the same in every tool that answers in pages. */
export const cursorInput = {
  cursor: text.optional().describe("next_cursor, all else unchanged"),
} as const;

/** The clouds that `cloud_provider` stands for; `[]` means every configured one. */
export function cloudsOf(provider: Cloud | "all"): readonly Cloud[] {
  return provider === "all" ? [] : [provider];
}
