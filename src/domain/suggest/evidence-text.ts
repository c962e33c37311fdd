import type { FeatureKind } from "./features.ts";
import type { Evidence } from "./value-model.ts";

const SHARED: Readonly<Record<FeatureKind, string>> = {
  parent: "of the same stack, cluster or group",
  resource_group: "in this resource group",
  security_group: "in this security group",
  subnet: "in this subnet",
  network: "in this VPC or virtual network",
  network_tag: "with the same network tag",
  creator: "made by the same creator",
  tag: "with the same value of another tag",
  name_words: "with the same words in their name",
  name_word: "with the same word in their name",
  type_in_account: "of this type in this account",
  region_in_account: "in this account and Region",
  week_in_account: "created in the same week in this account",
  account: "in this account",
  type: "of this type",
};

/** "41 of 43 resources in this resource group": our own words and numbers only. */
export function evidenceText({ kind, agreeing, of }: Evidence): string {
  return `${agreeing} of ${of} resources ${SHARED[kind]}`;
}
