import type { Resource, Tag } from "../../src/domain/resource.ts";
import type { ResourceTypeFacts } from "../../src/domain/resource-type.ts";
import type { Cell } from "../../src/domain/scan/cell.ts";
import type { CellReader, CloudProvider } from "../../src/ports/cloud.ts";

/** As many as a page of AWS's tagging API holds. */
const PAGE_SIZE = 100;
const ACCOUNTS = 40;
const REGIONS = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-south-1"];
const TYPES = ["ec2:instance", "ec2:volume", "s3:bucket", "rds:db", "lambda:function"];
const CATEGORY = "other";

const FACTS: readonly ResourceTypeFacts[] = TYPES.map((id) => ({
  cloud: "aws",
  id,
  category: CATEGORY,
  billable: true,
  taggable: true,
}));

export interface Estate {
  readonly resources: number;
  /** From 1 on, one resource in a hundred has changed. */
  round: number;
}

/** A cloud of made-up resources: pages appear as fast as they are asked for, with no network in between. */
export function madeUpCloud(estate: Estate): CloudProvider {
  const cells = ACCOUNTS * REGIONS.length * TYPES.length;
  const perCell = Math.ceil(estate.resources / cells);
  return {
    cloud: "aws",
    resourceTypes: FACTS,
    regions: REGIONS,
    inventory: {
      plan: async function* () {
        for (let index = 0; index < cells; index++)
          yield {
            kind: "reader",
            reader: reader(cellAt(index), { estate, from: index * perCell, count: perCell }),
          };
      },
    },
    locate: () => undefined,
    apiCalls: () => 0,
    close: () => Promise.resolve(),
  };
}

function reader(
  cell: Cell,
  {
    estate,
    from,
    count,
  }: { readonly estate: Estate; readonly from: number; readonly count: number },
): CellReader {
  return {
    cell,
    sees: "everything",
    read: async function* () {
      const end = Math.min(from + count, estate.resources);
      for (let start = from; start < end; start += PAGE_SIZE)
        yield Array.from({ length: Math.min(PAGE_SIZE, end - start) }, (_, at) =>
          made(cell, start + at, estate.round),
        );
    },
  };
}

function cellAt(index: number): Cell {
  const account = Math.floor(index / (REGIONS.length * TYPES.length));
  return {
    cloud: "aws",
    account: String(100_000_000_000 + account),
    region: REGIONS[Math.floor(index / TYPES.length) % REGIONS.length] ?? "",
    resourceType: TYPES[index % TYPES.length] ?? "",
  };
}

/** Half of the resources break a rule, some of them two; ids are as scattered as real ones. */
function made(cell: Cell, index: number, round: number): Resource {
  const scattered = (Math.imul(index + 1, 0x9e3779b1) >>> 0).toString(16).padStart(17, "0");
  const changed = round > 0 && index % 100 === 0;
  const tags: Tag[] = [
    { key: "Name", value: `workload-${index}` },
    { key: "Owner", value: changed ? "team-moved" : `team-${index % 30}` },
    { key: "Environment", value: index % 4 === 0 ? "produktion" : "production" },
    { key: "Application", value: `checkout-service-${index % 500}` },
    { key: "Project", value: `project-${index % 90}` },
  ];
  if (index % 2 === 1) tags.push({ key: "CostCenter", value: `cc-${1000 + (index % 400)}` });
  const { cloud, account, region, resourceType: type } = cell;
  const id = `arn:aws:${type.replace(":", `:${region}:${account}:`)}/i-${scattered}`;
  return { cloud, account, region, type, id, tags, createdAt: "2026-03-14T09:26:53.000Z" };
}
