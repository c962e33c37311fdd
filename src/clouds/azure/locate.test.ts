import { expect, test } from "vitest";
import { locateAzureId } from "./locate.ts";

const SUB = "01234567-89ab-cdef-0123-456789abcdef";
const at = (...types: string[]): object => ({ account: SUB, region: undefined, types });

test.each([
  [
    `/subscriptions/${SUB.toUpperCase()}/resourceGroups/rg/providers/microsoft.compute/virtualMachines/vm`,
    at("Microsoft.Compute/virtualMachines"),
  ],
  [
    `/subscriptions/${SUB}/resourceGroups/rg/providers/Microsoft.Sql/servers/s/databases/d`,
    at("Microsoft.Sql/servers/databases"),
  ],
  [
    `/subscriptions/${SUB}/resourceGroups/rg`,
    at("Microsoft.Resources/subscriptions/resourceGroups"),
  ],
  [`/subscriptions/${SUB}`, at("Microsoft.Resources/subscriptions")],
  [`/subscriptions/${SUB}/resourceGroups/rg/providers/Some.New/things/t`, at()],
  ["/subscriptions/no-guid", undefined],
  ["arn:aws:s3:::b", undefined],
])("%s", (id, located) => {
  expect(locateAzureId(id)).toEqual(located);
});
