import { Agent } from "node:http";
import {
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  DescribeRegionsCommand,
  EC2Client,
  paginateDescribeInstances,
} from "@aws-sdk/client-ec2";
import {
  GetBucketLocationCommand,
  GetBucketTaggingCommand,
  ListBucketsCommand,
  paginateListBuckets,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linksTo } from "../../src/domain/links.ts";
import type { EstateResource } from "../estate/types.ts";
import { assumedRole } from "./assumed-role.ts";
import { startTestAws, type AwsTestSession } from "./test-session.ts";

let session: AwsTestSession;
let ec2: EC2Client;
let s3: S3Client;

beforeAll(async () => {
  session = await startTestAws();
  ec2 = new EC2Client(session.settings());
  s3 = new S3Client(session.settings());
});
afterAll(async () => {
  ec2.destroy();
  s3.destroy();
  await session.close();
});

/** Everything planted in the management account that `matches`. */
function planted(matches: (resource: EstateResource) => boolean): readonly EstateResource[] {
  const { estate, managementAccount } = session;
  return estate.groups
    .filter(({ account }) => account === managementAccount)
    .flatMap((group) => Array.from({ length: group.count }, (_, i) => estate.resource(group, i)))
    .filter(matches);
}

const asSdkTags = (resource: EstateResource): object[] =>
  resource.tags.map(({ key, value }) => ({ Key: key, Value: value }));

describe("EC2", () => {
  test("an account has its 17 default Regions, and sees the others when it asks for all", async () => {
    const { Regions = [] } = await ec2.send(new DescribeRegionsCommand({}));
    expect(Regions).toHaveLength(17);
    expect(new Set(Regions.map(({ OptInStatus }) => OptInStatus))).toEqual(
      new Set(["opt-in-not-required"]),
    );
    const all = await ec2.send(new DescribeRegionsCommand({ AllRegions: true }));
    const off = (all.Regions ?? []).filter(({ OptInStatus }) => OptInStatus === "not-opted-in");
    expect(off.map(({ RegionName }) => RegionName)).toContain("eu-south-1");
  });

  test("the production account has opted in to one more, and has resources there", async () => {
    const production = session.estate.accounts.find(
      ({ cloud, name }) => cloud === "aws" && name.endsWith("-production"),
    );
    const api = new EC2Client(await assumedRole(session, production?.id ?? "", "eu-south-1"));
    const { Regions = [] } = await api.send(new DescribeRegionsCommand({}));
    expect(Regions.find(({ OptInStatus }) => OptInStatus === "opted-in")?.RegionName).toBe(
      "eu-south-1",
    );
    const { Reservations } = await api.send(new DescribeInstancesCommand({}));
    expect(Reservations?.length).toBeGreaterThan(0);
    api.destroy();
  });

  test.each([5, 20, 1000])("instances in pages of %i, with their tags", async (pageSize) => {
    const pages = await Array.fromAsync(paginateDescribeInstances({ client: ec2, pageSize }, {}));
    const instances = pages.flatMap(({ Reservations = [] }) =>
      Reservations.flatMap((reservation) => reservation.Instances ?? []),
    );
    const expected = planted((r) => r.type === "ec2:instance" && r.region === "us-east-1");
    const found = instances.map(({ InstanceId, Tags = [] }) => [InstanceId, Tags]);
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries(expected.map((r) => [r.id.split("/")[1], asSdkTags(r)])),
    );
    expect(found).toHaveLength(expected.length);
  });

  test("instances with the network, subnet and security groups they were planted in", async () => {
    const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
    const found = Reservations.flatMap(({ Instances = [] }) => Instances).map((instance) => [
      instance.InstanceId,
      linksTo({
        network: instance.VpcId,
        subnet: instance.SubnetId,
        security_group: instance.SecurityGroups?.map(({ GroupId }) => GroupId),
      }).links,
    ]);
    const expected = planted((r) => r.type === "ec2:instance" && r.region === "us-east-1");
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries(expected.map((r) => [r.id.split("/")[1], session.estate.linksOf(r)])),
    );
  });

  test("instances by id", async () => {
    const { id, createdAt } = firstInstance();
    const InstanceIds = [id.split("/")[1] ?? ""];
    const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds }));
    expect(
      Reservations.map(({ OwnerId, Instances }) => [OwnerId, Instances?.[0]?.LaunchTime]),
    ).toEqual([[session.managementAccount, new Date(createdAt)]]);
  });

  test.each<[string, DescribeInstancesCommandInput]>([
    ["InvalidInstanceID.NotFound", { InstanceIds: ["i-00000000000000000"] }],
    ["InvalidParameterCombination", { InstanceIds: ["i-00000000000000000"], MaxResults: 10 }],
    ["InvalidParameterValue", { MaxResults: 4 }],
    ["InvalidNextToken", { NextToken: "nonsense" }],
  ])("%s", async (name, input) => {
    await expect(ec2.send(new DescribeInstancesCommand(input))).rejects.toMatchObject({ name });
  });
});

