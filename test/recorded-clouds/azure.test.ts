import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseKql } from "../../sandbox/azure/kql.ts";
import { computedValue } from "../../sandbox/azure/kql-columns.ts";
import { cellQuery, parseResourcePage } from "../../src/clouds/azure/resource-graph.ts";
import { AppError } from "../../src/domain/errors.ts";
import { publishedPath } from "../spec-oracles/published.ts";

/** Real answers of Azure, recorded by Cloud Custodian's own tests (Apache-2.0); not part of this repository. */
const RECORDED = publishedPath("recorded/azure/cloud-custodian");

const Cassette = z.object({
  interactions: z.array(
    z.object({
      request: z.object({ uri: z.string() }),
      response: z.object({ body: z.object({ data: z.record(z.string(), z.unknown()) }) }),
    }),
  ),
});
const Table = z.object({
  columns: z.array(z.object({ name: z.string() })),
  rows: z.array(z.array(z.unknown())),
});
const ArmList = z.object({
  value: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      location: z.string(),
      tags: z.record(z.string(), z.string()),
    }),
  ),
});

/** The two answers about the same resources: Resource Graph's, and Resource Manager's own list. */
function recorded(name: string) {
  const file = join(
    RECORDED,
    `ResourceGraphSource.test_resource_graph_and_arm_sources_${name}_are_equivalent.json`,
  );
  const { interactions } = Cassette.parse(JSON.parse(readFileSync(file, "utf8")));
  const graph = interactions.find(({ request }) => request.uri.includes("ResourceGraph"));
  const arm = interactions.find(({ request }) => !request.uri.includes("ResourceGraph"));
  const body = graph?.response.body.data ?? {};
  // These were recorded in 2019, when answers came as a table; every cell of it is taken as it is.
  const { columns, rows } = Table.parse(body["data"]);
  const data = rows.map((row) =>
    Object.fromEntries(columns.map(({ name: column }, at) => [column, row[at]])),
  );
  const { count } = z.object({ count: z.number() }).parse(body);
  return { body: { ...body, count, data }, arm: ArmList.parse(arm?.response.body.data).value };
}

const ArmResource = z.looseObject({ id: z.string(), properties: z.looseObject({}) });

/**
 * What a query of ours makes of a resource as Resource Manager gave it: Resource Graph's `properties` are
 * those of the type's own API (learn.microsoft.com, "Understanding the Azure Resource Graph query language").
 */
function linksIn(file: string, type: string): readonly (readonly [string, string])[] {
  const text = readFileSync(join(RECORDED, file), "utf8");
  const answers = Cassette.parse(JSON.parse(text)).interactions.map(({ response }) => response);
  const found = answers
    .flatMap(({ body }) => [body.data, body.data["value"]].flat())
    .map((item) => ArmResource.safeParse(item).data)
    .find((item) => item?.["type"] === type);
  const kql = parseKql(cellQuery({ region: "*", resourceType: "*" }).linked);
  if (found === undefined || !kql.ok) throw new Error("nothing recorded, or a query out of reach");
  const computed = kql.query.computed.map((column) => [
    column.name,
    computedValue(column, found.properties),
  ]);
  const row = { ...found, subscriptionId: "s", ...Object.fromEntries(computed) };
  const body = { totalRecords: 1, count: 1, resultTruncated: "false", data: [row] };
  const [resource] = parseResourcePage(body, { firstPage: true }).rows;
  return (resource?.links ?? []).map(({ kind, to }) => [kind, to.split("/").slice(8).join("/")]);
}

describe.skipIf(!existsSync(RECORDED))(
  "recorded Resource Graph answers (skipped: ../shared/data/recorded/azure is not there)",
  () => {
    it.each(["vm", "storage"])("%s: agree with Resource Manager's own list", (name) => {
      const { body, arm } = recorded(name);
      expect(arm.length).toBeGreaterThan(0);
      const whole = { ...body, count: body.data.length, totalRecords: body.data.length };
      const { rows, skipToken } = parseResourcePage(whole, { firstPage: true });
      expect(skipToken).toBeUndefined();
      const seen = rows.map(({ id, tags, type, region }) => ({
        id: id.toLowerCase(),
        tags: Object.fromEntries((tags ?? []).map(({ key, value }) => [key, value])),
        type,
        region,
      }));
      const listed = arm.map(({ id, tags, type, location }) => ({
        id: id.toLowerCase(),
        tags,
        type,
        region: location,
      }));
      expect(seen).toEqual(listed);
    });

    it.each(["vm", "storage"])("%s: are refused as cut short, which the recording is", (name) => {
      // The publisher removed rows and left the counts: exactly what a silently lost row looks like.
      const { body } = recorded(name);
      expect(body.count).toBeGreaterThan(body.data.length);
      expect(() => parseResourcePage(body, { firstPage: true })).toThrowError(AppError);
    });

    it.each([
      [
        "NetworkInterfaceTest.test_find_by_name",
        "Microsoft.Network/networkInterfaces",
        "cctestvnetnic",
        "default",
      ],
      [
        "LoadBalancerTest.test_find_by_name",
        "Microsoft.Network/loadBalancers",
        "k8s-vnet-c02b7042",
        "k8s-subnet",
      ],
      [
        "VMSSTest.test_find_by_name",
        "Microsoft.Compute/virtualMachineScaleSets",
        "cctestvmssvnet",
        "default",
      ],
    ])("%s: the network is read from where the type has it", (name, type, network, subnet) => {
      expect(linksIn(`${name}.json`, type)).toEqual([
        ["network", network],
        ["subnet", `${network}/subnets/${subnet}`],
      ]);
    });

    it("a virtual machine names its interfaces alone, and no network", () => {
      const file = "VMTest.virtual_machine_interface.json";
      expect(linksIn(file, "Microsoft.Compute/virtualMachines")).toEqual([]);
    });
  },
);
