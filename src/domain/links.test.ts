import { expect, test } from "vitest";
import { linksTo } from "./links.ts";

test("what an answer does not tell is absent, and no value", () => {
  expect(linksTo({})).toEqual({});
  expect(linksTo({ network: undefined, subnet: "", security_group: [null, undefined] })).toEqual(
    {},
  );
});

test("each thing is told once, in an order that does not depend on the answer's", () => {
  const told = linksTo({ security_group: ["sg-2", "sg-1", "sg-2"], network: "vpc-1" });
  expect(told).toEqual(linksTo({ network: "vpc-1", security_group: ["sg-1", "sg-2"] }));
  expect(told.links).toEqual([
    { kind: "network", to: "vpc-1" },
    { kind: "security_group", to: "sg-1" },
    { kind: "security_group", to: "sg-2" },
  ]);
});
