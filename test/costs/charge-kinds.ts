import type { ChargeClass } from "../../src/domain/cost/charge-class.ts";
import type { Cloud } from "../../src/domain/cloud.ts";
import type { ChargeKind } from "../../sandbox/estate/bill-line.ts";

/** The class that each kind of charge must be given, decided here and not by the product. */
export const CLASS_OF: Readonly<Record<ChargeKind, ChargeClass>> = {
  usage: "usage",
  covered_usage: "usage",
  reserved_usage: "usage",
  negation: "fee",
  commitment_fee: "unused_commitment",
  unused_commitment: "unused_commitment",
  commitment_purchase: "fee",
  tax: "tax",
  support: "support",
  refund: "refund",
  credit: "credit",
  // The sandbox's marketplace charges are for use.
  marketplace: "usage",
};

/** Native clouds spell some of them otherwise. */
export function classOf(cloud: Cloud, kind: ChargeKind): ChargeClass {
  if (cloud === "azure" && kind === "support") return "fee";
  if (cloud === "azure" && kind === "marketplace") return "marketplace";
  return CLASS_OF[kind];
}
