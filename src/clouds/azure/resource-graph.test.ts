import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseKql } from "../../../sandbox/azure/kql.ts";
import { AppError } from "../../domain/errors.ts";
import type { Cell } from "../../domain/scan/cell.ts";
import {
  azureRegion,
  cellQuery,
  countQuery,
  kqlText,
  parseResourcePage,
  separateQueries,
} from "./resource-graph.ts";
import { AZURE_RESOURCE_TYPES } from "./resource-types.ts";

const SUBSCRIPTION = "11111111-2222-3333-4444-555555555555";
const COLUMNS = "project id, name, type, location, subscriptionId, resourceGroup, tags";
const LINKS =
  ", subnet = coalesce(" +
  "tostring(properties.ipConfigurations[0].properties.subnet.id), tostring(properties.subnet.id), " +
  "tostring(properties.virtualNetworkSubnetId), tostring(properties.agentPoolProfiles[0].vnetSubnetID), " +
  "tostring(properties.frontendIPConfigurations[0].properties.subnet.id), " +
  "tostring(properties.gatewayIPConfigurations[0].properties.subnet.id), " +
  "tostring(properties.network.delegatedSubnetResourceId), tostring(properties.subnetId), " +
  "tostring(properties.virtualMachineProfile.networkProfile.networkInterfaceConfigurations[0]" +
  ".properties.ipConfigurations[0].properties.subnet.id)), " +
  "securityGroup = tostring(properties.networkSecurityGroup.id)";

function wordings(steps: string) {
  return {
    linked: `${steps} | ${COLUMNS}${LINKS} | order by id asc`,
    plain: `${steps} | ${COLUMNS} | order by id asc`,
  };
}

function cell(region = "*", resourceType = "*"): Cell {
  return { cloud: "azure", account: SUBSCRIPTION, region, resourceType };
}

const SUBSCRIPTIONS = "resourcecontainers | where type in~ ('Microsoft.Resources/subscriptions')";
const CONTAINERS =
  "resourcecontainers | where type in~ ('Microsoft.Resources/subscriptions', 'Microsoft.Resources/subscriptions/resourceGroups')";

describe("the queries of a place", () => {
  it.each<[Cell, string, readonly string[]]>([
    [cell(), `resources | union (${CONTAINERS})`, ["resources", CONTAINERS]],
    [
      cell("*", "Microsoft.Compute/disks"),
      `resources | where type =~ 'Microsoft.Compute/disks' | union (${SUBSCRIPTIONS})`,
      ["resources | where type =~ 'Microsoft.Compute/disks'", SUBSCRIPTIONS],
    ],
    [
      cell("westeurope"),
      `resources | where location in~ ('westeurope') | union (${CONTAINERS})`,
      ["resources | where location in~ ('westeurope')", CONTAINERS],
    ],
    [
      cell("westeurope", "Microsoft.Resources/subscriptions/resourceGroups"),
      CONTAINERS,
      [CONTAINERS],
    ],
    [cell("*", "microsoft.resources/subscriptions"), SUBSCRIPTIONS, [SUBSCRIPTIONS]],
    [
      cell("global", "Microsoft.Network/dnsZones"),
      `resources | where type =~ 'Microsoft.Network/dnsZones' | where location in~ ('global', '') | union (${SUBSCRIPTIONS})`,
      [
        "resources | where type =~ 'Microsoft.Network/dnsZones' | where location in~ ('global', '')",
        SUBSCRIPTIONS,
      ],
    ],
  ])("ask for %j, and for the subscription as a witness", (asked, joined, apart) => {
    expect(cellQuery(asked)).toEqual(wordings(joined));
    expect(separateQueries(asked)).toEqual(apart.map(wordings));
    expect(countQuery(asked)).toBe(`${joined} | summarize rows = count() by subscriptionId`);
  });

  it("are understood by the simulated Resource Graph", () => {
    for (const region of ["*", "westeurope"])
      for (const type of ["*", "Microsoft.Compute/disks", "Microsoft.Resources/subscriptions"]) {
        const asked = cell(region, type);
        const queries = [cellQuery(asked), ...separateQueries(asked)];
        const both = queries.flatMap(({ linked, plain }) => [linked, plain]);
        for (const kql of [countQuery(asked), ...both])
          expect(parseKql(kql)).toMatchObject({ ok: true });
      }
  });
});

describe("kqlText", () => {
  it("keeps any text inside its literal", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("'", "\\", "a", " ", "|") }), (text) => {
        const literal = kqlText(text);
        const inside = /^'((?:[^'\\]|\\.)*)'$/s.exec(literal)?.[1];
        expect(inside?.replaceAll(/\\(.)/gs, "$1")).toBe(text);
      }),
    );
  });
});

