import {
  DescribeInstancesCommand,
  DescribeRegionsCommand,
  EC2Client,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateOrganizationCommand,
  DescribeOrganizationCommand,
  ListAccountsCommand,
  ListParentsCommand,
  ListRootsCommand,
  OrganizationsClient,
} from "@aws-sdk/client-organizations";
import {
  GetResourcesCommand,
  GetTagKeysCommand,
  GetTagValuesCommand,
  ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import {
  CreateBucketCommand,
  GetBucketLocationCommand,
  GetBucketTaggingCommand,
  ListBucketsCommand,
  PutBucketTaggingCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MOTO_ACCOUNT, motoMissing, startMoto, type MotoServer } from "../../test/moto/server.ts";
import { startTestAws, type AwsTestSession, type ClientSettings } from "./test-session.ts";

/** The same situation on both sides: a tagged bucket, one without tags, an instance, an account. */
interface Side {
  readonly settings: ClientSettings;
  readonly account: string;
  readonly taggedBucket: string;
  readonly untaggedBucket: string;
}

/** Type of every member, down through objects and the first item of lists. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (value instanceof Date) return "date";
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, member]) => name !== "$metadata" && member !== undefined)
      .map(([name, member]) => [name, shapeOf(member)]),
  );
}

type Ask = (side: Side) => Promise<object>;

const ec2 = ({ settings }: Side) => new EC2Client(settings);
const s3 = ({ settings }: Side) => new S3Client({ ...settings, forcePathStyle: true });
const sts = ({ settings }: Side) => new STSClient(settings);
const tagging = ({ settings }: Side) => new ResourceGroupsTaggingAPIClient(settings);
const organizations = ({ settings }: Side) => new OrganizationsClient(settings);

const role = (account: string) =>
  new AssumeRoleCommand({
    RoleArn: `arn:aws:iam::${account}:role/TagReader`,
    RoleSessionName: "contract",
  });

/** Answers whose members must be those of moto: same names, same types. */
const ANSWERS: readonly (readonly [string, Ask])[] = [
  [
    "GetResources, the first of several pages",
    (side) =>
      tagging(side).send(
        new GetResourcesCommand({ ResourceTypeFilters: ["ec2:instance"], ResourcesPerPage: 1 }),
      ),
  ],
  [
    "GetTagKeys",
    async (side) => ({ TagKeys: (await tagging(side).send(new GetTagKeysCommand({}))).TagKeys }),
  ],
  [
    "GetTagValues",
    async (side) => ({
      TagValues: (await tagging(side).send(new GetTagValuesCommand({ Key: "CostCenter" })))
        .TagValues,
    }),
  ],
  ["DescribeRegions", (side) => ec2(side).send(new DescribeRegionsCommand({}))],
  [
    "DescribeRegions, all",
    (side) => ec2(side).send(new DescribeRegionsCommand({ AllRegions: true })),
  ],
  [
    "GetBucketTagging",
    (side) => s3(side).send(new GetBucketTaggingCommand({ Bucket: side.taggedBucket })),
  ],
  [
    "GetBucketLocation in us-east-1",
    (side) => s3(side).send(new GetBucketLocationCommand({ Bucket: side.taggedBucket })),
  ],
  ["GetCallerIdentity", (side) => sts(side).send(new GetCallerIdentityCommand({}))],
  [
    "ListParents",
    (side) => organizations(side).send(new ListParentsCommand({ ChildId: side.account })),
  ],
];

/** Answers in which one side says more; members that only one of them has are named with the reason. */
const SUPERSETS: readonly (readonly [
  string,
  Ask,
  { readonly ours: string[]; readonly motos: string[] },
])[] = [
  [
    // BucketRegion and BucketArn are newer than moto; DisplayName was taken out of S3's answers in 2025.
    "ListBuckets",
    (side) => s3(side).send(new ListBucketsCommand({})),
    { ours: ["Buckets.BucketRegion", "Buckets.BucketArn"], motos: ["Owner.DisplayName"] },
  ],
  [
    // A packed size is only given with session policies or tags.
    "AssumeRole",
    (side) => sts(side).send(role(side.account)),
    { ours: [], motos: ["PackedPolicySize"] },
  ],
  [
    "ListAccounts",
    (side) => organizations(side).send(new ListAccountsCommand({})),
    { ours: [], motos: [] },
  ],
  // PolicyTypes is a list on both sides; in the sandbox a policy type is enabled.
  [
    "ListRoots",
    (side) => organizations(side).send(new ListRootsCommand({})),
    { ours: ["Roots.PolicyTypes.Status", "Roots.PolicyTypes.Type"], motos: [] },
  ],
  [
    "DescribeOrganization",
    (side) => organizations(side).send(new DescribeOrganizationCommand({})),
    {
      ours: [],
      motos: ["Organization.AvailablePolicyTypes.Status", "Organization.AvailablePolicyTypes.Type"],
    },
  ],
];

/** Refusals that must carry the same error code. */
const REFUSALS: readonly (readonly [string, Ask])[] = [
  [
    "an unknown page token",
    (side) => tagging(side).send(new GetResourcesCommand({ PaginationToken: "bm9uc2Vuc2U=" })),
  ],
  [
    "tags of a bucket without any",
    (side) => s3(side).send(new GetBucketTaggingCommand({ Bucket: side.untaggedBucket })),
  ],
  [
    "tags of a bucket that does not exist",
    (side) =>
      s3(side).send(new GetBucketTaggingCommand({ Bucket: "there-is-no-such-bucket-here" })),
  ],
  [
    "an instance that does not exist",
    (side) =>
      ec2(side).send(new DescribeInstancesCommand({ InstanceIds: ["i-00000000000000000"] })),
  ],
  [
    "an instance and a page size",
    (side) =>
      ec2(side).send(
        new DescribeInstancesCommand({ InstanceIds: ["i-00000000000000000"], MaxResults: 10 }),
      ),
  ],
];

/** Every path of a shape, lists left out of the name: `Buckets.Name`. */
function pathsOf(shape: unknown, prefix = ""): readonly string[] {
  if (Array.isArray(shape)) return shape.flatMap((item) => pathsOf(item, prefix));
  if (typeof shape !== "object" || shape === null) return [prefix];
  return Object.entries(shape).flatMap(([name, member]) =>
    pathsOf(member, prefix === "" ? name : `${prefix}.${name}`),
  );
}

async function refusalOf(
  answer: Promise<object>,
): Promise<{ readonly name: string; readonly status: unknown }> {
  try {
    await answer;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const metadata = "$metadata" in error ? (error.$metadata as { httpStatusCode?: number }) : {};
    return { name: error.name, status: metadata.httpStatusCode };
  }
  throw new Error("this was not refused");
}

describe.skipIf(motoMissing !== undefined)(`as moto answers ${motoMissing ?? ""}`, () => {
  let session: AwsTestSession;
  let moto: MotoServer;
  let ours: Side;
  let theirs: Side;

  beforeAll(async () => {
    moto = await startMoto();
    session = await startTestAws();
    ours = sandboxSide(session);
    theirs = await motoSide(moto);
  }, 120_000);
  afterAll(async () => {
    await session.close();
    await moto.close();
  });

  test.each(ANSWERS)("%s has the same members", async (_, ask) => {
    expect(shapeOf(await ask(ours))).toEqual(shapeOf(await ask(theirs)));
  });

  test.each(SUPERSETS)("%s has the same members but for those named", async (_, ask, only) => {
    const own = new Set(pathsOf(shapeOf(await ask(ours))));
    const other = new Set(pathsOf(shapeOf(await ask(theirs))));
    expect(own.difference(other)).toEqual(new Set(only.ours));
    expect(other.difference(own)).toEqual(new Set(only.motos));
  });

  test.each(REFUSALS)("%s is refused in the same words", async (_, ask) => {
    expect(await refusalOf(ask(ours))).toEqual(await refusalOf(ask(theirs)));
  });

  test("a Region that needs no opt-in needs none in moto either, which has more of them", async () => {
    const defaults = async (side: Side): Promise<Set<string | undefined>> => {
      const { Regions = [] } = await ec2(side).send(new DescribeRegionsCommand({}));
      return new Set(
        Regions.filter(({ OptInStatus }) => OptInStatus === "opt-in-not-required").map(
          ({ RegionName }) => RegionName,
        ),
      );
    };
    expect((await defaults(ours)).difference(await defaults(theirs))).toEqual(new Set());
  });
});

function sandboxSide(session: AwsTestSession): Side {
  const { estate, managementAccount } = session;
  const buckets = estate.groups
    .filter(
      (g) => g.type === "s3:bucket" && g.account === managementAccount && g.region === "us-east-1",
    )
    .flatMap((group) => Array.from({ length: group.count }, (_, i) => estate.resource(group, i)));
  return {
    settings: session.settings(),
    account: managementAccount,
    taggedBucket: buckets.find(({ tags }) => tags.length > 0)?.name ?? "",
    untaggedBucket: buckets.find(({ tags }) => tags.length === 0)?.name ?? "",
  };
}

async function motoSide({ url }: MotoServer): Promise<Side> {
  const side: Side = {
    settings: {
      endpoint: url,
      region: "us-east-1",
      credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
      maxAttempts: 1,
    },
    account: MOTO_ACCOUNT,
    taggedBucket: "contract-tagged",
    untaggedBucket: "contract-untagged",
  };
  const tag = { Key: "CostCenter", Value: "Sales" };
  for (const Bucket of [side.taggedBucket, side.untaggedBucket])
    await s3(side).send(new CreateBucketCommand({ Bucket }));
  await s3(side).send(
    new PutBucketTaggingCommand({ Bucket: side.taggedBucket, Tagging: { TagSet: [tag] } }),
  );
  await ec2(side).send(
    new RunInstancesCommand({
      ImageId: "ami-12c6146b",
      MinCount: 3,
      MaxCount: 3,
      TagSpecifications: [{ ResourceType: "instance", Tags: [tag] }],
    }),
  );
  await organizations(side).send(new CreateOrganizationCommand({ FeatureSet: "ALL" }));
  return side;
}
