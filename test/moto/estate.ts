import {
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteTagsCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateAccountCommand,
  CreateOrganizationCommand,
  OrganizationsClient,
} from "@aws-sdk/client-organizations";
import {
  BucketLocationConstraint,
  CreateBucketCommand,
  DeleteBucketTaggingCommand,
  PutBucketTaggingCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import { MOTO_ACCOUNT, type MotoServer } from "./server.ts";

/** What was planted on a resource, in words; its tags are the truth. */
export type Planted = "tagged" | "never_tagged" | "previously_tagged" | "mis_cased";

export interface SeededResource {
  readonly account: string;
  readonly region: string;
  readonly type: "ec2:instance" | "s3:bucket" | "ec2:volume";
  readonly id: string;
  readonly planted: Planted;
  /** Sorted by key. */
  readonly tags: readonly { readonly key: string; readonly value: string }[];
}

/** A role name that exists in every account of the seeded organization. */
export const SEEDED_ROLE = "tag-reader";

export const SEEDED_REGIONS = ["us-east-1", "eu-west-1", "ap-southeast-2"] as const;

/** Stock image of moto. */
const IMAGE = "ami-12c6146b";

const TAGS: Readonly<Record<Planted, Readonly<Record<string, string>>>> = {
  tagged: { CostCenter: "Engineering", Environment: "production", Owner: "ops@example.com" },
  never_tagged: {},
  previously_tagged: {},
  mis_cased: { costcenter: "Engineering", ENVIRONMENT: "production", Owner: "" },
};
const ONCE = { Key: "CostCenter", Value: "Marketing" };
const PLANTED = ["tagged", "never_tagged", "previously_tagged", "mis_cased"] as const;

interface Where {
  readonly account: string;
  readonly region: string;
  readonly ec2: EC2Client;
  readonly s3: S3Client;
}

/**
 * An organization of two accounts with EC2 instances and S3 buckets in three Regions, each in every
 * state of tagging, plus one terminated instance a Region (which is no resource) and one tagged volume.
 */
export async function seedEstate(moto: MotoServer): Promise<{
  readonly accounts: readonly string[];
  readonly resources: readonly SeededResource[];
}> {
  const member = await createMember(moto);
  const resources: SeededResource[] = [];
  for (const account of [MOTO_ACCOUNT, member])
    for (const region of SEEDED_REGIONS)
      resources.push(...(await seedRegion(connect(moto, account, region))));
  return { accounts: [MOTO_ACCOUNT, member], resources };
}

const KEYS = { accessKeyId: "testing", secretAccessKey: "testing" };

async function createMember({ url }: MotoServer): Promise<string> {
  const client = new OrganizationsClient({ endpoint: url, region: "us-east-1", credentials: KEYS });
  await client.send(new CreateOrganizationCommand({ FeatureSet: "ALL" }));
  const answer = await client.send(
    new CreateAccountCommand({ AccountName: "workloads", Email: "workloads@example.com" }),
  );
  const id = answer.CreateAccountStatus?.AccountId;
  if (id === undefined) throw new Error("moto created no account");
  return id;
}

function connect({ url }: MotoServer, account: string, region: string): Where {
  const own = account === MOTO_ACCOUNT;
  const credentials = own
    ? KEYS
    : fromTemporaryCredentials({
        masterCredentials: KEYS,
        params: { RoleArn: `arn:aws:iam::${account}:role/${SEEDED_ROLE}` },
        clientConfig: { endpoint: url, region },
      });
  const settings = { endpoint: url, region, credentials };
  return {
    account,
    region,
    ec2: new EC2Client(settings),
    s3: new S3Client({ ...settings, forcePathStyle: true }),
  };
}

async function seedRegion(where: Where): Promise<readonly SeededResource[]> {
  const seeded: SeededResource[] = [];
  for (const planted of PLANTED) {
    seeded.push(await seedInstance(where, planted));
    seeded.push(await seedBucket(where, planted));
  }
  await seedTerminated(where);
  seeded.push(await seedVolume(where));
  return seeded;
}

function awsTags(planted: Planted): { Key: string; Value: string }[] {
  return Object.entries(TAGS[planted]).map(([Key, Value]) => ({ Key, Value }));
}

function seededAs(
  { account, region }: Where,
  planted: Planted,
  what: Pick<SeededResource, "type" | "id">,
): SeededResource {
  const tags = Object.entries(TAGS[planted])
    .map(([key, value]) => ({ key, value }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return { account, region, planted, tags, ...what };
}

async function runInstance(
  { ec2 }: Where,
  tags: { Key: string; Value: string }[],
): Promise<string> {
  const answer = await ec2.send(
    new RunInstancesCommand({
      ImageId: IMAGE,
      MinCount: 1,
      MaxCount: 1,
      ...(tags.length === 0
        ? {}
        : { TagSpecifications: [{ ResourceType: "instance", Tags: tags }] }),
    }),
  );
  return answer.Instances?.[0]?.InstanceId ?? "";
}

async function seedInstance(where: Where, planted: Planted): Promise<SeededResource> {
  const { ec2, account, region } = where;
  const instance = await runInstance(where, awsTags(planted));
  if (planted === "previously_tagged") {
    await ec2.send(new CreateTagsCommand({ Resources: [instance], Tags: [ONCE] }));
    await ec2.send(new DeleteTagsCommand({ Resources: [instance], Tags: [ONCE] }));
  }
  const id = `arn:aws:ec2:${region}:${account}:instance/${instance}`;
  return seededAs(where, planted, { type: "ec2:instance", id });
}

async function seedTerminated(where: Where): Promise<void> {
  const instance = await runInstance(where, awsTags("tagged"));
  await where.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance] }));
}

async function seedVolume(where: Where): Promise<SeededResource> {
  const { ec2, account, region } = where;
  const volume = await ec2.send(
    new CreateVolumeCommand({
      AvailabilityZone: `${region}a`,
      Size: 1,
      TagSpecifications: [{ ResourceType: "volume", Tags: awsTags("tagged") }],
    }),
  );
  const id = `arn:aws:ec2:${region}:${account}:volume/${volume.VolumeId}`;
  return seededAs(where, "tagged", { type: "ec2:volume", id });
}

async function seedBucket(where: Where, planted: Planted): Promise<SeededResource> {
  const { s3, account, region } = where;
  const Bucket = `bucket-${planted.replaceAll("_", "-")}-${account}-${region}`;
  const place = Object.values(BucketLocationConstraint).find((name) => name === region);
  await s3.send(
    new CreateBucketCommand({
      Bucket,
      ...(place === undefined ? {} : { CreateBucketConfiguration: { LocationConstraint: place } }),
    }),
  );
  const TagSet = planted === "previously_tagged" ? [ONCE] : awsTags(planted);
  if (TagSet.length > 0)
    await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
  if (planted === "previously_tagged") await s3.send(new DeleteBucketTaggingCommand({ Bucket }));
  return seededAs(where, planted, { type: "s3:bucket", id: `arn:aws:s3:::${Bucket}` });
}
