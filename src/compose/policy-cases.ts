import type { GetPolicy } from "../app/get-policy.ts";
import type { Policies } from "../app/policy/policies.ts";
import type { ImportAwsPolicy } from "../app/policy-import/import-aws-policy.ts";
import type { Judge } from "../domain/compliance/violation.ts";
import type { Assemble } from "./assembly.ts";

/** The policy in force: what it says, and where it comes from. */
export interface PolicyCases {
  readonly getPolicy: GetPolicy;
  /** The policy in force, ready to judge. */
  readonly currentPolicy: () => Promise<Judge>;
  readonly importAwsPolicy: ImportAwsPolicy;
}

export function policyCases(assembly: Assemble): PolicyCases {
  return {
    getPolicy: async () => (await policiesOf(assembly)).status(),
    currentPolicy: async () => (await policiesOf(assembly)).current(),
    importAwsPolicy: async (request, signal) => {
      const { importAwsPolicy } = await (await assembly()).policies();
      return importAwsPolicy(request, signal);
    },
  };
}

export async function policiesOf(assembly: Assemble): Promise<Policies> {
  return (await (await assembly()).policies()).policies;
}
