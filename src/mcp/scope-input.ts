import * as z from "zod";
import { CLOUDS, type Cloud } from "../domain/cloud.ts";
import { MAX_TEXT_LENGTH } from "./untrusted-text.ts";

const text = z.string().min(1).max(MAX_TEXT_LENGTH);

/** Which resources a question is about: the same arguments, with the same limits, in every tool. */
export const scopeInput = {
  cloud_provider: z
    .enum([...CLOUDS, "all"])
    .default("all")
    .describe("all = every configured cloud"),
  accounts: z
    .array(text)
    .max(100)
    .default([])
    .describe("AWS account, Azure subscription or GCP project ids; empty = all"),
  regions: z
    .array(text)
    .max(20)
    .default([])
    .describe("Native names such as eu-west-1, westeurope, europe-west1; empty = all"),
  resource_types: z
    .array(text)
    .max(50)
    .default([])
    .describe(
      'Native ids (ec2:instance, Microsoft.Compute/virtualMachines, compute.googleapis.com/Instance), cross-cloud categories (virtual_machine) or "all"; empty = all',
    ),
} as const;

/** The clouds that `cloud_provider` stands for; `[]` means every configured one. */
export function cloudsOf(provider: Cloud | "all"): readonly Cloud[] {
  return provider === "all" ? [] : [provider];
}
