import { z } from "zod";
import { policyText } from "../../app/policy-import/import-aws-policy.ts";
import { sha256 } from "../../app/policy/sha256.ts";
import { AppError } from "../../domain/errors.ts";
import { type AzureAssignment, importAzureTagPolicies } from "../../domain/policy/azure/import.ts";
import { readSource } from "../../domain/source/source-text.ts";
import { emitPolicy, tellLosses } from "../converted-policy.ts";
import { parseOptions } from "../options.ts";
import { readText } from "../read-text.ts";

const Options = z.object({ out: z.string().optional() });

const Value = z.union([z.string(), z.array(z.string())]);
const Assignment = z.strictObject({
  definition: z.looseObject({}),
  /** As an assignment has them, `{"tagName": {"value": "Owner"}}`, or without the wrapping. */
  parameters: z
    .record(
      z.string(),
      z.union([Value, z.object({ value: Value }).transform(({ value }) => value)]),
    )
    .default({}),
});
/** One definition as Azure has it, or several, each with the parameters of its assignment. */
const File = z.union([
  z.array(Assignment).min(1),
  z
    .looseObject({ properties: z.looseObject({}) })
    .transform((definition) => [{ definition, parameters: {} }]),
]);

/** `tag-compliance policy import-azure FILE|-`: Azure Policy tag definitions to a policy of ours. */
export async function importAzurePolicy(file: string, raw: unknown): Promise<void> {
  const { out } = parseOptions(Options, raw);
  const { policy, lossy } = importAzureTagPolicies(await readAssignments(file), {
    importedAt: new Date().toISOString(),
    sha256,
  });
  emitPolicy(policyText(policy, out ?? "policy.json"), out);
  tellLosses(lossy);
}

async function readAssignments(file: string): Promise<readonly AzureAssignment[]> {
  const parsed = File.safeParse(readSource(await readText(file), "json").value);
  if (!parsed.success)
    throw new AppError("invalid_input", "The file holds no Azure Policy definition.", {
      hint: 'Give one definition as Azure has it, or [{"definition": {…}, "parameters": {"tagName": {"value": "Owner"}}}].',
    });
  return parsed.data.map(({ definition, parameters }) => ({
    definition: JSON.stringify(definition),
    parameters,
  }));
}
