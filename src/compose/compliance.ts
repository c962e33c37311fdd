import { type CheckCompliance, createCheckCompliance } from "../app/check-compliance.ts";
import type { CheckConsistency } from "../app/check-consistency.ts";
import { lazily } from "../app/once.ts";
import { whatIf, type WhatIfRequest, type WhatIfResult } from "../app/what-if.ts";
import type { Judge } from "../domain/compliance/violation.ts";
import type { Assemble } from "./assembly.ts";
import { CATALOGUE } from "./clouds.ts";
import { openSpend } from "./costs.ts";

/** Questions about tags and the policy, answered from the inventory. */
export interface ComplianceCases {
  readonly checkCompliance: CheckCompliance;
  readonly checkConsistency: CheckConsistency;
  /** @param request.before absent: the policy in force. */
  readonly whatIf: (
    request: Omit<WhatIfRequest, "before"> & { readonly before: Judge | undefined },
  ) => Promise<WhatIfResult>;
}

export function complianceCases(assembly: Assemble): ComplianceCases {
  return {
    checkCompliance: lazily(async () => {
      const parts = await assembly();
      const { inventory, ensureFresh } = parts;
      return createCheckCompliance({
        inventory: await inventory(),
        ensureFresh: await ensureFresh(),
        spend: await openSpend(parts),
      });
    }),
    checkConsistency: lazily(async () => {
      const parts = await assembly();
      const { inventory, ensureFresh, policies } = parts;
      const [{ createCheckConsistency }, { createWeighFindings }] = await Promise.all([
        import("../app/check-consistency.ts"),
        import("../app/consistency-spend.ts"),
      ]);
      return createCheckConsistency({
        inventory: await inventory(),
        ensureFresh: await ensureFresh(),
        getPolicy: async () => (await policies()).policies.status(),
        catalogue: CATALOGUE,
        weighFindings: createWeighFindings(await openSpend(parts), CATALOGUE),
      });
    }),
    whatIf: async (request) => {
      const { inventory, policies, clock } = await assembly();
      const before = request.before ?? (await (await policies()).policies.current());
      return whatIf({ inventory: await inventory(), clock }, { ...request, before });
    },
  };
}
