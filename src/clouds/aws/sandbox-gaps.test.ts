import { createEstate } from "../../../sandbox/estate/estate.ts";
import { describe, expect, test } from "vitest";
import { type InventoryRead, readInventory } from "../../../test/moto/read-inventory.ts";
import {
  found,
  inOrganization,
  management,
  member,
  start,
  truth,
} from "../../../test/moto/simulated-inventory.ts";

describe("what cannot be planned is a gap", () => {
  const gapsOf = ({ gaps }: InventoryRead): readonly string[] =>
    gaps.map(({ cell, status, reason }) => `${cell.account} ${cell.region} ${status} ${reason}`);

  test("an account whose role cannot be assumed", async () => {
    const { aws } = await start({
      faults: [{ service: "sts", operation: "AssumeRole", kind: "deny" }],
      provider: { ...inOrganization, accounts: [management, member] },
    });
    const read = await readInventory(aws);
    expect(gapsOf(read)).toEqual([`${member} * denied access_denied`]);
    expect(found(read)).toEqual(truth(({ account }) => account === management));
  });

  test("another account without any role to assume", async () => {
    const { aws } = await start({ provider: { accounts: [member] } });
    expect(gapsOf(await readInventory(aws))).toEqual([`${member} * failed credentials_missing`]);
  });

  test("accounts that the organization does not list to us", async () => {
    const { aws } = await start({
      faults: [{ service: "organizations", kind: "deny" }],
      provider: inOrganization,
    });
    const read = await readInventory(aws);
    expect(gapsOf(read)).toEqual(["* * denied access_denied"]);
    expect(new Set(read.resources.map(({ account }) => account))).toEqual(new Set([management]));
  });

  test("accounts after those that the organization has listed", async () => {
    const estate = createEstate({ seed: 11, resources: 15_000, only: "aws" });
    const { aws } = await start({
      estate,
      faults: [{ operation: "ListAccounts", kind: "deny", after: 1 }],
      provider: inOrganization,
    });
    const read = await readInventory(aws, { regions: ["us-east-1"] });
    expect(gapsOf(read)).toEqual(["* * denied access_denied"]);
    const firstPage = new Set(estate.accounts.slice(0, 20).map(({ id }) => id));
    expect(estate.accounts.length).toBeGreaterThan(firstPage.size);
    expect(found(read)).toEqual(
      truth(({ account, region }) => firstPage.has(account) && region === "us-east-1", estate),
    );
  });

  test("opt-in Regions when Regions may not be listed; the others are read", async () => {
    const { aws } = await start({
      faults: [{ service: "ec2", operation: "DescribeRegions", kind: "deny" }],
    });
    const read = await readInventory(aws);
    expect(gapsOf(read)).toContain(`${management} af-south-1 denied access_denied`);
    expect(gapsOf(read)).not.toContain(`${management} us-east-1 denied access_denied`);
    expect(found(read)).toEqual(truth(({ account }) => account === management));
  });
});