function firstInstance(): EstateResource {
  const [instance] = planted((r) => r.type === "ec2:instance" && r.region === "us-east-1");
  if (instance === undefined) throw new Error("the management account has no instance");
  return instance;
}

describe("S3", () => {
  test.each([1, 7, 1000])(
    "buckets of every Region once, in pages of %i, by name",
    async (pageSize) => {
      const pages = await Array.fromAsync(paginateListBuckets({ client: s3, pageSize }, {}));
      const names = pages.flatMap(({ Buckets = [] }) => Buckets.map(({ Name }) => Name ?? ""));
      const expected = planted((r) => r.type === "s3:bucket").map(({ name }) => name);
      expect(names).toEqual(expected.toSorted((a, b) => (a < b ? -1 : 1)));
    },
  );

  test("all at once without a page size, with Region and ARN, from any Region's endpoint", async () => {
    const elsewhere = new S3Client(session.settings({ region: "eu-west-1" }));
    const answers = [s3, elsewhere].map((api) => api.send(new ListBucketsCommand({})));
    const [here, there] = await Promise.all(answers);
    expect(there?.Buckets).toEqual(here?.Buckets);
    for (const { Name, BucketRegion, BucketArn } of here?.Buckets ?? [])
      expect(session.estate.find("aws", BucketArn ?? "")).toMatchObject({
        name: Name,
        region: BucketRegion,
      });
    elsewhere.destroy();
  });

  test("filtered by Region", async () => {
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({ BucketRegion: "eu-west-1" }));
    const expected = planted((r) => r.type === "s3:bucket" && r.region === "eu-west-1");
    expect(Buckets).toHaveLength(expected.length);
    expect(expected.length).toBeGreaterThan(0);
  });

  test("a bucket's tags, or NoSuchTagSet", async () => {
    const here = planted((r) => r.type === "s3:bucket" && r.region === "us-east-1");
    const tagged = here.find(({ tags }) => tags.length > 0);
    const untagged = here.find(({ tags }) => tags.length === 0);
    const { TagSet } = await s3.send(new GetBucketTaggingCommand({ Bucket: tagged?.name }));
    expect(TagSet).toEqual(tagged === undefined ? undefined : asSdkTags(tagged));
    await expect(
      s3.send(new GetBucketTaggingCommand({ Bucket: untagged?.name })),
    ).rejects.toMatchObject({ name: "NoSuchTagSet", $metadata: { httpStatusCode: 404 } });
    await expect(
      s3.send(new GetBucketTaggingCommand({ Bucket: "nobody-has-this-bucket" })),
    ).rejects.toMatchObject({ name: "NoSuchBucket" });
  });

  test("another account's bucket is denied", async () => {
    const group = session.estate.groups.find(
      ({ type, account }) => type === "s3:bucket" && account !== session.managementAccount,
    );
    if (group === undefined) throw new Error("no other account has a bucket");
    const Bucket = session.estate.resource(group, 0).name;
    await expect(s3.send(new GetBucketTaggingCommand({ Bucket }))).rejects.toMatchObject({
      name: "AccessDenied",
    });
  });

  test("a bucket of another Region redirects there, and the SDK can follow", async () => {
    const bucket = planted(
      (r) => r.region === "eu-west-1" && r.type === "s3:bucket" && r.tags.length > 0,
    )[0];
    const command = new GetBucketTaggingCommand({ Bucket: bucket?.name });
    await expect(s3.send(command)).rejects.toMatchObject({
      name: "PermanentRedirect",
      $metadata: { httpStatusCode: 301 },
    });
    const following = new S3Client({ ...session.settings(), followRegionRedirects: true });
    const { TagSet } = await following.send(new GetBucketTaggingCommand({ Bucket: bucket?.name }));
    expect(TagSet).toHaveLength(bucket?.tags.length ?? -1);
    following.destroy();
  });

  test("locations: none for us-east-1", async () => {
    const locationOf = async (region: string): Promise<string | undefined> => {
      const Bucket = planted((r) => r.type === "s3:bucket" && r.region === region)[0]?.name;
      return (await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint;
    };
    expect(await locationOf("us-east-1")).toBeUndefined();
    expect(await locationOf("eu-west-1")).toBe("eu-west-1");
  });

  test("virtual-host addressing reaches the same bucket", async () => {
    const bucket = planted(
      (r) => r.type === "s3:bucket" && r.region === "us-east-1" && r.tags.length > 0,
    )[0];
    const port = new URL(session.server.url).port;
    // Not every resolver knows that names under .localhost are this machine.
    const httpAgent = new Agent({
      lookup: (_name, _options, found) => found(null, [{ address: "127.0.0.1", family: 4 }]),
    });
    const hosted = new S3Client({
      ...session.settings({ endpoint: `http://localhost:${port}` }),
      requestHandler: { httpAgent },
    });
    const { TagSet } = await hosted.send(new GetBucketTaggingCommand({ Bucket: bucket?.name }));
    expect(TagSet).toHaveLength(bucket?.tags.length ?? -1);
    hosted.destroy();
  });
});
