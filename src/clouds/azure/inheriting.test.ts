import { expect, it } from "vitest";
import type { Resource } from "../../domain/resource.ts";
import { inheriting } from "./inheriting.ts";

const SUBSCRIPTION = "/subscriptions/0b1f";
const row = (id: string, type: string, tags: Readonly<Record<string, string>> = {}): Resource => ({
  cloud: "azure",
  account: "0b1f",
  region: "westeurope",
  type,
  id,
  tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
  createdAt: null,
});
const subscription = row(SUBSCRIPTION, "Microsoft.Resources/subscriptions", { Owner: "it" });
const group = row(
  `${SUBSCRIPTION}/resourceGroups/Shop`,
  "Microsoft.Resources/subscriptions/resourceGroups",
  { CostCenter: "42" },
);
const machine = row(
  `${SUBSCRIPTION}/resourceGroups/SHOP/providers/Microsoft.Compute/virtualMachines/web`,
  "Microsoft.Compute/virtualMachines",
  { Owner: "web" },
);

it("keeps the tags of group and subscription apart from the resource's own", () => {
  const inherit = inheriting();
  const [first, second, third] = [subscription, group, machine].map(inherit);
  expect(first).toEqual(subscription);
  const fromSubscription = { key: "Owner", value: "it", from: SUBSCRIPTION };
  expect(second?.inheritedTags).toEqual([fromSubscription]);
  expect(third?.inheritedTags).toEqual([
    { key: "CostCenter", value: "42", from: group.id },
    fromSubscription,
  ]);
  expect(third?.tags).toEqual(machine.tags);
});

it("knows them in whichever order group and subscription came", () => {
  const inherit = inheriting();
  expect(inherit(group)).not.toHaveProperty("inheritedTags");
  inherit(subscription);
  expect(inherit(machine).inheritedTags?.map(({ value }) => value)).toEqual(["42", "it"]);
});

it("tells nothing where the group or the subscription was not read before", () => {
  expect(inheriting()(machine)).not.toHaveProperty("inheritedTags");
  const inherit = inheriting();
  inherit(subscription);
  expect(inherit(machine)).not.toHaveProperty("inheritedTags");
});
