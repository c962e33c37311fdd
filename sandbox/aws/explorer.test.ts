import {
  GetDefaultViewCommand,
  GetIndexCommand,
  GetViewCommand,
  ListIndexesCommand,
  ListResourcesCommand,
  type ListResourcesCommandInput,
  ListSupportedResourceTypesCommand,
  ListViewsCommand,
  type Resource,
  ResourceExplorer2Client,
  SearchCommand,
} from "@aws-sdk/client-resource-explorer-2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assumedRole } from "./assumed-role.ts";
import { startTestAws, type AwsTestSession } from "./test-session.ts";

let session: AwsTestSession;
let client: ResourceExplorer2Client;

beforeAll(async () => {
  session = await startTestAws();
  client = new ResourceExplorer2Client(session.settings());
});
afterAll(async () => {
  client.destroy();
  await session.close();
});

async function listAll(
  input: ListResourcesCommandInput,
  api: ResourceExplorer2Client = client,
): Promise<readonly Resource[]> {
  const found: Resource[] = [];
  let token: string | undefined;
  do {
    const page = await api.send(new ListResourcesCommand({ ...input, NextToken: token }));
    found.push(...(page.Resources ?? []));
    token = page.NextToken;
  } while (token !== undefined);
  return found;
}

describe("ListResources", () => {
  test("from the management account, pages of 500 show the whole organization once, tagged or not", async () => {
    const found = await listAll({ MaxResults: 500 });
    expect(new Set(found.map(({ Arn }) => Arn)).size).toBe(session.estate.truth("aws").total);
    expect(found).toHaveLength(session.estate.truth("aws").total);
    for (const { Arn = "", Properties = [], OwningAccountId, Region, ResourceType } of found) {
      const planted = session.estate.find("aws", Arn);
      const tags = Properties.find(({ Name }) => Name === "tags")?.Data ?? [];
      expect({ OwningAccountId, Region, ResourceType, tags }).toEqual({
        OwningAccountId: planted?.account,
        Region: planted?.region,
        ResourceType: planted?.type,
        tags: planted?.tags.map(({ key, value }) => ({ Key: key, Value: value })),
      });
    }
  });

  test("with MaxResults 1000 there is no token, however much there is", async () => {
    const page = await client.send(new ListResourcesCommand({ MaxResults: 1000 }));
    expect(page.Resources).toHaveLength(1000);
    expect(page.NextToken).toBeUndefined();
  });

  test("filters by Region, service, type, account and absence of tags", async () => {
    const FilterString = `region:eu-west-1,us-west-2 service:ec2 -resourcetype:ec2:volume accountid:${session.managementAccount} tag:none`;
    const found = await listAll({ Filters: { FilterString }, MaxResults: 2 });
    const { estate, managementAccount } = session;
    const expected = estate.groups
      .filter(
        ({ account, region, type }) =>
          account === managementAccount &&
          ["eu-west-1", "us-west-2"].includes(region) &&
          ["ec2:instance", "ec2:security-group"].includes(type),
      )
      .flatMap((group) => Array.from({ length: group.count }, (_, i) => estate.resource(group, i)))
      .filter(({ tags }) => tags.length === 0);
    expect(expected.length).toBeGreaterThan(2);
    expect(found).toHaveLength(expected.length);
    expect(new Set(found.map(({ Arn }) => Arn))).toEqual(new Set(expected.map(({ id }) => id)));
  });

  test("free text is no filter", async () => {
    const Filters = { FilterString: "checkout" };
    await expect(client.send(new ListResourcesCommand({ Filters }))).rejects.toMatchObject({
      name: "ValidationException",
    });
  });

  test("a member account sees itself only", async () => {
    const member = session.estate.accounts.filter(({ cloud }) => cloud === "aws")[1]?.id ?? "";
    const api = new ResourceExplorer2Client(await assumedRole(session, member));
    const found = await listAll({ MaxResults: 999 }, api);
    expect(new Set(found.map(({ OwningAccountId }) => OwningAccountId))).toEqual(new Set([member]));
    expect(found).toHaveLength(session.estate.truth("aws", (g) => g.account === member).total);
    api.destroy();
  });
});

