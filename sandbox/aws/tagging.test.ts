import {
  GetResourcesCommand,
  type GetResourcesCommandInput,
  GetTagKeysCommand,
  GetTagValuesCommand,
  paginateGetResources,
  ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EstateResource } from "../estate/types.ts";
import { startTestAws, type AwsTestSession } from "./test-session.ts";

const REGION = "us-east-1";
let session: AwsTestSession;
let client: ResourceGroupsTaggingAPIClient;
let planted: readonly EstateResource[];

beforeAll(async () => {
  session = await startTestAws();
  client = new ResourceGroupsTaggingAPIClient(session.settings());
  const { estate, managementAccount } = session;
  planted = estate.groups
    .filter((group) => group.account === managementAccount && group.region === REGION)
    .flatMap((group) =>
      Array.from({ length: group.count }, (_, index) => estate.resource(group, index)),
    );
});
afterAll(async () => {
  client.destroy();
  await session.close();
});

const visible = (): readonly EstateResource[] =>
  planted.filter(({ condition }) => condition !== "never_tagged");

function arnOf(condition: EstateResource["condition"]): string {
  const found = planted.find((resource) => resource.condition === condition);
  if (found === undefined) throw new Error(`nothing planted is ${condition}`);
  return found.id;
}

async function readAll(input: GetResourcesCommandInput): Promise<Map<string, unknown>> {
  const seen = new Map<string, unknown>();
  for await (const page of paginateGetResources({ client }, input))
    for (const { ResourceARN = "", Tags } of page.ResourceTagMappingList ?? []) {
      if (seen.has(ResourceARN)) throw new Error(`${ResourceARN} was given twice`);
      seen.set(ResourceARN, Tags);
    }
  return seen;
}