const ROW = {
  id: "/subscriptions/S/resourceGroups/RG/providers/Microsoft.Compute/virtualMachines/VM",
  name: "VM",
  type: "microsoft.compute/virtualmachines",
  location: "westeurope",
  subscriptionId: SUBSCRIPTION.toUpperCase(),
  resourceGroup: "rg",
  tags: { CostCenter: "fin", Empty: "" },
};

function page(rows: readonly unknown[], more: Readonly<Record<string, unknown>> = {}): unknown {
  return {
    totalRecords: rows.length,
    count: rows.length,
    resultTruncated: "false",
    data: rows,
    facets: [],
    ...more,
  };
}

function read(body: unknown, firstPage = true) {
  return parseResourcePage(body, { firstPage });
}

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
  return undefined;
}

describe("parseResourcePage", () => {
  it("maps a row and keeps id, tag keys and values as Azure spells them", () => {
    expect(read(page([ROW])).rows).toEqual([
      {
        cloud: "azure",
        account: SUBSCRIPTION,
        region: "westeurope",
        type: "Microsoft.Compute/virtualMachines",
        id: ROW.id,
        tags: [
          { key: "CostCenter", value: "fin" },
          { key: "Empty", value: "" },
        ],
        createdAt: null,
      },
    ]);
  });

  it("tells the subnet, the network that its id begins with, and the security group, in one case", () => {
    const network =
      "/subscriptions/S/resourceGroups/RG/providers/Microsoft.Network/virtualNetworks/N";
    const securityGroup = "/subscriptions/S/.../networkSecurityGroups/G";
    const [row] = read(page([{ ...ROW, subnet: `${network}/subnets/A`, securityGroup }])).rows;
    expect(row?.links).toEqual([
      { kind: "network", to: network.toLowerCase() },
      { kind: "subnet", to: `${network}/subnets/a`.toLowerCase() },
      { kind: "security_group", to: securityGroup.toLowerCase() },
    ]);
  });

  it.each([[""], [null], [undefined]])("reads a subnet %j as not told", (subnet) => {
    const [row] = read(page([{ ...ROW, subnet, securityGroup: subnet }])).rows;
    expect(row).not.toHaveProperty("links");
  });

  it.each([[null], [{}], [undefined]])("reads tags %j as none, not as unknown", (tags) => {
    expect(read(page([{ ...ROW, tags }])).rows[0]?.tags).toEqual([]);
  });

  it("keeps the spelling of a type it does not know", () => {
    const type = "contoso.weather/stations";
    expect(read(page([{ ...ROW, type }])).rows[0]?.type).toBe(type);
  });

  it("gives the token of the next page", () => {
    const body = page([ROW], { totalRecords: 5000, $skipToken: "next" });
    expect(read(body).skipToken).toBe("next");
  });

  it.each([
    ["says so and gives no token", page([ROW], { resultTruncated: "true" })],
    ["counts more rows than it sends", page([ROW], { count: 18, totalRecords: 18 })],
    ["knows more records than its only page", page([ROW], { totalRecords: 744 })],
  ])("refuses an answer that is cut short: it %s", (_, body) => {
    expect(codeOf(() => read(body))).toBe("cloud_truncated");
  });

  it("goes on from a page that is marked truncated and has a token", () => {
    const body = page([ROW], { resultTruncated: "true", $skipToken: "next", totalRecords: 9 });
    expect(read(body).rows).toHaveLength(1);
  });

  it("accepts a last page that is smaller than the whole", () => {
    expect(codeOf(() => read(page([ROW], { totalRecords: 3001 }), false))).toBeUndefined();
  });

  it.each([
    ["no page at all", "<html>proxy</html>"],
    ["a row without id", page([{ ...ROW, id: undefined }])],
    ["tags that are no map", page([{ ...ROW, tags: ["CostCenter"] }])],
  ])("never drops what it cannot read: %s", (_, body) => {
    expect(codeOf(() => read(body))).toBe("cloud_unavailable");
  });
});

describe("azureRegion", () => {
  it.each([
    ["westeurope", "westeurope"],
    ["West Europe", "westeurope"],
    ["GLOBAL", "global"],
    ["", "global"],
    [null, "global"],
    [undefined, "global"],
  ])("%j is %s", (location, region) => {
    expect(azureRegion(location)).toBe(region);
  });
});

describe("AZURE_RESOURCE_TYPES", () => {
  it("names every type once, whatever the case", () => {
    const ids = AZURE_RESOURCE_TYPES.map(({ id }) => id.toLowerCase());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("knows the common types, in the spelling of their providers", () => {
    expect(AZURE_RESOURCE_TYPES.filter(({ taggable }) => taggable).length).toBeGreaterThan(60);
    for (const { id } of AZURE_RESOURCE_TYPES) expect(id).toMatch(/^Microsoft\.\w+(\/\w+)+$/);
  });
});
