import type { CheckAccounts } from "../app/check-accounts.ts";
import { lazily } from "../app/once.ts";
import type { Assemble } from "./assembly.ts";

/** Questions that rank or list what the inventory holds. */
export interface QuestionCases {
  readonly checkAccounts: CheckAccounts;
}

export function questionCases(assembly: Assemble): QuestionCases {
  return {
    checkAccounts: lazily(async () => {
      const { inventory, ensureFresh } = await assembly();
      const { createCheckAccounts } = await import("../app/check-accounts.ts");
      return createCheckAccounts({
        inventory: await inventory(),
        ensureFresh: await ensureFresh(),
      });
    }),
  };
}
