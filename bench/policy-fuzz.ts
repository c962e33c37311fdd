import fc from "fast-check";
import { AppError } from "../src/domain/errors.ts";
import type { Resource } from "../src/domain/resource.ts";
import { policyData, resource } from "../test/policy/arbitraries.ts";
import { AT_MS, policyOf } from "../test/policy/fixtures.ts";

/**
 * The longest that one generated policy file takes to be read and to judge resources, damaged files
 * among them. What seems slow is tried again: a pause of the machine is not slow twice.
 */
const DEFAULT_FILES = 10_000;
const RESOURCES_A_FILE = 4;
const RETRIES = 5;
const SUSPICIOUS_MS = 5;

/** @param options `files` (default 10,000), `seed` (default 1). */
export async function run(
  options: Readonly<Record<string, string>> = {},
): Promise<Record<string, number>> {
  const files = Number(options["files"] ?? DEFAULT_FILES);
  const seed = Number(options["seed"] ?? 1);
  const texts = fc
    .sample(fc.tuple(policyData, fc.option(fc.nat(), { freq: 2 })), { numRuns: files, seed })
    .map(([data, cutAt]) => damaged(JSON.stringify(data), cutAt));
  const resources = fc.sample(resource, { numRuns: files * RESOURCES_A_FILE, seed });
  const tally = { refused: 0, slowestMs: 0 };
  texts.forEach((text, at) => {
    const some = resources.slice(at * RESOURCES_A_FILE, (at + 1) * RESOURCES_A_FILE);
    let { ms, refused } = attempt(text, some);
    for (let retry = 0; retry < RETRIES && ms > SUSPICIOUS_MS; retry += 1)
      ms = Math.min(ms, attempt(text, some).ms);
    if (refused) tally.refused += 1;
    tally.slowestMs = Math.max(tally.slowestMs, ms);
  });
  return {
    files,
    refused: tally.refused,
    judgements: (files - tally.refused) * RESOURCES_A_FILE,
    slowest_file_ms: Math.round(10 * tally.slowestMs) / 10,
  };
}

/** One character is cut out at a place, which breaks the syntax or a word of it. */
function damaged(text: string, cutAt: number | null): string {
  if (cutAt === null) return text;
  const at = cutAt % text.length;
  return text.slice(0, at) + text.slice(at + 1);
}

/** @throws whatever is not a refusal: then a file has crashed the engine. */
function attempt(text: string, some: readonly Resource[]): { ms: number; refused: boolean } {
  const startMs = performance.now();
  let refused = false;
  try {
    const policy = policyOf(text);
    for (const one of some) policy.judge(one, AT_MS);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "policy_invalid") throw error;
    refused = true;
  }
  return { ms: performance.now() - startMs, refused };
}
