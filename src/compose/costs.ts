import type { GetCostGap } from "../app/cost/cost-gap.ts";
import type { ImportBills } from "../app/cost/import-bills.ts";
import { lazily } from "../app/once.ts";
import type { CostStore } from "../ports/cost-store.ts";
import type { CostSource } from "../ports/costs.ts";
import type { Assemble, Assembly } from "./assembly.ts";
import { CATALOGUE } from "./clouds.ts";

/** Money: bills, and to whom spend belongs. */
export interface CostCases {
  readonly getCostGap: GetCostGap;
  readonly importBills: ImportBills;
}

export function costCases(assembly: Assemble): CostCases {
  return {
    getCostGap: lazily(async () => {
      const parts = await assembly();
      const { createCostGap } = await import("../app/cost/cost-gap.ts");
      const { costs } = parts.settings.config;
      return createCostGap({
        ...policyParts(parts),
        providers: parts.providers,
        catalogue: CATALOGUE,
        sources: costs.ask_clouds ? await costSources(parts) : [],
        store: await openCostStore(parts),
        settings: { allocationTags: costs.allocation_tags, teamTag: costs.team_tag },
      });
    }),
    importBills: lazily(async () => {
      const parts = await assembly();
      const [{ createImportBills }, { createCostFiles }] = await Promise.all([
        import("../app/cost/import-bills.ts"),
        import("../cost-files/cost-files.ts"),
      ]);
      return createImportBills({
        ...policyParts(parts),
        files: createCostFiles(),
        store: await openCostStore(parts),
      });
    }),
  };
}

function policyParts({ policies, clock }: Assembly) {
  return { clock, policy: async () => (await policies()).policies.current() };
}

export async function openCostStore({ database, clock }: Assembly): Promise<CostStore> {
  const { createCostStore } = await import("../storage/costs/index.ts");
  return createCostStore(await database(), clock);
}

/** What the configured clouds can be asked for. */
function costSources(_parts: Assembly): Promise<readonly CostSource[]> {
  return Promise.resolve([]);
}
