import type { CheckAccounts } from "../app/check-accounts.ts";
import { lazily, type Once, once } from "../app/once.ts";
import type { FindUntagged } from "../app/find-untagged.ts";
import type { BacktestSuggestions, SuggestTags } from "../app/suggest-tags.ts";
import type { ValidateResources } from "../app/validate-resources.ts";
import type { Assemble } from "./assembly.ts";
import { openSpend } from "./costs.ts";
import { CATALOGUE } from "./clouds.ts";

/** Questions that rank or list what the inventory holds. */
export interface QuestionCases {
  readonly checkAccounts: CheckAccounts;
  readonly findUntagged: FindUntagged;
  readonly validateResources: ValidateResources;
  readonly suggestTags: SuggestTags;
  readonly backtestSuggestions: BacktestSuggestions;
}

export function questionCases(assembly: Assemble): QuestionCases {
  const validateResources = validation(assembly);
  const suggestions = learning(assembly, validateResources);
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
    validateResources,
    suggestTags: lazily(async () => (await suggestions()).suggestTags),
    backtestSuggestions: lazily(async () => (await suggestions()).backtestSuggestions),
    findUntagged: lazily(async () => {
      const parts = await assembly();
      const { inventory, database, ensureFresh, clock } = parts;
      const [{ createFindUntagged }, { createUntaggedResources }, { createUntaggedCosts }] =
        await Promise.all([
          import("../app/find-untagged.ts"),
          import("../storage/inventory/untagged.ts"),
          import("../storage/inventory/untagged-costs.ts"),
        ]);
      return createFindUntagged({
        inventory: await inventory(),
        untagged: createUntaggedResources(await database()),
        untaggedCosts: createUntaggedCosts(await database()),
        spend: await openSpend(parts),
        ensureFresh: await ensureFresh(),
        catalogue: CATALOGUE,
        clock,
      });
    }),
  };
}

function validation(assembly: Assemble): ValidateResources {
  return lazily(async () => {
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
      now: () => clock.now(),
    });
  });
}

function learning(
  assembly: Assemble,
  validateResources: ValidateResources,
): Once<{ readonly suggestTags: SuggestTags; readonly backtestSuggestions: BacktestSuggestions }> {
  return once(async () => {
    const { database, policies, clock } = await assembly();
    const [{ createSuggestTags }, { createResourceSample }] = await Promise.all([
      import("../app/suggest-tags.ts"),
      import("../storage/inventory/resource-sample.ts"),
    ]);
    return createSuggestTags({
      validateResources,
      sample: createResourceSample(await database()),
      policy: async () => (await policies()).policies.status(),
      now: () => clock.now(),
    });
  });
}
