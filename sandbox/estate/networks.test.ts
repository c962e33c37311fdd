import { describe, expect, test } from "vitest";
import type { LinkKind } from "../../src/domain/links.ts";
import { createEstate } from "./estate.ts";
import type { EstateResource } from "./types.ts";

const estate = createEstate({ seed: 5, resources: 20_000 });
const all = estate.groups.flatMap((group) =>
  Array.from({ length: group.count }, (_, index) => estate.resource(group, index)),
);
const ofType = (type: string): readonly EstateResource[] => all.filter((one) => one.type === type);
const kindsOf = (resource: EstateResource): string =>
  [...new Set(estate.linksOf(resource).map(({ kind }) => kind))].join(" ");

describe("networks of the simulated company", () => {
  test.each([
    ["ec2:instance", "network subnet security_group"],
    ["ec2:security-group", "network"],
    ["rds:db", "network security_group"],
    ["lambda:function", "network subnet security_group"],
    ["Microsoft.Web/sites", "network subnet"],
    ["Microsoft.ContainerService/managedClusters", "network subnet"],
    ["compute.googleapis.com/Instance", "network_tag"],
  ])("%s tells %s, or nothing where it is in none", (type, kinds) => {
    const told = new Set(ofType(type).map(kindsOf));
    told.delete("");
    expect([...told]).toEqual([kinds]);
  });

  test.each(["s3:bucket", "ec2:volume", "Microsoft.Compute/disks", "pubsub.googleapis.com/Topic"])(
    "%s tells nothing",
    (type) => {
      expect(new Set(ofType(type).map(kindsOf))).toEqual(new Set([""]));
    },
  );

  test("equal estates have equal networks", () => {
    const again = createEstate({ seed: 5, resources: 20_000 });
    for (const one of all) expect(again.linksOf(one)).toEqual(estate.linksOf(one));
  });

  test("a network is in one account and Region; teams share it", () => {
    const members = membersOf("network", ofType("ec2:instance"));
    for (const some of members.values())
      expect(new Set(some.map(({ account, region }) => `${account} ${region}`)).size).toBe(1);
    const owners = [...members.values()].map((some) => new Set(some.flatMap(ownerOf)).size);
    expect(Math.max(...owners)).toBeGreaterThan(3);
  });

  test("who shares a group or network is of one team more often than others are, and not always", () => {
    const owners = ofType("ec2:instance").flatMap(ownerOf);
    const anyone = agreementIn([owners]);
    const within = (kind: LinkKind): number =>
      agreementIn(
        [...membersOf(kind, ofType("ec2:instance")).values()].map((some) => some.flatMap(ownerOf)),
      );
    expect(within("network")).toBeGreaterThan(1.5 * anyone);
    expect(within("security_group")).toBeGreaterThan(3 * anyone);
    expect(within("security_group")).toBeLessThan(0.5);
  });
});

/** The share of the others beside it that have a member's owner, on average over all members. */
function agreementIn(groups: readonly (readonly string[])[]): number {
  let [members, agreeing] = [0, 0];
  for (const owners of groups) {
    const others = owners.length - 1;
    if (others < 1) continue;
    const counts = Map.groupBy(owners, (owner) => owner);
    for (const { length } of counts.values()) agreeing += (length * (length - 1)) / others;
    members += owners.length;
  }
  return agreeing / members;
}

function membersOf(
  kind: LinkKind,
  resources: readonly EstateResource[],
): ReadonlyMap<string, readonly EstateResource[]> {
  const members = new Map<string, EstateResource[]>();
  for (const one of resources)
    for (const link of estate.linksOf(one))
      if (link.kind === kind) members.set(link.to, [...(members.get(link.to) ?? []), one]);
  return members;
}

function ownerOf({ tags }: EstateResource): readonly string[] {
  return tags.flatMap(({ key, value }) => (key === "Owner" && value.includes("@") ? [value] : []));
}
