import type { Migration } from "./migration.ts";

/**
 * What each resource cost in the newest month, added up once. Filled when first asked for, and whenever
 * the bills that it was made of are no longer those that are stored.
 */
export const resourceCosts: Migration = {
  name: "0023-resource-costs",
  statements: ({ int64 }) => [
    `create table resource_costs (
      month text not null,
      cloud text not null,
      resource_key text not null,
      currency text not null,
      method text not null,
      effective ${int64} not null,
      primary key (resource_key, cloud, month, currency, method)
    )`,
    "create index resource_costs_by_amount on resource_costs (month, currency, effective desc)",
    `create table cost_weights (
      cloud text not null,
      month text not null,
      bills text not null,
      primary key (cloud, month)
    )`,
  ],
};
