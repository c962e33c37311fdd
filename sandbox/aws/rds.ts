import { z } from "zod";
import type { Link } from "../../src/domain/links.ts";
import type { LoopbackRequest } from "../loopback.ts";
import type { EstateResource } from "../estate/types.ts";
import { COMMON_ERRORS } from "./empty-lists.ts";
import { pageOf } from "./list-page.ts";
import { element, failure, xml, type WireResult } from "./protocol.ts";
import { type AwsCall, type AwsService, type Intent, operation, readForm } from "./service.ts";

/** RDS (2014-10-31): database instances with their tags and networks; clusters and snapshots there are none. */
const MOST_RECORDS = 100;
const formInput = z.object({
  Marker: z.string().default(""),
  MaxRecords: z.coerce.number().int().min(20).max(MOST_RECORDS).default(MOST_RECORDS),
});

/** Lists that are always empty: in this protocol an absent list is one. */
const EMPTY = ["DescribeDBClusters", "DescribeDBSnapshots", "DescribeDBClusterSnapshots"] as const;

function describeInstances(input: z.output<typeof formInput>, call: AwsCall): WireResult {
  const wanted = { type: "rds:db", token: input.Marker, limit: input.MaxRecords };
  const page = pageOf(call, wanted);
  if (page === undefined) return failure("InvalidParameterValue", "Invalid marker value");
  const { estate } = call.world;
  const rows = page.resources.map((one) => instanceOf(one, estate.linksOf(one)));
  const marker = page.next === undefined ? "" : element("Marker", page.next);
  return envelope("DescribeDBInstances", `<DBInstances>${rows.join("")}</DBInstances>${marker}`);
}

function instanceOf({ id, name, tags, createdAt }: EstateResource, links: readonly Link[]): string {
  const text = (kind: Link["kind"], write: (to: string) => string): string =>
    links.flatMap((link) => (link.kind === kind ? [write(link.to)] : [])).join("");
  const tagList = tags.map(
    ({ key, value }) => `<Tag>${element("Key", key)}${element("Value", value)}</Tag>`,
  );
  return (
    `<DBInstance>${element("DBInstanceIdentifier", name)}<DBInstanceStatus>available</DBInstanceStatus>` +
    element("InstanceCreateTime", createdAt) +
    element("DBInstanceArn", id) +
    `<VpcSecurityGroups>${text("security_group", (to) => `<VpcSecurityGroupMembership>${element("VpcSecurityGroupId", to)}<Status>active</Status></VpcSecurityGroupMembership>`)}</VpcSecurityGroups>` +
    text("network", (to) => `<DBSubnetGroup>${element("VpcId", to)}</DBSubnetGroup>`) +
    `<TagList>${tagList.join("")}</TagList></DBInstance>`
  );
}

function envelope(name: string, content: string): WireResult {
  return xml(
    `<${name}Response xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><${name}Result>${content}</${name}Result></${name}Response>`,
  );
}

function read(request: LoopbackRequest): Intent | undefined {
  const intent = readForm(request);
  const marker = new URLSearchParams(request.body).get("Marker") ?? "";
  return intent && { ...intent, laterPage: marker !== "" };
}

export const rdsService: AwsService = {
  protocol: "query",
  global: false,
  lists: new Set(["DescribeDBInstances", ...EMPTY]),
  read,
  operations: {
    DescribeDBInstances: operation(formInput, "InvalidParameterValue", describeInstances),
    ...Object.fromEntries(EMPTY.map((name) => [name, () => envelope(name, "")])),
  },
  errors: COMMON_ERRORS,
};
