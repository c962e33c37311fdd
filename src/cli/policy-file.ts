import { sha256 } from "../app/policy/sha256.ts";
import { CATALOGUE } from "../compose.ts";
import { type CompiledPolicy, compilePolicy } from "../domain/policy/compile.ts";
import { type ParsedPolicy, parsePolicy } from "../domain/policy/parse.ts";
import { readText } from "./read-text.ts";

/** @throws {AppError} `invalid_input`, `policy_invalid` with every issue */
export async function readPolicyFile(file: string): Promise<ParsedPolicy> {
  return parsePolicy(await readText(file), { catalogue: CATALOGUE, atMs: Date.now(), sha256 });
}

/** @throws {AppError} as `readPolicyFile` */
export async function compilePolicyFile(file: string): Promise<CompiledPolicy> {
  return compilePolicy(await readPolicyFile(file), CATALOGUE);
}
