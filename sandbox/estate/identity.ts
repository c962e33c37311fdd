import { COMPANY } from "./company.ts";
import { hex } from "./random.ts";
import { PROJECT, RESOURCE_GROUP, SUBSCRIPTION } from "./resource-types.ts";

/** What an id is built from. `name` ends in the token; so does every id. */
export interface IdFacts {
  /** `idHead` of the place. */
  readonly head: string;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly token: string;
  readonly roll: number;
  /** Azure: name of the resource group the resource lives in; its own name for a resource group. */
  readonly resourceGroup: string;
  readonly application: string;
}

export type MakeId = (facts: IdFacts) => string;

/** Service and first words of the ARNs of AWS's types; S3's name no Region and no account. */
const ARN_HEADS: Readonly<Record<string, readonly [service: string, start: string]>> = {
  // `i-` and 17 hex digits, as EC2 makes them since 2016.
  "ec2:instance": ["ec2", "instance/i-0"],
  "ec2:volume": ["ec2", "volume/vol-0"],
  "ec2:security-group": ["ec2", "security-group/sg-0"],
  "rds:db": ["rds", "db:"],
  "lambda:function": ["lambda", "function:"],
  "dynamodb:table": ["dynamodb", "table/"],
  "sqs:queue": ["sqs", ""],
  "sns:topic": ["sns", ""],
  "logs:log-group": ["logs", "log-group:/aws/lambda/"],
  "kms:key": ["kms", "key/"],
};

/** What all ids of a type in one place begin with: made once. Empty where ids are made as a whole. */
export function idHead(
  type: string,
  { account, region }: { readonly account: string; readonly region: string },
): string {
  const [service, start] = ARN_HEADS[type] ?? [];
  if (service === undefined) return "";
  // Joined, it is one text in memory and not a chain of parts that each id would have to follow.
  return ["arn:aws", service, region, account, start].join(":");
}

const ec2Id: MakeId = ({ head, roll, token }) => head + hex(roll, 6) + token;
const named: MakeId = ({ head, name }) => head + name;

const arm =
  (provider: string): MakeId =>
  ({ account, resourceGroup, name }) =>
    `/subscriptions/${account}/resourceGroups/${resourceGroup}/providers/${provider}/${name}`;

const gcp =
  (host: string, path: (facts: IdFacts) => string): MakeId =>
  (facts) =>
    `//${host}/projects/${facts.account}/${path(facts)}`;

const zoneOf = ({ region, roll }: IdFacts): string => `${region}-${"abc"[roll % 3] ?? "a"}`;

/** One id shape per type of the estate. */
export const ID_OF: Readonly<Record<string, MakeId>> = {
  "ec2:instance": ec2Id,
  "ec2:volume": ec2Id,
  "ec2:security-group": ec2Id,
  "s3:bucket": ({ name }) => `arn:aws:s3:::${name}`,
  "rds:db": named,
  "lambda:function": named,
  "dynamodb:table": named,
  "sqs:queue": named,
  "sns:topic": named,
  "logs:log-group": named,
  "kms:key": ({ head, roll, token }) =>
    `${head}${hex(roll, 8)}-${hex(roll >>> 3, 4)}-4${hex(roll >>> 7, 3)}-9${hex(roll >>> 11, 3)}-${hex(roll >>> 5, 2)}${token}`,
  [SUBSCRIPTION]: ({ account }) => `/subscriptions/${account}`,
  [RESOURCE_GROUP]: ({ account, name }) => `/subscriptions/${account}/resourceGroups/${name}`,
  "Microsoft.Compute/virtualMachines": arm("Microsoft.Compute/virtualMachines"),
  "Microsoft.Compute/disks": arm("Microsoft.Compute/disks"),
  "Microsoft.Storage/storageAccounts": arm("Microsoft.Storage/storageAccounts"),
  "Microsoft.Sql/servers/databases": ({ account, resourceGroup, name, application, region }) =>
    `/subscriptions/${account}/resourceGroups/${resourceGroup}/providers/Microsoft.Sql/servers/sql-${application}-${region}/databases/${name}`,
  "Microsoft.Web/sites": arm("Microsoft.Web/sites"),
  "Microsoft.ContainerService/managedClusters": arm("Microsoft.ContainerService/managedClusters"),
  "Microsoft.KeyVault/vaults": arm("Microsoft.KeyVault/vaults"),
  [PROJECT]: ({ account }) => `//cloudresourcemanager.googleapis.com/projects/${account}`,
  "compute.googleapis.com/Instance": gcp(
    "compute.googleapis.com",
    (facts) => `zones/${zoneOf(facts)}/instances/${facts.name}`,
  ),
  "compute.googleapis.com/Disk": gcp(
    "compute.googleapis.com",
    (facts) => `zones/${zoneOf(facts)}/disks/${facts.name}`,
  ),
  "storage.googleapis.com/Bucket": ({ name }) => `//storage.googleapis.com/${name}`,
  "sqladmin.googleapis.com/Instance": gcp(
    "cloudsql.googleapis.com",
    ({ name }) => `instances/${name}`,
  ),
  "container.googleapis.com/Cluster": gcp(
    "container.googleapis.com",
    ({ region, name }) => `locations/${region}/clusters/${name}`,
  ),
  "pubsub.googleapis.com/Topic": gcp("pubsub.googleapis.com", ({ name }) => `topics/${name}`),
  "bigquery.googleapis.com/Dataset": gcp(
    "bigquery.googleapis.com",
    ({ name }) => `datasets/${name}`,
  ),
  "run.googleapis.com/Service": gcp(
    "run.googleapis.com",
    ({ region, name }) => `locations/${region}/services/${name}`,
  ),
};

/** Types whose id does not contain the resource's name. */
export const OPAQUE_IDS: ReadonlySet<string> = new Set([
  "ec2:instance",
  "ec2:volume",
  "ec2:security-group",
  "kms:key",
]);

export interface NameFacts {
  readonly type: string;
  readonly application: string;
  /** `legacy` marks a resource that an exemption covers. */
  readonly word: string;
  readonly token: string;
  readonly roll: number;
}

/** A name as this type allows it; always ends in the token. */
export function nameOf({ type, application, word, token, roll }: NameFacts): string {
  switch (type) {
    case "s3:bucket":
    case "storage.googleapis.com/Bucket":
      return `${COMPANY}-${application}-${word}-${token}`;
    case RESOURCE_GROUP:
      // People spell resource groups as they like; Azure keeps the spelling and ignores it.
      return `${roll % 2 === 0 ? "rg" : "RG"}-${capitalised(application)}-${word}-${token}`;
    case "Microsoft.Storage/storageAccounts":
      // 3 to 24 lower-case letters and digits.
      return `st${word.replaceAll("-", "").slice(0, 12)}${token}`;
    case "Microsoft.KeyVault/vaults":
      // 3 to 24 letters, digits and hyphens.
      return `kv-${word.slice(0, 9)}-${token}`;
    case "bigquery.googleapis.com/Dataset":
      // Letters, digits and underscores.
      return `${application}_${word}_${token}`.replaceAll("-", "_");
    default:
      return `${application}-${word}-${token}`;
  }
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
