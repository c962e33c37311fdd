/** The region of resources that belong to none, such as CloudFront distributions and IAM roles. */
export const GLOBAL = "global";

interface KnownRegion {
  readonly name: string;
  readonly partition: string;
  /** Off until the account enables it (AWS Account Management, "Enable or disable AWS Regions"). */
  readonly optIn: boolean;
}

const list = (partition: string, optIn: boolean, names: string): readonly KnownRegion[] =>
  names.split(" ").map((name) => ({ name, partition, optIn }));

const KNOWN: readonly KnownRegion[] = [
  ...list(
    "aws",
    false,
    "us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1 eu-central-1 eu-north-1 eu-west-1 eu-west-2 eu-west-3 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2",
  ),
  ...list(
    "aws",
    true,
    "af-south-1 ap-east-1 ap-east-2 ap-south-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-west-1 eu-central-2 eu-south-1 eu-south-2 il-central-1 me-central-1 me-south-1 mx-central-1",
  ),
  ...list("aws-cn", false, "cn-north-1 cn-northwest-1"),
  ...list("aws-us-gov", false, "us-gov-east-1 us-gov-west-1"),
];

/** Every Region name this build knows, and `global`. AWS adds some each year; an account's own list wins. */
export const AWS_REGIONS: readonly string[] = [GLOBAL, ...KNOWN.map(({ name }) => name)];

export function regionsOfPartition(partition: string): readonly KnownRegion[] {
  return KNOWN.filter((region) => region.partition === partition);
}

/** Partition that the first known one of `names` belongs to; `otherwise` when none is known. */
export function partitionOf(names: readonly string[], otherwise: string): string {
  return KNOWN.find(({ name }) => names.includes(name))?.partition ?? otherwise;
}

/** Region whose endpoint a global service (CloudFront, IAM, Route 53) answers at. */
export function globalEndpoint(partition: string): string {
  return globalHomes(partition)[0]?.region ?? "us-east-1";
}

interface GlobalHome {
  readonly region: string;
  /** Tagging-API filters to ask with there; empty asks for all. */
  readonly filters: readonly string[];
}

/** Where the tagging API lists resources without a Region (endpoints of global services, AWS General Reference). */
export function globalHomes(partition: string): readonly GlobalHome[] {
  if (partition === "aws-cn") return [{ region: "cn-northwest-1", filters: [] }];
  if (partition === "aws-us-gov") return [{ region: "us-gov-west-1", filters: [] }];
  return [
    { region: "us-east-1", filters: [] },
    { region: "us-west-2", filters: ["globalaccelerator", "networkmanager"] },
  ];
}
