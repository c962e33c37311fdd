/**
 * What kind of charge a line of a bill is. `usage` and `discount` can carry the tags of a resource;
 * the others reach the bill without any, whatever is tagged (`isTaggable`).
 */
export const CHARGE_CLASSES = [
  /** A resource or service was used; commitment-covered use is here at its amortised cost. */
  "usage",
  /** A negotiated or bundled discount on use (AWS EDP, private rates): lowers what use costs. */
  "discount",
  "tax",
  "support",
  "refund",
  "credit",
  /** One-time and recurring fees, and buying a commitment. */
  "fee",
  /** The part of a commitment that nothing used. */
  "unused_commitment",
  /** Bought from a third party through the cloud's marketplace, without use behind it. */
  "marketplace",
  /** Rounding and corrections by the provider. */
  "adjustment",
] as const;
export type ChargeClass = (typeof CHARGE_CLASSES)[number];

/** Can a tag reach charges of this class? The rule for the "taggable spend" denominator. */
export function isTaggable(charge: ChargeClass): boolean {
  return charge === "usage" || charge === "discount";
}

/** What of a FOCUS row decides its class; null where the column is absent or NULL. */
export interface FocusCharge {
  readonly chargeCategory: string | null;
  readonly chargeClass: string | null;
  readonly commitmentDiscountStatus: string | null;
  readonly serviceName: string | null;
  readonly serviceSubcategory: string | null;
  /** PublisherName differs from ProviderName: sold by a third party. */
  readonly thirdParty: boolean;
}

const SUPPORT = /\bsupport\b/i;

/**
 * FOCUS 1.0 to 1.2, columns ChargeCategory, ChargeClass and CommitmentDiscountStatus (focus.finops.org/focus-specification).
 * A correction of use is a `refund`: it concerns an earlier invoice. An unknown category is an `adjustment`.
 */
export function focusChargeClass(row: FocusCharge): ChargeClass {
  const category = row.chargeCategory?.toLowerCase();
  if (category === "usage") return focusUsage(row);
  if (category === "purchase") return row.thirdParty ? "marketplace" : "fee";
  return category === "tax" || category === "credit" ? category : "adjustment";
}

function focusUsage(row: FocusCharge): ChargeClass {
  if (row.chargeClass?.toLowerCase() === "correction") return "refund";
  if (row.commitmentDiscountStatus?.toLowerCase() === "unused") return "unused_commitment";
  const service = `${row.serviceName ?? ""} ${row.serviceSubcategory ?? ""}`;
  return SUPPORT.test(service) ? "support" : "usage";
}

/**
 * AWS: `line_item_line_item_type` of the Cost and Usage Report, and RECORD_TYPE of Cost Explorer, which
 * spells the same words with spaces (docs.aws.amazon.com/cur/latest/userguide/Lineitem-columns.html).
 * Recurring commitment fees count as unused: use that a commitment covers is charged on its own line, so
 * amortised, only what nothing used is left on the fee. An unknown word is an `adjustment`.
 */
const AWS_LINE_TYPES: Readonly<Record<string, ChargeClass>> = {
  usage: "usage",
  discountedusage: "usage",
  savingsplancoveredusage: "usage",
  savingsplannegation: "fee",
  savingsplanupfrontfee: "fee",
  savingsplanrecurringfee: "unused_commitment",
  rifee: "unused_commitment",
  recurring: "unused_commitment",
  fee: "fee",
  upfront: "fee",
  tax: "tax",
  credit: "credit",
  refund: "refund",
  bundleddiscount: "discount",
  discount: "discount",
  edpdiscount: "discount",
  enterprisediscountprogramdiscount: "discount",
  privateratediscount: "discount",
  solutionproviderprogramdiscount: "discount",
  distributordiscount: "discount",
  support: "support",
  othersubscription: "fee",
  otheroutofcyclecharges: "fee",
};

/**
 * @param lineType `DiscountedUsage`, or Cost Explorer's `Savings Plan Covered Usage`.
 * @param service Product code or service name; AWS Support is charged as use of a service.
 */
export function awsChargeClass(lineType: string, service: string): ChargeClass {
  const found = AWS_LINE_TYPES[lineType.toLowerCase().replaceAll(/[^a-z]/g, "")] ?? "adjustment";
  const ofSupport = /^(aws)?\s?(premium\s)?support|^aws support/i.test(service);
  return found === "usage" || found === "fee" ? (ofSupport ? "support" : found) : found;
}

/**
 * Azure: the ChargeType dimension of Cost Management; its words are listed at
 * learn.microsoft.com/azure/cost-management-billing/automate/understand-usage-details-fields.
 */
const AZURE_CHARGE_TYPES: Readonly<Record<string, ChargeClass>> = {
  usage: "usage",
  purchase: "fee",
  refund: "refund",
  tax: "tax",
  adjustment: "adjustment",
  roundingadjustment: "adjustment",
  credit: "credit",
  unusedreservation: "unused_commitment",
  unusedsavingsplan: "unused_commitment",
};

/** @param publisherType `Azure`, `AWS` or `Marketplace`, where known. */
export function azureChargeClass(chargeType: string, publisherType: string | null): ChargeClass {
  const word = chargeType.toLowerCase().replaceAll(/[^a-z]/g, "");
  const found = AZURE_CHARGE_TYPES[word] ?? "adjustment";
  return found === "fee" && publisherType?.toLowerCase() === "marketplace" ? "marketplace" : found;
}

/** GCP: `cost_type` of the billing export (cloud.google.com/billing/docs/how-to/export-data-bigquery-tables). */
const GCP_COST_TYPES: Readonly<Record<string, ChargeClass>> = {
  regular: "usage",
  tax: "tax",
  adjustment: "adjustment",
  rounding_error: "adjustment",
};

/** @param service `service.description`; support and commitments are services of their own. */
export function gcpChargeClass(costType: string, service: string): ChargeClass {
  const found = GCP_COST_TYPES[costType.toLowerCase()] ?? "adjustment";
  return found === "usage" && SUPPORT.test(service) ? "support" : found;
}