describe("Search", () => {
  test("finds 1,000 at most and says that there is more", async () => {
    const all = await client.send(new SearchCommand({ QueryString: "", MaxResults: 1000 }));
    expect(all.Count).toEqual({ Complete: false, TotalResources: 1000 });
    expect(all.Resources).toHaveLength(1000);
  });

  test("goes on page by page to the end of a small result", async () => {
    const QueryString = `resourcetype:kms:key region:us-east-1`;
    const expected = session.estate.truth(
      "aws",
      ({ type, region }) => type === "kms:key" && region === "us-east-1",
    ).total;
    const arns = new Set<string | undefined>();
    let NextToken: string | undefined;
    do {
      const page = await client.send(new SearchCommand({ QueryString, MaxResults: 3, NextToken }));
      expect(page.Count).toEqual({ Complete: true, TotalResources: expected });
      for (const { Arn } of page.Resources ?? []) arns.add(Arn);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(arns.size).toBe(expected);
  });
});

describe("views and indexes", () => {
  test("the default view is in the aggregator's Region and shows tags", async () => {
    const { ViewArn } = await client.send(new GetDefaultViewCommand({}));
    const { View } = await client.send(new GetViewCommand({ ViewArn }));
    expect(View?.IncludedProperties).toEqual([{ Name: "tags" }]);
    expect(View?.Scope).toContain(":organization/");
    expect((await client.send(new ListViewsCommand({}))).Views).toEqual([ViewArn]);
  });

  test("one aggregator, one local index in every other enabled Region", async () => {
    const { Indexes = [] } = await client.send(new ListIndexesCommand({}));
    const aggregators = Indexes.filter(({ Type }) => Type === "AGGREGATOR");
    expect(aggregators.map(({ Region }) => Region)).toEqual(["us-east-1"]);
    expect(Indexes).toHaveLength(17);
    const index = await client.send(new GetIndexCommand({}));
    expect(index).toMatchObject({ Type: "AGGREGATOR", State: "ACTIVE" });
    expect(index.ReplicatingFrom).toHaveLength(16);
  });

  test("names the types it indexes", async () => {
    const { ResourceTypes = [] } = await client.send(new ListSupportedResourceTypesCommand({}));
    expect(ResourceTypes).toContainEqual({ ResourceType: "s3:bucket", Service: "s3" });
  });

  test("elsewhere there is an index but no default view", async () => {
    const api = new ResourceExplorer2Client(session.settings({ region: "eu-west-1" }));
    expect((await api.send(new GetDefaultViewCommand({}))).ViewArn).toBeUndefined();
    expect((await api.send(new GetIndexCommand({}))).Type).toBe("LOCAL");
    await expect(api.send(new ListResourcesCommand({}))).rejects.toMatchObject({
      name: "UnauthorizedException",
      $metadata: { httpStatusCode: 401 },
    });
    api.destroy();
  });
});

describe("options", () => {
  test("switched off, there is neither index nor view", async () => {
    const off = await startTestAws({ resources: 300, resourceExplorer: { state: "off" } });
    const api = new ResourceExplorer2Client(off.settings());
    expect((await api.send(new ListIndexesCommand({}))).Indexes).toEqual([]);
    expect((await api.send(new GetDefaultViewCommand({}))).ViewArn).toBeUndefined();
    await expect(api.send(new GetIndexCommand({}))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
    await expect(api.send(new ListResourcesCommand({}))).rejects.toMatchObject({
      name: "UnauthorizedException",
    });
    api.destroy();
    await off.close();
  });

  test("a view without tags says nothing of tags", async () => {
    const bare = await startTestAws({ resources: 300, resourceExplorer: { includesTags: false } });
    const api = new ResourceExplorer2Client(bare.settings());
    const found = await listAll({ MaxResults: 999 }, api);
    expect(found).toHaveLength(180);
    expect(found.flatMap(({ Properties }) => Properties ?? [])).toEqual([]);
    api.destroy();
    await bare.close();
  });
});
