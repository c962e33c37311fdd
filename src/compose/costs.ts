import type { GetCostGap } from "../app/cost/cost-gap.ts";
import type { ImportBills } from "../app/cost/import-bills.ts";
import type { Spend } from "../app/cost/spend.ts";
import { lazily, once } from "../app/once.ts";
import type { Cloud } from "../domain/cloud.ts";
import type { CostStore } from "../ports/cost-store.ts";
import type { CostSource } from "../ports/costs.ts";
import type { Assemble, Assembly } from "./assembly.ts";
import { awsOptions, azureOptions, CATALOGUE, gcpOptions } from "./clouds.ts";

/** Money: bills, and to whom spend belongs. */
export interface CostCases {
  readonly getCostGap: GetCostGap;
  readonly importBills: ImportBills;
  /** Lets go of the connections that asking for costs opened. */
  readonly closeCosts: () => Promise<void>;
}

export function costCases(assembly: Assemble): CostCases {
  const sources = once(async () => {
    const parts = await assembly();
    return parts.settings.config.costs.ask_clouds ? costSources(parts) : [];
  });
  return {
    closeCosts: async () => {
      if (!sources.begun()) return;
      await Promise.all((await sources()).map((source) => source.close()));
    },
    getCostGap: lazily(async () => {
      const parts = await assembly();
      const [{ createCostGap }, { createStoredTags }] = await Promise.all([
        import("../app/cost/cost-gap.ts"),
        import("../storage/inventory/held-tags.ts"),
      ]);
      const { costs } = parts.settings.config;
      return createCostGap({
        ...policyParts(parts),
        providers: parts.providers,
        catalogue: CATALOGUE,
        sources: await sources(),
        store: await openCostStore(parts),
        inventory: createStoredTags(await parts.database()),
        settings: { allocationTags: costs.allocation_tags, teamTag: costs.team_tag },
      });
    }),
    importBills: lazily(async () => {
      const parts = await assembly();
      const [{ createImportBills }, { billFiles }] = await Promise.all([
        import("../app/cost/import-bills.ts"),
        import("./bill-files.ts"),
      ]);
      return createImportBills({
        ...policyParts(parts),
        files: billFiles(parts),
        store: await openCostStore(parts),
      });
    }),
  };
}

function policyParts({ policies, clock }: Assembly) {
  return { clock, policy: async () => (await policies()).policies.current() };
}

/** What resources cost, from the bills that are kept. */
export async function openSpend(parts: Assembly): Promise<Spend> {
  const { createSpend } = await import("../app/cost/spend.ts");
  return createSpend(await openCostStore(parts), parts.clock);
}

async function openCostStore({ database, clock }: Assembly): Promise<CostStore> {
  const { createCostStore } = await import("../storage/costs/index.ts");
  return createCostStore(await database(), clock);
}

/** What the configured clouds can be asked for; making a source loads no SDK and makes no call. */
async function costSources({ settings, logger }: Assembly): Promise<readonly CostSource[]> {
  const sources: Readonly<Record<Cloud, () => Promise<CostSource | null>>> = {
    aws: async () => {
      const { createAwsCosts } = await import("../clouds/aws/costs.ts");
      return createAwsCosts(awsOptions(settings, logger));
    },
    azure: async () => {
      const { createAzureCosts } = await import("../clouds/azure/costs.ts");
      return createAzureCosts(azureOptions(settings, logger));
    },
    gcp: async () => {
      const billingTable = settings.config.clouds.gcp?.billing_table;
      if (billingTable === undefined) return null;
      const { createGcpCosts } = await import("../clouds/gcp/costs.ts");
      return createGcpCosts({ ...gcpOptions(settings, logger), billingTable });
    },
  };
  const made = await Promise.all(settings.clouds.map((cloud) => sources[cloud]()));
  return made.filter((source) => source !== null);
}