describe("GetResources", () => {
  test.each([
    ["default pages", {}],
    ["pages of 1", { ResourcesPerPage: 1 }],
    ["pages of 7", { ResourcesPerPage: 7 }],
    ["pages of 100", { ResourcesPerPage: 100 }],
    ["pages of 100 tags", { TagsPerPage: 100 }],
    ["pages of 500 tags", { TagsPerPage: 500 }],
  ])("%s read everything that has or had a tag, with its tags", async (_, input) => {
    const seen = await readAll(input);
    const expected = visible().map(({ id, tags }) => [
      id,
      tags.map(({ key, value }) => ({ Key: key, Value: value })),
    ]);
    expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(expected));
  });

  test("ends with the empty token, and every page keeps to its size", async () => {
    const sizes: number[] = [];
    let token: string | undefined;
    do {
      const page = await client.send(
        new GetResourcesCommand({ ResourcesPerPage: 20, PaginationToken: token }),
      );
      sizes.push(page.ResourceTagMappingList?.length ?? -1);
      token = page.PaginationToken;
    } while (token !== "");
    expect(Math.max(...sizes)).toBe(20);
    expect(sizes.reduce((a, b) => a + b, 0)).toBe(visible().length);
  });

  test("asked by ARN, shows lost tags as [] and leaves out what never had any", async () => {
    const ResourceARNList = [arnOf("compliant"), arnOf("never_tagged"), arnOf("previously_tagged")];
    const { ResourceTagMappingList = [] } = await client.send(
      new GetResourcesCommand({ ResourceARNList }),
    );
    const tagsByArn = new Map(ResourceTagMappingList.map((m) => [m.ResourceARN, m.Tags]));
    expect(new Set(tagsByArn.keys())).toEqual(
      new Set([arnOf("compliant"), arnOf("previously_tagged")]),
    );
    expect(tagsByArn.get(arnOf("previously_tagged"))).toEqual([]);
  });

  test("asked by ARN in another Region, or for nobody's ARN, finds nothing", async () => {
    const elsewhere = new ResourceGroupsTaggingAPIClient(session.settings({ region: "eu-west-1" }));
    const foreign = `arn:aws:sqs:${REGION}:${session.managementAccount}:not-ours`;
    for (const [api, arn] of [
      [elsewhere, arnOf("compliant")],
      [client, foreign],
    ] as const) {
      const answer = await api.send(new GetResourcesCommand({ ResourceARNList: [arn] }));
      expect(answer.ResourceTagMappingList).toEqual([]);
    }
    elsewhere.destroy();
  });

  test.each([
    ["s3", (r: EstateResource) => r.type === "s3:bucket"],
    ["ec2", (r: EstateResource) => r.type.startsWith("ec2:")],
    ["ec2:instance", (r: EstateResource) => r.type === "ec2:instance"],
    ["ec2:instanse", () => false],
  ])("type filter %s", async (filter, matches) => {
    const seen = await readAll({ ResourceTypeFilters: [filter], ResourcesPerPage: 100 });
    const expected = visible()
      .filter(matches)
      .map(({ id }) => id);
    expect([...seen.keys()].toSorted()).toEqual(expected.toSorted());
  });

  test("tag filters are joined by AND over keys and OR over values", async () => {
    const seen = await readAll({
      TagFilters: [{ Key: "CostCenter", Values: ["Sales", "Finance"] }, { Key: "Environment" }],
    });
    const expected = visible().filter(
      ({ tags }) =>
        tags.some((t) => t.key === "CostCenter" && ["Sales", "Finance"].includes(t.value)) &&
        tags.some((t) => t.key === "Environment"),
    );
    expect(expected.length).toBeGreaterThan(0);
    expect([...seen.keys()].toSorted()).toEqual(expected.map(({ id }) => id).toSorted());
  });

  test.each<[string, () => GetResourcesCommandInput]>([
    ["101 a page", () => ({ ResourcesPerPage: 101 })],
    ["50 tags a page", () => ({ TagsPerPage: 50 })],
    ["150 tags a page", () => ({ TagsPerPage: 150 })],
    ["an empty type", () => ({ ResourceTypeFilters: [""] })],
    [
      "ARNs and a type",
      () => ({ ResourceARNList: [arnOf("compliant")], ResourceTypeFilters: ["s3"] }),
    ],
    [
      "ARNs and a page size",
      () => ({ ResourceARNList: [arnOf("compliant")], ResourcesPerPage: 5 }),
    ],
    [
      "101 ARNs",
      () => ({ ResourceARNList: Array.from({ length: 101 }, () => arnOf("compliant")) }),
    ],
    ["a malformed ARN", () => ({ ResourceARNList: [arnOf("compliant"), "not-an-arn"] })],
    ["ExcludeCompliantResources alone", () => ({ ExcludeCompliantResources: true })],
  ])("refuses %s", async (_, input) => {
    await expect(client.send(new GetResourcesCommand(input()))).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
  });

  test("a token of another Region has expired", async () => {
    const { PaginationToken } = await client.send(new GetResourcesCommand({ ResourcesPerPage: 1 }));
    const elsewhere = new ResourceGroupsTaggingAPIClient(session.settings({ region: "eu-west-1" }));
    await expect(
      elsewhere.send(new GetResourcesCommand({ PaginationToken })),
    ).rejects.toMatchObject({ name: "PaginationTokenExpiredException" });
    elsewhere.destroy();
  });
});

describe("keys and values", () => {
  test("GetTagKeys names every key in use once", async () => {
    const { TagKeys, PaginationToken } = await client.send(new GetTagKeysCommand({}));
    const expected = new Set(visible().flatMap(({ tags }) => tags.map(({ key }) => key)));
    expect(TagKeys).toEqual([...expected].toSorted());
    expect(PaginationToken).toBe("");
  });

  test("GetTagValues names every value of the key once", async () => {
    const { TagValues } = await client.send(new GetTagValuesCommand({ Key: "Environment" }));
    const expected = new Set(
      visible().flatMap(({ tags }) =>
        tags.filter(({ key }) => key === "Environment").map(({ value }) => value),
      ),
    );
    expect(TagValues).toEqual([...expected].toSorted());
  });
});
