import type { CheckAccounts } from "../app/check-accounts.ts";
import { lazily } from "../app/once.ts";
import type { FindUntagged } from "../app/find-untagged.ts";
import type { ValidateResources } from "../app/validate-resources.ts";
import type { Assemble } from "./assembly.ts";
import { openSpend } from "./costs.ts";
import { CATALOGUE } from "./clouds.ts";

/** Questions that rank or list what the inventory holds. */
export interface QuestionCases {
  readonly checkAccounts: CheckAccounts;
  readonly findUntagged: FindUntagged;
  readonly validateResources: ValidateResources;
}

export function questionCases(assembly: Assemble): QuestionCases {
  return {
    checkAccounts: lazily(async () => {
      const parts = await assembly();
      const { inventory, ensureFresh } = parts;
      const { createCheckAccounts } = await import("../app/check-accounts.ts");
      return createCheckAccounts({
        inventory: await inventory(),
        ensureFresh: await ensureFresh(),
        spend: await openSpend(parts),
      });
    }),
    validateResources: lazily(async () => {
      const { inventory, database, ensureFresh, policies, providers, clock } = await assembly();
      const [{ createValidateResources }, { createResourceLookup }] = await Promise.all([
        import("../app/validate-resources.ts"),
        import("../storage/inventory/resource-lookup.ts"),
      ]);
      return createValidateResources({
        providers,
        inventory: await inventory(),
        lookup: createResourceLookup(await database()),
        ensureFresh: await ensureFresh(),
        judge: async () => (await policies()).policies.current(),
        now: clock.now,
      });
    }),
    findUntagged: lazily(async () => {
      const { inventory, database, ensureFresh, clock } = await assembly();
      const [{ createFindUntagged }, { createUntaggedResources }] = await Promise.all([
        import("../app/find-untagged.ts"),
        import("../storage/inventory/untagged.ts"),
      ]);
      return createFindUntagged({
        inventory: await inventory(),
        untagged: createUntaggedResources(await database()),
        ensureFresh: await ensureFresh(),
        catalogue: CATALOGUE,
        clock,
      });
    }),
  };
}
