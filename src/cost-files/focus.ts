import { type ChargeClass, focusChargeClass } from "../domain/cost/charge-class.ts";
import type { Issue } from "../domain/errors.ts";
import { amountOf, type Column, type Columns, textOf, timeOf } from "./columns.ts";
import type { LineSql } from "./line-sql.ts";
import { tagsIn } from "./tag-columns.ts";

/**
 * FinOps Open Cost and Usage Specification 1.0 to 1.2 (focus.finops.org/focus-specification). Column
 * names are compared without case: some warehouses fold them.
 */
const REQUIRED = [
  "BilledCost",
  "BillingCurrency",
  "ChargeCategory",
  "ChargePeriodStart",
  "EffectiveCost",
] as const;

/** Names of the provider: up to 1.2, and 1.3's successors. */
const PROVIDERS = ["providername", "serviceprovidername", "hostprovidername"] as const;

const PUBLISHERS = ["publishername", "hostprovidername"] as const;

export function focusColumns(columns: readonly Column[]): Columns {
  return new Map(columns.map((column) => [column.name.toLowerCase(), column]));
}

/** Do these columns mean to be FOCUS? Not yet, whether they are complete. */
export function looksLikeFocus(columns: readonly Column[]): boolean {
  const known = focusColumns(columns);
  return known.has("chargecategory") && (known.has("effectivecost") || known.has("billedcost"));
}

/** Everything that keeps these columns from being read. */
export function focusProblems(columns: readonly Column[]): readonly Issue[] {
  const known = focusColumns(columns);
  const missing = REQUIRED.filter((name) => !known.has(name.toLowerCase()));
  const provider = PROVIDERS.some((name) => known.has(name)) ? [] : ["ProviderName"];
  return [...missing, ...provider].map((path) => ({
    path,
    message: "This column, which FOCUS requires, is not in the file.",
  }));
}

export function focusLine(columns: readonly Column[]): LineSql {
  const known = focusColumns(columns);
  const text = (name: string): string => textOf(known, name);
  const provider = PROVIDERS.find((name) => known.has(name)) ?? PROVIDERS[0];
  const publisher = PUBLISHERS.find((name) => known.has(name)) ?? PUBLISHERS[0];
  const tags = known.get("tags");
  return {
    cloud: cloudOf(text(provider)),
    start: timeOf(known, "chargeperiodstart"),
    account: text("subaccountid"),
    region: text("regionid"),
    service: text("servicename"),
    resourceId: text("resourceid"),
    resourceType: text("resourcetype"),
    currency: text("billingcurrency"),
    effective: amountOf(known, "effectivecost"),
    billed: amountOf(known, "billedcost"),
    charge: [
      text("chargecategory"),
      text("chargeclass"),
      text("commitmentdiscountstatus"),
      text("servicesubcategory"),
      isThirdParty(text(publisher), text(provider)),
    ],
    tags: tags === undefined ? { kind: "keys", keys: [] } : tagsIn(tags),
  };
}

export function focusCharge(
  [category, correction, commitment, subcategory, thirdParty]: readonly (string | null)[],
  service: string | null,
): ChargeClass {
  return focusChargeClass({
    chargeCategory: category ?? null,
    chargeClass: correction ?? null,
    commitmentDiscountStatus: commitment ?? null,
    serviceName: service,
    serviceSubcategory: subcategory ?? null,
    thirdParty: thirdParty === "true",
  });
}

/** Providers write their own name in more than one way. */
function cloudOf(provider: string): string {
  const name = `lower(${provider})`;
  return `CASE WHEN ${name} LIKE 'aws%' OR ${name} LIKE 'amazon%' THEN 'aws'
    WHEN ${name} LIKE 'microsoft%' OR ${name} LIKE 'azure%' THEN 'azure'
    WHEN ${name} LIKE 'google%' OR ${name} LIKE 'gcp%' THEN 'gcp' END`;
}

/** A provider's own companies (`Amazon Web Services, Inc.`) are not third parties. */
function isThirdParty(publisher: string, provider: string): string {
  const own = cloudOf(publisher);
  return `CASE WHEN ${publisher} IS NOT NULL AND ${own} IS DISTINCT FROM ${cloudOf(provider)} THEN 'true' END`;
}
